use super::*;

fn document(text: &str) -> Document {
    parse(Arc::new(Source::new("t.json", text))).unwrap()
}

fn error(text: &str) -> Problem {
    parse(Arc::new(Source::new("t.json", text))).unwrap_err()
}

#[test]
fn a_syntax_error_is_shown_as_packer_shows_it() {
    let problem = error("{\n  \"builders\": [\n    {\"type\": \"null\"},\n  ]\n}\n");
    assert_eq!(
        problem.message,
        "Error parsing JSON: invalid character ']' looking for beginning of value\n\
         At line 4, column 4 (offset 43):\n    3:     {\"type\": \"null\"},\n    4:   ]\n         ^"
    );
    let place = problem.place.unwrap();
    assert_eq!((place.line, place.column), (4, 3));
}

#[test]
fn go_s_messages_are_kept_for_every_kind_of_fault() {
    let cases = [
        ("", "unexpected end of JSON input"),
        (" \n", "unexpected end of JSON input"),
        ("{\"a", "unexpected end of JSON input"),
        (
            "{\"a\":tru}",
            "invalid character '}' in literal true (expecting 'e')",
        ),
        (
            "{\"a\":01}",
            "invalid character '1' after object key:value pair",
        ),
        (
            "{\"a\":\"\\q\"}",
            "invalid character 'q' in string escape code",
        ),
        (
            "{\"a\":\"\n\"}",
            "invalid character '\\n' in string literal",
        ),
        (
            "{\"a\":1.}",
            "invalid character '}' after decimal point in numeric literal",
        ),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        (
            "{'a':1}",
            "invalid character '\\'' looking for beginning of object key string",
        ),
        ("[1 2]", "invalid character '2' after array element"),
        (
            "\u{feff}{}",
            "invalid character 'ï' looking for beginning of value",
        ),
        ("{} é", "invalid character 'Ã' after top-level value"),
        (
            "[\"\\ud8\"]",
            "invalid character '\"' in \\u hexadecimal character escape",
        ),
        (
            "[1e999]",
            "json: cannot unmarshal number 1e999 into Go value of type float64",
        ),
        (
            "{\"a\":1} // x",
            "invalid character '/' after top-level value",
        ),
    ];
    for (text, message) in cases {
        let shown = error(text).message;
        assert!(
            shown.starts_with(&format!("Error parsing JSON: {message}\n")),
            "{text}: {shown}"
        );
    }
}

#[test]
fn lone_surrogates_become_replacement_characters_and_pairs_one_character() {
    assert_eq!(
        document(r#""a\ud800b\ud83d\ude00\udc00""#).root.as_str(),
        Some("a\u{fffd}b😀\u{fffd}")
    );
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    assert!(
        error(&"[".repeat(1_000_000))
            .message
            .contains("exceeded max depth")
    );
}

#[test]
fn a_line_of_ten_megabytes_is_not_repeated_in_the_message() {
    let text = format!("[\"{}\", x]", "a".repeat(10 << 20));
    assert!(error(&text).message.len() < 500);
}

#[test]
fn duplicate_keys_and_the_text_of_numbers_are_kept() {
    let document = document(r#"{"a": 1.50, "a": -0}"#);
    let [first, second] = document.root.members() else {
        panic!("two members")
    };
    assert_eq!(first.value.value, Json::Number("1.50".into()));
    assert_eq!(second.value.value, Json::Number("-0".into()));
    assert_eq!(document.place(second.value.span).pointer, "/a");
}

#[test]
fn a_key_is_placed_at_itself() {
    let document = document("{\"x\": [\n{\"y\": 1}]}");
    let key_span = Span { start: 9, end: 12 };
    let place = document.place(key_span);
    assert_eq!(
        (place.line, place.column, place.pointer.as_str()),
        (2, 2, "/x/0/y")
    );
}
