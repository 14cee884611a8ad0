//! Go's predefined functions.

use super::{check, check_errors, check_errors_with, check_with};

#[test]
fn and_and_or_stop_at_the_first_argument_that_decides() {
    check(&[
        ("{{and 1 0 (fail)}}", "0"),
        ("{{or `` `d` (fail)}}", "d"),
        ("{{or (user `b`) `def`}}", "def"),
        (
            "{{and true}} {{1 | and 0}} {{1 | and 2}} {{1 | or 0}}",
            "true 0 1 1",
        ),
        ("{{or .x nil}} {{or nil}}", "<no value> <no value>"),
    ]);
}

#[test]
fn not_negates_the_truth() {
    check(&[(
        "{{not true}} {{not 0}} {{not ``}} {{not list}}",
        "false true true false",
    )]);
}

#[test]
fn eq_compares_with_any_of_the_others() {
    check(&[
        (
            "{{eq 1 1}} {{eq 1 2}} {{eq 1 2 1}} {{eq `a` `b` `a`}} {{eq true true}} {{eq 1.5 1.5}}",
            "true false true true true true",
        ),
        (
            "{{eq nil nil}} {{eq .x nil}} {{eq 1 nil}}",
            "true true false",
        ),
        ("{{ne 1 2}} {{ne `a` `a`}}", "true false"),
    ]);
}

#[test]
fn order_is_of_numbers_and_texts() {
    check(&[(
        "{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 2 2}} {{lt `a` `b`}} {{lt 1.5 2.5}}",
        "true true false true true true",
    )]);
}

#[test]
fn comparisons_refuse_different_types() {
    check_errors(&[
        (
            "{{eq 1 1.0}}",
            r#"1:2: executing "root" at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64"#,
        ),
        (
            "{{eq 1 `1`}}",
            r#"1:2: executing "root" at <eq 1 `1`>: error calling eq: incompatible types for comparison: int and string"#,
        ),
        (
            "{{eq 1}}",
            r#"1:2: executing "root" at <eq 1>: error calling eq: missing argument for comparison"#,
        ),
        (
            "{{eq list list}}",
            r#"1:2: executing "root" at <eq list list>: error calling eq: non-comparable type [p q]: []string"#,
        ),
        (
            "{{eq list 1}}",
            r#"1:2: executing "root" at <eq list 1>: error calling eq: incompatible types for comparison: []string and int"#,
        ),
        (
            "{{lt 1 `a`}}",
            r#"1:2: executing "root" at <lt 1 `a`>: error calling lt: incompatible types for comparison: int and string"#,
        ),
        (
            "{{lt true false}}",
            r#"1:2: executing "root" at <lt true false>: error calling lt: invalid type for comparison"#,
        ),
        (
            "{{lt nil 1}}",
            r#"1:2: executing "root" at <lt nil 1>: error calling lt: invalid type for comparison"#,
        ),
        (
            "{{le 1 2.0}}",
            r#"1:2: executing "root" at <le 1 2.0>: error calling le: incompatible types for comparison: int and float64"#,
        ),
    ]);
}

