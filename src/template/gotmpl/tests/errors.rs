//! What goes wrong when a template runs.

use super::{check_errors, check_errors_with};

#[test]
fn functions_get_as_many_arguments_as_they_take() {
    check_errors(&[
        (
            "{{user}}",
            r#"1:2: executing "root" at <user>: wrong number of args for user: want 1 got 0"#,
        ),
        (
            "{{user `a` `b`}}",
            r#"1:2: executing "root" at <user>: wrong number of args for user: want 1 got 2"#,
        ),
        (
            "{{`x` | upper `y`}}",
            r#"1:8: executing "root" at <upper>: wrong number of args for upper: want 1 got 2"#,
        ),
        (
            "{{upper user}}",
            r#"1:8: executing "root" at <user>: wrong number of args for user: want 1 got 0"#,
        ),
        (
            "{{and}}",
            r#"1:2: executing "root" at <and>: wrong number of args for and: want at least 1 got 0"#,
        ),
        (
            "{{ne 1 2 3}}",
            r#"1:2: executing "root" at <ne>: wrong number of args for ne: want 2 got 3"#,
        ),
        (
            "{{len}}",
            r#"1:2: executing "root" at <len>: wrong number of args for len: want 1 got 0"#,
        ),
        (
            "{{index}}",
            r#"1:2: executing "root" at <index>: wrong number of args for index: want at least 1 got 0"#,
        ),
        (
            "a\nbé{{user}}",
            r#"2:5: executing "root" at <user>: wrong number of args for user: want 1 got 0"#,
        ),
    ]);
}

#[test]
fn a_functions_own_error_is_shown_with_its_call() {
    check_errors(&[
        (
            "{{fail}}",
            r#"1:2: executing "root" at <fail>: error calling fail: boom"#,
        ),
        (
            "{{fail | upper}}",
            r#"1:2: executing "root" at <fail>: error calling fail: boom"#,
        ),
        (
            "{{upper fail}}",
            r#"1:8: executing "root" at <fail>: error calling fail: boom"#,
        ),
        (
            "{{isotime `a` `b`}}",
            r#"1:2: executing "root" at <isotime `a` `b`>: error calling isotime: too many values, 1 needed: [a b]"#,
        ),
    ]);
}

#[test]
fn values_have_to_fit_the_parameter() {
    check_errors(&[
        (
            "{{upper .a}}",
            r#"1:8: executing "root" at <.a>: invalid value; expected string"#,
        ),
        (
            "{{upper list}}",
            r#"1:8: executing "root" at <list>: wrong type for value; expected string; got []string"#,
        ),
        (
            "{{1 | upper}}",
            r#"1:6: executing "root" at <upper>: wrong type for value; expected string; got int"#,
        ),
        (
            "{{1 | isotime}}",
            r#"1:6: executing "root" at <isotime>: wrong type for value; expected string; got int"#,
        ),
        (
            "{{upper (upper (upper nil))}}",
            r#"1:22: executing "root" at <nil>: cannot assign nil to string"#,
        ),
    ]);
    check_errors_with(&[
        (
            "{{upper .a}}",
            r#"{"a":1}"#,
            r#"1:8: executing "root" at <.a>: wrong type for value; expected string; got int"#,
        ),
        (
            "{{upper .a}}",
            r#"{"a":null}"#,
            r#"1:8: executing "root" at <.a>: wrong type for value; expected string; got interface {}"#,
        ),
    ]);
}

#[test]
fn nil_is_no_command() {
    check_errors(&[
        (
            "{{nil}}",
            r#"1:2: executing "root" at <nil>: nil is not a command"#,
        ),
        (
            "{{if nil}}{{end}}",
            r#"1:5: executing "root" at <nil>: nil is not a command"#,
        ),
        (
            "{{(nil).x}}",
            r#"1:3: executing "root" at <nil>: nil is not a command"#,
        ),
    ]);
}

#[test]
fn only_functions_take_arguments() {
    check_errors(&[
        (
            "{{`x` `y`}}",
            r#"1:2: executing "root" at <`x`>: can't give argument to non-function `x`"#,
        ),
        (
            "{{. 1}}",
            r#"1:2: executing "root" at <.>: can't give argument to non-function ."#,
        ),
        (
            "{{true 1}}",
            r#"1:2: executing "root" at <true>: can't give argument to non-function true"#,
        ),
        (
            "{{(1) 2}}",
            r#"1:2: executing "root" at <(1) 2>: can't give argument to non-function 1"#,
        ),
        (
            "{{nil 1}}",
            r#"1:2: executing "root" at <nil>: can't give argument to non-function nil"#,
        ),
        (
            "{{$ 1}}",
            r#"1:2: executing "root" at <$>: can't give argument to non-function $"#,
        ),
        (
            "{{`x` | $}}",
            r#"1:8: executing "root" at <$>: can't give argument to non-function $"#,
        ),
        (
            "{{`x` | (upper `y`)}}",
            r#"1:2: executing "root" at <`x`>: can't give argument to non-function upper `y`"#,
        ),
    ]);
    check_errors_with(&[
        (
            "{{.a 1}}",
            r#"{"a":"b"}"#,
            r#"1:2: executing "root" at <.a>: a is not a method but has arguments"#,
        ),
        (
            "{{1 | .a}}",
            r#"{"a":"b"}"#,
            r#"1:6: executing "root" at <.a>: a is not a method but has arguments"#,
        ),
    ]);
}

#[test]
fn fields_are_those_of_maps() {
    check_errors(&[
        (
            "{{(user `a`).x}}",
            r#"1:8: executing "root" at <`a`>: can't evaluate field x in type string"#,
        ),
        (
            "{{user.x}}",
            r#"1:2: executing "root" at <user>: wrong number of args for user: want 1 got 0"#,
        ),
        (
            "{{(list).x}}",
            r#"1:3: executing "root" at <list>: can't evaluate field x in type []string"#,
        ),
    ]);
    check_errors_with(&[
        (
            "{{.a}}",
            r#""s""#,
            r#"1:2: executing "root" at <.a>: can't evaluate field a in type string"#,
        ),
        (
            "{{.a}}",
            r#"["s"]"#,
            r#"1:2: executing "root" at <.a>: can't evaluate field a in type []string"#,
        ),
        (
            "{{.a.b}}",
            "5",
            r#"1:4: executing "root" at <.a.b>: can't evaluate field a in type int"#,
        ),
        (
            "{{.a.b}}",
            r#"{"a":"b"}"#,
            r#"1:4: executing "root" at <.a.b>: can't evaluate field b in type string"#,
        ),
        (
            "{{.x.y}}",
            r#"{"x":null}"#,
            r#"1:4: executing "root" at <.x.y>: nil pointer evaluating interface {}.y"#,
        ),
    ]);
}
