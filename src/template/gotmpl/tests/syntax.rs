//! Delimiters, spaces and comments, and what is wrong with a text before it runs.

use super::{check, check_errors};

#[test]
fn text_outside_of_actions_stays() {
    check(&[
        ("plain", "plain"),
        ("}} alone", "}} alone"),
        ("a { b } c", "a { b } c"),
        ("{ {user} }", "{ {user} }"),
    ]);
}

#[test]
fn trim_markers_take_the_spaces_beside_them() {
    check(&[
        ("a {{- `x` -}} b", "axb"),
        ("a {{- `x`}} b", "ax b"),
        ("a {{`x` -}} b", "a xb"),
        ("a\n\n{{- `x` -}}\n\nb", "axb"),
        ("{{- ` x ` -}}   y   {{- `z` }}", " x yz"),
        ("{{-3}} {{- 3}} {{3 -}} x", "-33 3x"),
        ("a {{- /* c */ -}} b", "ab"),
    ]);
}

#[test]
fn comments_write_nothing() {
    check(&[("{{/* c */}}x", "x"), ("{{/*\n}} */}}x", "x")]);
    check_errors(&[
        ("{{/* c }}", "1: unclosed comment"),
        ("{{/* c */ x}}", "1: comment ends before closing delimiter"),
    ]);
}

#[test]
fn an_unknown_function_is_refused_before_anything_runs() {
    check_errors(&[
        ("{{bogus}}", r#"1: function "bogus" not defined"#),
        (
            "{{if false}}{{bogus}}{{end}}",
            r#"1: function "bogus" not defined"#,
        ),
        ("{{user a}}", r#"1: function "a" not defined"#),
        ("a\nb{{bogus}}", r#"2: function "bogus" not defined"#),
        (
            "{{if true}}\n\n{{bogus}}",
            r#"3: function "bogus" not defined"#,
        ),
    ]);
}

#[test]
fn an_unknown_variable_is_refused_before_anything_runs() {
    check_errors(&[
        ("{{$x}}", r#"1: undefined variable "$x""#),
        (
            "{{$x = 1}}",
            r#"1:7: executing "root" at <1>: undefined variable: $x"#,
        ),
        (
            "{{if true}}{{$x := 2}}{{end}}{{$x}}",
            r#"1: undefined variable "$x""#,
        ),
        (
            "{{with $x := `a`}}{{end}}{{$x}}",
            r#"1: undefined variable "$x""#,
        ),
        (
            "{{range $x = list}}{{end}}",
            r#"1:13: executing "root" at <list>: undefined variable: $x"#,
        ),
    ]);
}

#[test]
fn actions_have_to_be_closed() {
    check_errors(&[
        ("{{", "1: unclosed action"),
        ("{{user `a`", "1: unclosed action"),
        ("{{user `a`}", r#"1: unexpected "}" in operand"#),
        (r#"{{user "a}}"#, "1: unterminated quoted string"),
        ("{{user `a}}", "1: unterminated raw quoted string"),
        ("{{'}}", "1: unterminated character constant"),
        ("{{user `a`\n", "2: unclosed action started at root:1"),
        (
            "{{user\n `a\n",
            "2: unterminated raw quoted string in action started at root:1",
        ),
    ]);
}

#[test]
fn blocks_have_to_be_closed() {
    check_errors(&[
        ("{{if true}}x", "1: unexpected EOF"),
        ("{{if true}}x{{else}}y", "1: unexpected EOF"),
        (
            "{{if true}}x{{else}}y{{else}}z{{end}}",
            "1: expected end; found {{else}}",
        ),
        ("{{end}}", "1: unexpected {{end}}"),
        ("{{else}}", "1: unexpected {{else}}"),
        ("{{if true}}{{end}}{{end}}", "1: unexpected {{end}}"),
        ("{{if true}}a{{end x}}", r#"1: unexpected "x" in end"#),
        (
            "{{if true}}a{{else x}}{{end}}",
            r#"1: unexpected "x" in else"#,
        ),
        (
            "{{range list}}{{else if true}}{{end}}{{end}}",
            "1: unexpected <if> in input",
        ),
        ("{{break}}", "1: {{break}} outside {{range}}"),
        (
            "{{range list}}{{break 1}}{{end}}",
            r#"1: unexpected "1" in {{break}}"#,
        ),
    ]);
}

#[test]
fn pipelines_have_commands() {
    check_errors(&[
        ("{{}}", "1: missing value for command"),
        ("{{ }}", "1: missing value for command"),
        ("{{if}}{{end}}", "1: missing value for if"),
        ("{{|}}", r#"1: unexpected "|" in command"#),
        ("{{`a`||print}}", r#"1: unexpected "|" in command"#),
        ("{{()}}", "1: missing value for parenthesized pipeline"),
        ("{{(1}}", "1: unclosed left paren"),
        ("{{1)}}", "1: unexpected right paren"),
        (
            "{{`x` | `y`}}",
            "1: non executable command in pipeline stage 2",
        ),
        (
            "{{`x` | 1}}",
            "1: non executable command in pipeline stage 2",
        ),
        (
            "{{`x` | .}}",
            "1: non executable command in pipeline stage 2",
        ),
        ("{{$x := }}", "1: missing value for command"),
        ("{{`a` := 1}}", r#"1: unexpected ":=" in operand"#),
        (
            "{{range $a, $b, $c := list}}{{end}}",
            "1: too many declarations in range",
        ),
        (
            "{{if $a, $b := list}}{{end}}",
            "1: too many declarations in if",
        ),
        ("{{range $i, }}{{end}}", "1: missing value for range"),
    ]);
    check(&[("{{`a`|}}", "a")]);
}

#[test]
fn words_need_a_space_between_them() {
    check_errors(&[
        ("{{user`a`}}", "1: bad character U+0060 '`'"),
        ("{{.a%}}", "1: bad character U+0025 '%'"),
        ("{{$a%}}", "1: bad character U+0025 '%'"),
        ("{{user a%b}}", "1: bad character U+0025 '%'"),
        ("{{user ,}}", r#"1: unexpected "," in operand"#),
        ("{{é}}", r#"1: function "é" not defined"#),
        ("{{☃}}", "1: unrecognized character in action: U+2603 '☃'"),
        (r"{{\}}", r#"1: unexpected "\\" in command"#),
        ("{{:}}", "1: expected :="),
        (
            "{{- 5}} {{- 5 -}} {{1 - 2}}",
            r#"1: illegal number syntax: "-""#,
        ),
    ]);
}

#[test]
fn literals_have_no_fields() {
    check_errors(&[
        ("{{true.x}}", r#"1: unexpected . after term "true""#),
        ("{{nil.x}}", r#"1: unexpected . after term "nil""#),
        (r#"{{"a".x}}"#, r#"1: unexpected . after term "\"a\"""#),
        ("{{..}}", "1: unexpected <.> in operand"),
        ("{{.a..b}}", "1: unexpected <.> in operand"),
    ]);
}
