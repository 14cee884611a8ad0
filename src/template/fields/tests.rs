use std::sync::Arc;

use super::*;
use crate::template::document::{self, Document};
use crate::template::problem::{Problem, Problems};
use crate::template::source::Source;

fn document(text: &str) -> Arc<Document> {
    Arc::new(document::parse(Arc::new(Source::new("t.json", text))).unwrap())
}

/// What is wrong after `read` took what it wanted from the object.
fn check(kind: &str, text: &str, read: impl FnOnce(&mut Fields<'_>)) -> Vec<Problem> {
    let document = document(text);
    let problems = Problems::of_component(Arc::clone(&document), kind);
    let mut fields = Fields::new(&document.root, &problems, "");
    read(&mut fields);
    fields.finish();
    problems.into_parts().0
}

#[test]
fn keys_are_found_in_any_case_and_the_exact_one_first() {
    let found = check(
        "x",
        r#"{"NAME": "a", "name": "b", "Other": "c"}"#,
        |fields| {
            assert_eq!(fields.text("name"), "b");
            assert_eq!(fields.text("other"), "c");
        },
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "unknown configuration key: '\"NAME\"'");
}

#[test]
fn unknown_keys_are_named_with_the_keys_around_them_and_placed_at_themselves() {
    let found = check("x", "{\"outer\": {\n \"bogus\": 1}}", |fields| {
        fields.block("outer").unwrap().finish()
    });
    assert_eq!(
        found[0].message,
        "unknown configuration key: '\"outer.bogus\"'"
    );
    assert_eq!(
        found[0].place.as_ref().unwrap().to_string(),
        "t.json:2:2 /outer/bogus"
    );
}

#[test]
fn type_and_packer_s_own_keys_are_ignored() {
    assert_eq!(
        check("x", r#"{"type": "x", "packer_debug": true}"#, |_| {}),
        []
    );
}

#[test]
fn a_deprecated_key_points_to_fix() {
    let found = check("amazon-ebs", r#"{"shutdown_behaviour": "stop"}"#, |_| {});
    assert!(
        found[0].message.contains("'shutdown_behaviour'")
            && found[0].message.contains("packer fix")
    );
    let found = check("shell", r#"{"shutdown_behaviour": "stop"}"#, |_| {});
    assert!(found[0].message.starts_with("unknown configuration key"));
}

#[test]
fn a_text_is_a_list_cut_at_its_commas_without_trimming() {
    check(
        "x",
        r#"{"a": "1, 2", "b": "", "c": 5, "d": ["x", 1, null]}"#,
        |fields| {
            assert_eq!(fields.strings("a"), ["1", " 2"]);
            assert!(fields.strings("b").is_empty());
            assert_eq!(fields.strings("c"), ["5"]);
            assert_eq!(fields.strings("d"), ["x", "1", ""]);
        },
    );
}

#[test]
fn maps_take_weak_values_and_arrays_of_objects() {
    check(
        "x",
        r#"{"a": {"n": 5, "b": true, "z": null}, "b": [{"x": "1"}, {"y": "2"}]}"#,
        |fields| {
            let map = fields.map("a");
            assert_eq!(
                (map["n"].as_str(), map["b"].as_str(), map["z"].as_str()),
                ("5", "1", "")
            );
            assert_eq!(fields.map("b").len(), 2);
        },
    );
}

#[test]
fn a_lone_object_is_a_list_of_one_block() {
    let found = check("x", r#"{"a": {"k": 1}, "b": [{"k": 1}, 5]}"#, |fields| {
        assert_eq!(fields.blocks("a").len(), 1);
        assert_eq!(fields.blocks("b").len(), 2);
    });
    assert_eq!(found[0].message, "'b[1]' expected a map, got 'float64'");
}

#[test]
fn a_value_of_the_wrong_type_is_named_by_its_key() {
    let found = check("x", r#"{"content": {"a": "b"}}"#, |fields| {
        assert_eq!(fields.string("content"), None)
    });
    assert_eq!(
        found[0].message,
        "'content' expected type 'string', got unconvertible type 'map[string]interface {}'"
    );
}

#[test]
fn a_list_takes_a_text_with_commas_one_value_and_an_empty_object() {
    let text = r#"{"a": "x,y", "b": 5, "c": {}, "d": "", "e": "0x10,2", "f": [true, null]}"#;
    let found = check("x", text, |fields| {
        assert_eq!(fields.strings("a"), ["x", "y"]);
        assert_eq!(fields.strings("b"), ["5"]);
        assert!(fields.strings("c").is_empty() && fields.strings("d").is_empty());
        assert_eq!(fields.integers("e"), [16, 2]);
        assert_eq!(fields.integers("f"), [1, 0]);
    });
    assert_eq!(found, []);
}

#[test]
fn a_list_of_the_core_cuts_no_text() {
    let found = check("x", r#"{"a": "x,y", "b": "", "c": {}}"#, |fields| {
        assert_eq!(fields.names("a"), ["x,y"]);
        assert_eq!(fields.names("b"), [""]);
        assert!(fields.names("c").is_empty());
    });
    assert_eq!(found, []);
}
