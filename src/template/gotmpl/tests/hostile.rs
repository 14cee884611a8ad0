//! Templates that would hang, overflow the stack or exhaust the memory, and texts that are no templates at all.

use super::super::limits::{MAX_NESTING, MAX_TEXT_BYTES};
use super::{Value, check_errors, data, render};

fn message(template: &str) -> String {
    let error = render(template, &Value::Nil).expect_err("the template passes a bound");
    error.rsplit(": ").next().unwrap_or_default().to_owned()
}

#[test]
fn nesting_is_bounded_in_the_text() {
    let parentheses = |count: usize| format!("{{{{{}1{}}}}}", "(".repeat(count), ")".repeat(count));
    assert_eq!(
        render(&parentheses(MAX_NESTING), &Value::Nil),
        Ok("1".to_owned())
    );
    assert_eq!(
        message(&parentheses(MAX_NESTING + 1)),
        "max expression depth exceeded"
    );
    let blocks = |count: usize| format!("{}x{}", "{{if 1}}".repeat(count), "{{end}}".repeat(count));
    assert_eq!(
        render(&blocks(MAX_NESTING), &Value::Nil),
        Ok("x".to_owned())
    );
    assert_eq!(message(&blocks(100_000)), "max expression depth exceeded");
    let branches =
        |count: usize| format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 0}}".repeat(count));
    assert_eq!(
        render(&branches(MAX_NESTING / 2), &Value::Nil),
        Ok(String::new())
    );
    assert_eq!(message(&branches(100_000)), "max expression depth exceeded");
}

#[test]
fn nesting_is_bounded_in_the_execution() {
    assert!(
        message("{{define `t`}}{{template `t`}}{{end}}{{template `t`}}")
            .starts_with("exceeded maximum template depth")
    );
    let inner = format!(
        "{}{{{{template `t`}}}}{}",
        "{{with (or (or (or 1)))}}".repeat(55),
        "{{end}}".repeat(55)
    );
    assert!(
        message(&format!("{{{{define `t`}}}}{inner}{{{{end}}}}{inner}"))
            .starts_with("exceeded maximum template depth")
    );
}

#[test]
fn work_is_bounded() {
    assert_eq!(
        message("{{range 9223372036854775807}}{{end}}"),
        "the template does too much work"
    );
    let nested = "{{range 100000}}{{range 100000}}{{range 100000}}{{$x := .}}{{end}}{{end}}{{end}}";
    assert_eq!(message(nested), "the template does too much work");
}

#[test]
fn size_is_bounded() {
    let written = format!("the output is longer than {MAX_TEXT_BYTES} bytes");
    assert_eq!(
        message("{{range 100}}{{printf `%100000d` 1}}{{end}}"),
        written
    );
    let doubled = "{{$x := `aaaaaaaa`}}{{range 60}}{{$x = print $x $x}}{{end}}";
    assert!(render(doubled, &Value::Nil).is_err());
    assert!(
        message(&format!(
            "{{{{printf `{}` {}}}}}",
            "%1000000d".repeat(9),
            "1 ".repeat(9)
        ))
        .starts_with("the result is longer")
    );
    assert!(
        render(
            "{{range 100000}}{{printf `%*d` 1000000 1}}{{end}}",
            &Value::Nil
        )
        .is_err()
    );
}

#[test]
fn a_large_result_within_the_bounds_is_written() {
    let long = render("{{range 7}}{{printf `%1000000d` 1}}{{end}}", &Value::Nil)
        .expect("seven megabytes fit");
    assert_eq!(long.len(), 7_000_000);
}

#[test]
fn the_least_integer_has_no_positive_twin() {
    let cases = "{{printf `%d %x %c %U %*d` -9223372036854775808 -9223372036854775808 -1 -1 -9223372036854775808 1}}";
    let expected =
        "-9223372036854775808 -8000000000000000 \u{fffd} U+FFFFFFFFFFFFFFFF %!(BADWIDTH)1";
    assert_eq!(render(cases, &Value::Nil).as_deref(), Ok(expected));
    check_errors(&[(
        "{{range -9223372036854775808}}{{end}}{{fail}}",
        "1:39: executing \"root\" at <fail>: error calling fail: boom",
    )]);
}

#[test]
fn no_text_makes_the_program_panic() {
    let pieces = [
        "{{",
        "}}",
        " ",
        "-",
        "{{- ",
        " -}}",
        "(",
        ")",
        "|",
        ".",
        "$",
        "$x",
        " := ",
        "=",
        "\"",
        "`",
        "'",
        "nil",
        "1",
        "-1",
        "1.5",
        "`a`",
        "user ",
        "upper ",
        "{{if ",
        "{{else}}",
        "{{end}}",
        "{{range ",
        "{{with ",
        "list",
        "print ",
        "printf ",
        "%",
        "%[1]*.2d",
        "`%5.3v`",
        "eq ",
        "index ",
        "slice ",
        "{{define `t`}}",
        "{{template `t`}}",
        "/*",
        "*/",
        "\\",
        "\n",
        "é",
        "\u{301}",
        "\u{200b}",
        "😀",
        "\0",
        "0x",
        "1e",
        "i",
        ",",
        ".a",
        ".x.y",
        "2 ",
        "{{break}}",
    ];
    let data = data(r#"{"a":{"b":"c"},"x":[1,null,"é"]}"#);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |bound: usize| {
        // Marsaglia's xorshift: the same texts in every run.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % 1_000_003).expect("a small number") % bound
    };
    let mut outcomes = [0_usize; 2];
    for _ in 0..20_000 {
        let length = 1 + random(12);
        let text: String = (0..length).map(|_| pieces[random(pieces.len())]).collect();
        outcomes[usize::from(render(&text, &data).is_ok())] += 1;
    }
    assert!(
        outcomes.iter().all(|count| *count > 100),
        "texts of both kinds were tried: {outcomes:?}"
    );
}
