//! Data, fields, variables, and what stands for nothing.

use super::{check, check_with};

#[test]
fn functions_are_called_with_literals_pipes_and_parentheses() {
    check(&[
        ("{{user `a`}}", "v"),
        (r#"{{user "a"}}"#, "v"),
        ("{{   user    `a`    }}", "v"),
        ("{{`a`|user}}", "v"),
        ("{{user `a` | upper | lower}}", "v"),
        ("{{upper (user `a`)}}", "V"),
        ("{{(user `a`) | upper}}", "V"),
        ("{{((((`x`))))}}", "x"),
        (
            "{{isotime}} {{isotime `x`}} {{`x` | isotime}}",
            "2020-01-02T03:04:05Z x x",
        ),
    ]);
}

#[test]
fn a_piped_value_becomes_the_last_argument() {
    check(&[
        ("{{`aaad` | replace `a` `b` -1}}", "bbbd"),
        ("{{`x` | printf `%s-%s` `y`}}", "y-x"),
    ]);
}

#[test]
fn missing_data_prints_as_no_value() {
    check(&[
        ("{{.}}", "<no value>"),
        ("{{$}}", "<no value>"),
        ("{{.a}}", "<no value>"),
        ("{{.a.b.c}}", "<no value>"),
        ("{{$.a.b}}", "<no value>"),
    ]);
    check_with(&[
        ("{{.a}}{{.b}}{{$.a}}", r#"{"a":"b"}"#, "b<no value>b"),
        (
            "{{.a.x.c}}",
            r#"{"a":{"b":{"c":"deep","n":1}}}"#,
            "<no value>",
        ),
        ("{{.x}}", r#"{"x":null}"#, "<no value>"),
    ]);
}

#[test]
fn fields_walk_into_maps() {
    check_with(&[
        (
            "{{.a.b.c}} {{.a.b.n}}",
            r#"{"a":{"b":{"c":"deep","n":1}}}"#,
            "deep 1",
        ),
        ("{{(.a).b}} {{$.a.b}}", r#"{"a":{"b":"z"}}"#, "z z"),
        ("{{$x := .a}}{{$x.b}}", r#"{"a":{"b":"z"}}"#, "z"),
    ]);
}

#[test]
fn lists_and_maps_print_as_in_go() {
    check_with(&[
        (
            "{{.}}",
            r#"{"a":[1,2.5,"x",null,true,{"z":"y"}],"b":{}}"#,
            "map[a:[1 2.5 x <nil> true map[z:y]] b:map[]]",
        ),
        ("{{.}}", "[]", "[]"),
        ("{{.l}}", r#"{"l":["a","b"]}"#, "[a b]"),
    ]);
    check(&[("{{list}}", "[p q]")]);
}

#[test]
fn variables_are_declared_set_and_scoped() {
    check(&[
        ("{{$x := `a`}}{{$x}}", "a"),
        ("{{$x:=1}}{{$x}}", "1"),
        ("{{$x := `a`}}{{$x = `b`}}{{$x}}", "b"),
        ("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"),
        ("{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"),
        ("{{if $x := `q`}}{{$x}}{{end}}", "q"),
    ]);
}
