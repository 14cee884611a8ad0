//! `if`, `with` and `range`.

use super::{check, check_errors, check_with};

#[test]
fn if_takes_the_branch_that_the_truth_says() {
    check(&[
        ("{{if true}}x{{end}}{{if false}}y{{end}}", "x"),
        ("{{if false}}x{{else}}y{{end}}", "y"),
        ("{{if false}}x{{else if true}}y{{end}}", "y"),
        ("{{if false}}x{{else if false}}y{{else}}z{{end}}", "z"),
        ("{{if eq (user `a`) `v`}}yes{{end}}", "yes"),
        ("{{if not (user `b`)}}unset{{end}}", "unset"),
    ]);
    check_errors(&[(
        "{{if nil | print}}x{{end}}",
        r#"1:5: executing "root" at <nil>: nil is not a command"#,
    )]);
}

#[test]
fn empty_values_are_false() {
    check(&[
        (
            "{{if 0}}t{{else}}f{{end}}{{if 0.0}}t{{else}}f{{end}}{{if ``}}t{{else}}f{{end}}{{if .x}}t{{else}}f{{end}}",
            "ffff",
        ),
        (
            "{{if 1}}t{{end}}{{if -1.5}}t{{end}}{{if `a`}}t{{end}}{{if list}}t{{end}}",
            "tttt",
        ),
    ]);
    check_with(&[(
        "{{if .e}}t{{else}}f{{end}}{{if .m}}t{{else}}f{{end}}",
        r#"{"e":[],"m":{}}"#,
        "ff",
    )]);
}

#[test]
fn with_makes_its_value_the_cursor() {
    check(&[
        ("{{with user `a`}}[{{.}}]{{end}}", "[v]"),
        ("{{with ``}}a{{else with `b`}}{{.}}{{end}}", "b"),
        ("{{with ``}}a{{else}}none{{.}}{{end}}", "none<no value>"),
        ("{{with $x := `a`}}{{$x}}{{.}}{{end}}", "aa"),
    ]);
    check_with(&[(
        "{{with .a}}{{.b}}{{$.c}}{{end}}",
        r#"{"a":{"b":"1"},"c":"2"}"#,
        "12",
    )]);
}

#[test]
fn range_goes_through_lists_maps_and_numbers() {
    check(&[
        ("{{range list}}<{{.}}>{{end}}", "<p><q>"),
        ("{{range $e := list}}{{$e}};{{end}}", "p;q;"),
        ("{{range $i, $e := list}}{{$i}}={{$e}};{{end}}", "0=p;1=q;"),
        ("{{range 3}}{{.}}{{end}}", "012"),
        ("{{range $i := 3}}{{$i}}{{end}}", "012"),
    ]);
    check_with(&[
        (
            "{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}",
            r#"{"m":{"b":"2","a":1}}"#,
            "a=1;b=2;",
        ),
        (
            "{{range .m}}{{.}};{{end}}",
            r#"{"m":{"b":"2","a":"1"}}"#,
            "1;2;",
        ),
        (
            "{{range .}}{{.}} {{end}}",
            r#"[null,1,"a"]"#,
            "<no value> 1 a ",
        ),
    ]);
}

#[test]
fn range_over_nothing_takes_its_else() {
    check(&[
        ("{{range .x}}{{.}}{{else}}none{{end}}", "none"),
        ("{{range 0}}{{else}}zero{{end}}", "zero"),
        ("{{range -5}}{{else}}negative{{end}}", "negative"),
    ]);
}

#[test]
fn range_sets_variables_of_the_scope_around() {
    check(&[
        ("{{$x := 0}}{{range $x = list}}{{end}}{{$x}}", "q"),
        (
            "{{$i := 0}}{{$x := 0}}{{range $i, $x = list}}{{end}}{{$i}}{{$x}}",
            "1q",
        ),
        ("{{$j := list}}{{range $i, $j}}{{$i}}{{end}}", "pq"),
    ]);
}

#[test]
fn break_and_continue_act_on_the_innermost_range() {
    check(&[
        ("{{range list}}{{.}}{{break}}{{end}}", "p"),
        ("{{range list}}{{continue}}{{.}}{{end}}", ""),
        (
            "{{range $i, $e := list}}{{if $i}}{{break}}{{end}}{{$e}}{{end}}",
            "p",
        ),
        (
            "{{range list}}{{range 3}}{{if .}}{{break}}{{end}}{{.}}{{end}}{{.}}{{end}}",
            "0p0q",
        ),
    ]);
    check_errors(&[(
        "{{range list}}{{range .x}}{{else}}{{break}}{{end}}{{.}}{{end}}",
        r#"1:22: executing "root" at <.x>: can't evaluate field x in type string"#,
    )]);
}

#[test]
fn range_refuses_what_has_no_elements() {
    check_errors(&[
        (
            "{{range 1.5}}{{end}}",
            r#"1:8: executing "root" at <1.5>: range can't iterate over 1.5"#,
        ),
        (
            "{{range `abc`}}{{end}}",
            r#"1:8: executing "root" at <`abc`>: range can't iterate over abc"#,
        ),
        (
            "{{range true}}{{end}}",
            r#"1:8: executing "root" at <true>: range can't iterate over true"#,
        ),
        (
            "{{range $i, $e := 3}}{{$i}}{{end}}",
            r#"1:18: executing "root" at <3>: can't use 3 to iterate over more than one variable"#,
        ),
    ]);
}
