//! Strings, characters and numbers.

use super::{check, check_errors};

#[test]
fn strings_have_gos_escapes() {
    check(&[
        (r#"{{"a\tb\x41\u00e9\U0001F600\101\\\""}}"#, "a\tbAé😀A\\\""),
        (r"{{`raw \n`}}", r"raw \n"),
        (r#"{{"é"}} {{`{{`}} {{"}}"}} {{`}}`}}"#, "é {{ }} }}"),
    ]);
}

#[test]
fn characters_are_numbers() {
    check(&[
        ("{{'a'}} {{'é'}}", "97 233"),
        (r"{{'\n'}} {{'\''}}", "10 39"),
    ]);
}

#[test]
fn numbers_have_gos_bases_and_separators() {
    check(&[
        (
            "{{0x1F}} {{0b101}} {{0o17}} {{017}} {{1_000}} {{1_000.5}}",
            "31 5 15 15 1000 1000.5",
        ),
        ("{{-5}} {{+5}} {{-0}} {{.5}} {{1.}}", "-5 5 0 0.5 1"),
        ("{{0x1p4}} {{0x1p-2}} {{0x_1}}", "16 0.25 1"),
    ]);
}

#[test]
fn floats_print_in_their_shortest_form() {
    check(&[
        (
            "{{1.0}} {{1e3}} {{1.5e10}} {{1e20}} {{1e21}} {{1e-5}} {{0.0001}}",
            "1 1000 1.5e+10 1e+20 1e+21 1e-05 0.0001",
        ),
        (
            "{{123456789.0}} {{1000000.0}} {{100000.0}} {{-2.50}}",
            "1.23456789e+08 1e+06 100000 -2.5",
        ),
    ]);
}

#[test]
fn booleans_print_as_words() {
    check(&[("{{true}} {{false}}", "true false")]);
}

#[test]
fn malformed_literals_are_refused() {
    check_errors(&[
        ("{{'ab'}}", "1: malformed character constant: 'ab'"),
        ("{{''}}", "1: invalid syntax"),
        (r#"{{"\q"}}"#, "1: invalid syntax"),
        (r#"{{"\400"}}"#, "1: invalid syntax"),
        ("{{1a}}", r#"1: bad number syntax: "1a""#),
        ("{{1.2.3}}", r#"1: unexpected ".3" in operand"#),
        ("{{08}}", r#"1: integer overflow: "08""#),
        ("{{1+2}}", r#"1: bad number syntax: "1+2""#),
        (
            "{{99999999999999999999}}",
            r#"1: integer overflow: "99999999999999999999""#,
        ),
        (
            "{{18446744073709551615}}",
            r#"1:2: executing "root" at <18446744073709551615>: 18446744073709551615 overflows int"#,
        ),
        ("{{1e400}}", r#"1: illegal number syntax: "1e400""#),
        ("{{0x1.8}}", r#"1: illegal number syntax: "0x1.8""#),
    ]);
}

#[test]
fn literals_have_to_fit_the_parameter() {
    check_errors(&[
        (
            "{{user 'a'}}",
            r#"1:7: executing "root" at <'a'>: expected string; found 'a'"#,
        ),
        (
            "{{user nil}}",
            r#"1:7: executing "root" at <nil>: cannot assign nil to string"#,
        ),
        (
            "{{upper 1}}",
            r#"1:8: executing "root" at <1>: expected string; found 1"#,
        ),
        (
            "{{upper true}}",
            r#"1:8: executing "root" at <true>: expected string; found true"#,
        ),
        (
            "{{upper (1)}}",
            r#"1:9: executing "root" at <1>: wrong type for value; expected string; got int"#,
        ),
        (
            "{{replace `a` `b` `c` `d`}}",
            r#"1:18: executing "root" at <`c`>: expected integer; found `c`"#,
        ),
        (
            "{{replace `a` `b` 1.5 `d`}}",
            r#"1:18: executing "root" at <1.5>: expected integer; found 1.5"#,
        ),
        (
            "{{replace `a` `b` (user `a`) `d`}}",
            r#"1:24: executing "root" at <`a`>: wrong type for value; expected int; got string"#,
        ),
    ]);
    check(&[("{{replace `a` `b` 1e0 `aad`}}", "bad")]);
}
