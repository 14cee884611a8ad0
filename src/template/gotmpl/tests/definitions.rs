//! `define`, `template` and `block`.

use super::{check, check_errors};

#[test]
fn a_defined_template_is_run_with_its_own_data() {
    check(&[
        (r#"{{define "x"}}X{{.}}{{end}}{{template "x" `a`}}"#, "Xa"),
        (
            r#"{{define `x`}}X{{.}}{{end}}{{template "x"}}"#,
            "X<no value>",
        ),
        (
            r#"{{define "x"}}{{$}}{{end}}{{template "x" `q`}}{{$}}"#,
            "q<no value>",
        ),
        (
            r#"{{template "x" 1}}{{define "x"}}later {{.}}{{end}}"#,
            "later 1",
        ),
    ]);
}

#[test]
fn a_block_is_defined_and_run_at_once() {
    check(&[
        (r#"{{block "b" `q`}}[{{.}}]{{end}}"#, "[q]"),
        (r#"{{block "b" 1}}{{.}}{{end}}{{template "b" 2}}"#, "12"),
    ]);
}

#[test]
fn of_two_definitions_one_has_to_be_empty() {
    check(&[
        (
            r#"{{define "x"}}{{end}}{{define "x"}}b{{end}}{{template "x"}}"#,
            "b",
        ),
        (
            r#"{{define "x"}}b{{end}}{{define "x"}} {{end}}{{template "x"}}"#,
            "b",
        ),
    ]);
    check_errors(&[
        (
            r#"{{define "x"}}a{{end}}{{define "x"}}b{{end}}"#,
            r#"1: template: multiple definition of template "x""#,
        ),
        (
            r#"{{define "root"}}a{{end}}b"#,
            r#"1: template: multiple definition of template "root""#,
        ),
    ]);
}

#[test]
fn definitions_have_a_name_and_an_end() {
    check_errors(&[
        (
            "{{define x}}a{{end}}",
            r#"1: unexpected "x" in define clause"#,
        ),
        (
            r#"{{define "x" 1}}a{{end}}"#,
            r#"1: unexpected "1" in define clause"#,
        ),
        (r#"{{define "x"}}a"#, "1: unexpected EOF"),
        (
            r#"{{define "x"}}a{{else}}{{end}}"#,
            "1: unexpected {{else}} in define clause",
        ),
        ("{{define", "1: unclosed action"),
        (
            r#"{{if true}}{{define "x"}}{{end}}{{end}}"#,
            "1: unexpected <define> in command",
        ),
        (
            r#"{{block "b"}}{{end}}"#,
            "1: missing value for block clause",
        ),
        ("{{block b}}{{end}}", r#"1: unexpected "b" in block clause"#),
        ("{{template}}", r#"1: unexpected "}}" in template clause"#),
        ("{{template x}}", r#"1: unexpected "x" in template clause"#),
    ]);
}

#[test]
fn errors_in_a_called_template_name_it() {
    check_errors(&[
        (
            r#"{{template "nope"}}"#,
            r#"1:11: executing "root" at <{{template "nope"}}>: template "nope" not defined"#,
        ),
        (
            r#"{{template "nope" 1 | print}}"#,
            r#"1:11: executing "root" at <{{template "nope" 1 | print}}>: template "nope" not defined"#,
        ),
        (
            r#"{{define "x"}}{{upper 1}}{{end}}{{template "x"}}"#,
            r#"1:22: executing "x" at <1>: expected string; found 1"#,
        ),
        (
            r#"{{range list}}{{block "b" .}}{{break}}{{end}}{{end}}"#,
            "1: {{break}} outside {{range}}",
        ),
    ]);
}