#[test]
fn len_counts_bytes_elements_and_entries() {
    check(&[("{{len `abc`}} {{len list}} {{len `é`}}", "3 2 2")]);
    check_with(&[("{{len .m}}", r#"{"m":{"a":"b"}}"#, "1")]);
    check_errors(&[
        (
            "{{len 1}}",
            r#"1:2: executing "root" at <len 1>: error calling len: len of type int"#,
        ),
        (
            "{{len nil}}",
            r#"1:2: executing "root" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value"#,
        ),
    ]);
}

#[test]
fn index_goes_into_lists_maps_and_texts() {
    check(&[(
        "{{index list 0}}{{index list 1}} {{index `abc` 1}}",
        "pq 98",
    )]);
    check_with(&[
        (
            "{{index .m `a`}}{{index .m `z`}}|",
            r#"{"m":{"a":"b"}}"#,
            "b|",
        ),
        (
            "{{index .m `a`}}{{index .m `z`}}|",
            r#"{"m":{"a":1}}"#,
            "1<no value>|",
        ),
        ("{{index .m `a` `b`}}", r#"{"m":{"a":{"b":"c"}}}"#, "c"),
    ]);
    check_errors(&[
        (
            "{{index list 2}}",
            r#"1:2: executing "root" at <index list 2>: error calling index: reflect: slice index out of range"#,
        ),
        (
            "{{index list 3}}",
            r#"1:2: executing "root" at <index list 3>: error calling index: index out of range: 3"#,
        ),
        (
            "{{index list -1}}",
            r#"1:2: executing "root" at <index list -1>: error calling index: index out of range: -1"#,
        ),
        (
            "{{index list `a`}}",
            r#"1:2: executing "root" at <index list `a`>: error calling index: cannot index slice/array with type string"#,
        ),
        (
            "{{index list nil}}",
            r#"1:2: executing "root" at <index list nil>: error calling index: cannot index slice/array with nil"#,
        ),
        (
            "{{index 1 1}}",
            r#"1:2: executing "root" at <index 1 1>: error calling index: can't index item of type int"#,
        ),
        (
            "{{index nil 1}}",
            r#"1:2: executing "root" at <index nil 1>: error calling index: index of untyped nil"#,
        ),
    ]);
    check_errors_with(&[
        (
            "{{index .m 1}}",
            r#"{"m":{"a":"b"}}"#,
            r#"1:2: executing "root" at <index .m 1>: error calling index: value has type int; should be string"#,
        ),
        (
            "{{index .m nil}}",
            r#"{"m":{"a":"b"}}"#,
            r#"1:2: executing "root" at <index .m nil>: error calling index: value is nil; should be of type string"#,
        ),
    ]);
}

#[test]
fn slice_cuts_texts_and_lists() {
    check(&[
        (
            "{{slice `abcdef` 1 3}} {{slice `abc`}} {{slice `abc` 1}}",
            "bc abc bc",
        ),
        ("{{slice list 0 1}} {{slice list 0 1 2}}", "[p] [p]"),
    ]);
    check_errors(&[
        (
            "{{slice `abc` 2 1}}",
            r#"1:2: executing "root" at <slice `abc` 2 1>: error calling slice: invalid slice index: 2 > 1"#,
        ),
        (
            "{{slice `abc` 1 9}}",
            r#"1:2: executing "root" at <slice `abc` 1 9>: error calling slice: index out of range: 9"#,
        ),
        (
            "{{slice `abc` 0 1 2}}",
            r#"1:2: executing "root" at <slice `abc` 0 1 2>: error calling slice: cannot 3-index slice a string"#,
        ),
        (
            "{{slice list 0 1 1 1}}",
            r#"1:2: executing "root" at <slice list 0 1 1 1>: error calling slice: too many slice indexes: 4"#,
        ),
        (
            "{{slice nil}}",
            r#"1:2: executing "root" at <slice nil>: error calling slice: slice of untyped nil"#,
        ),
        (
            "{{slice 1}}",
            r#"1:2: executing "root" at <slice 1>: error calling slice: can't slice item of type int"#,
        ),
    ]);
}

#[test]
fn print_puts_a_space_between_two_that_are_no_texts() {
    check(&[
        (
            "[{{print `a` `b` 1 2 `c` 3 true nil 1.5}}]",
            "[ab1 2c3 true <nil> 1.5]",
        ),
        (
            "[{{print}}] [{{print nil nil}}] [{{print 1 list 2}}]",
            "[] [<nil> <nil>] [1 [p q] 2]",
        ),
        ("[{{println}}] [{{println 1 `a`}}]", "[\n] [1 a\n]"),
    ]);
}

#[test]
fn texts_are_escaped_for_html_javascript_and_urls() {
    check(&[
        (
            r#"{{html `<a&b>'"`}} {{html nil}} {{html 1 2}} [{{html}}]"#,
            "&lt;a&amp;b&gt;&#39;&#34; &lt;no value&gt; 1 2 []",
        ),
        (
            r#"{{js `it's "q" <b> & = \ é`}}"#,
            r#"it\'s \"q\" \u003Cb\u003E \u0026 \u003D \\ é"#,
        ),
        (r#"{{js "\x01\n\u200b"}}"#, r"\u0001\u000A\u200B"),
        (
            "{{urlquery `a b&c/é-_.`}} {{urlquery 1 `a`}}",
            "a+b%26c%2F%C3%A9-_. 1a",
        ),
    ]);
}

#[test]
fn call_finds_nothing_to_call() {
    check_errors(&[
        (
            "{{call nil}}",
            r#"1:2: executing "root" at <call nil>: error calling call: call of nil"#,
        ),
        (
            "{{call 1}}",
            r#"1:2: executing "root" at <call 1>: error calling call: non-function 1 of type int"#,
        ),
        (
            "{{`a` | call}}",
            r#"1:8: executing "root" at <call>: error calling call: non-function a of type string"#,
        ),
    ]);
}
