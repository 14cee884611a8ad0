use super::*;
use crate::template::model::Template;
use crate::template::source::Source;

fn template(text: &str) -> Template {
    read(Source::new("t.json", text)).unwrap()
}

fn messages(text: &str) -> Vec<String> {
    let found = read(Source::new("t.json", text)).unwrap_err();
    found.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn root_keys_are_found_in_any_case_and_comments_are_ignored() {
    let template = template(
        r#"{"_comment": "x", "Builders": [{"type": "null"}], "DESCRIPTION": "d", "push": {}, "comments": [{"a": "b"}]}"#,
    );
    assert_eq!(template.builders[0].name, "null");
    assert_eq!(template.description.as_deref(), Some("d"));
}

#[test]
fn null_at_the_root_is_an_empty_template_and_other_values_are_errors() {
    assert!(template("null").builders.is_empty());
    assert_eq!(messages("[]"), ["'' expected a map, got 'slice'"]);
    assert_eq!(messages("5"), ["'' expected a map, got 'float64'"]);
}

#[test]
fn all_unknown_root_keys_and_wrong_comments_are_listed() {
    assert_eq!(
        messages(r#"{"zeta": 1, "_c": 1, "alpha": 2}"#),
        [
            "Unknown root level key in template: 'zeta'",
            "Failed to cast root level comment value in comment \"_c\" to string.",
            "Unknown root level key in template: 'alpha'"
        ]
    );
}

#[test]
fn a_section_that_stands_twice_in_different_cases_is_not_dropped_silently() {
    let text = r#"{"builders": [], "Builders": [{"type": "null"}]}"#;
    assert_eq!(
        messages(text),
        ["Unknown root level key in template: 'Builders'"]
    );
}

#[test]
fn duplicate_keys_are_found_at_any_depth() {
    assert_eq!(
        messages(
            r#"{"builders": [{"type": "null", "a": {"b": 1, "b": 2}}], "variables": {"a": "1", "a": "2"}}"#
        ),
        [
            "template has duplicate field: b",
            "template has duplicate field: a"
        ]
    );
}

#[test]
fn the_root_is_strictly_typed() {
    let text = r#"{"builders": {}, "provisioners": 5, "post-processors": {}, "sensitive-variables": ["a", 1],
        "description": 1, "min_packer_version": 1, "variables": {"a": 5, "b": []}, "comments": [{"a": 5}], "push": 5}"#;
    let expected = [
        "'Comments[0][a]' expected type 'string', got unconvertible type 'float64'",
        "'Push' expected a map, got 'float64'",
        "variable a: '' expected type 'string', got unconvertible type 'float64'",
        "variable b: '' expected type 'string', got unconvertible type '[]interface {}'",
        "'sensitive-variables[1]' expected type 'string', got unconvertible type 'float64'",
        "'Description' expected type 'string', got unconvertible type 'float64'",
        "'min_packer_version' expected type 'string', got unconvertible type 'float64'",
        "'builders': source data must be an array or slice, got map",
        "'Provisioners': source data must be an array or slice, got float64",
        "'post-processors': source data must be an array or slice, got map",
    ];
    let mut found = messages(text);
    found.sort();
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_variable_without_a_value_has_to_be_given_and_an_empty_one_has_not() {
    let template = template(
        r#"{"variables": {"a": null, "b": ""}, "sensitive-variables": ["b", "undeclared"]}"#,
    );
    assert_eq!(template.variables[0].default, None);
    assert_eq!(template.variables[1].default.as_deref(), Some(""));
    assert_eq!(template.sensitive, ["b"]);
}

#[test]
fn every_wrong_builder_is_named_by_its_number() {
    let text = r#"{"builders": [{"name": "x"}, {"type": "null", "name": [1]}, 5, {"type": "a"}, {"type": "b", "name": "a"}, null]}"#;
    assert_eq!(
        messages(text),
        [
            "builder 1: missing 'type'",
            "builder 2: 'Name' expected type 'string', got unconvertible type '[]interface {}'",
            "builder 3: '' expected a map, got 'float64'",
            "builder 5: builder with name 'a' already exists",
            "builder 6: missing 'type'",
        ]
    );
}

#[test]
fn a_key_of_the_core_in_another_case_is_honoured_but_left_over() {
    let template = template(r#"{"builders": [{"Type": "null", "name": 5}]}"#);
    let builder = &template.builders[0];
    assert_eq!(
        (builder.kind.as_str(), builder.name.as_str()),
        ("null", "5")
    );
    assert!(builder.config.get("Type").is_some() && builder.config.get("name").is_none());
}

#[test]
fn every_wrong_provisioner_is_named_by_its_number() {
    let text = r#"{"provisioners": [{"type": "shell", "pause_before": "5", "timeout": "x"}, 5, {"x": 1},
        {"type": "shell", "override": "x"}, {"type": "shell", "max_retries": [1]}], "error-cleanup-provisioner": []}"#;
    assert_eq!(
        messages(text),
        [
            "provisioner 1: Error decoding provisioner: error decoding 'pause_before': time: missing unit in duration \"5\"",
            "provisioner 1: Error decoding provisioner: error decoding 'timeout': time: invalid duration \"x\"",
            "provisioner 2: Error decoding provisioner: '' expected a map, got 'float64'",
            "provisioner 3: Provisioner missing 'type'",
            "provisioner 4: Error decoding provisioner: 'Override' expected a map, got 'string'",
            "provisioner 5: Error decoding provisioner: 'max_retries' expected type 'string', got unconvertible type '[]interface {}'",
            "On Error Cleanup Provisioner error: Error decoding provisioner: '' expected a map, got 'slice'",
        ]
    );
}

#[test]
fn every_wrong_post_processor_is_named_by_both_its_numbers() {
    let text = r#"{"post-processors": [["manifest", {"x": 1}], {"type": "manifest", "only": "x", "keep_input_artifact": "true"},
        5, [], [[]], {"type": 5}, null, [null]]}"#;
    assert_eq!(
        messages(text),
        [
            "post-processor 1.2: type is required",
            "post-processor 2.1: 'keep_input_artifact' expected type 'bool', got unconvertible type 'string'",
            "post-processor 2.1: 'Only': source data must be an array or slice, got string",
            "post-processor 3: bad format",
            "post-processor 5.1: sequence not allowed to be nested in a sequence",
            "post-processor 6.1: 'Type' expected type 'string', got unconvertible type 'float64'",
            "post-processor 7: bad format",
            "post-processor 8.1: unknown format",
        ]
    );
}

#[test]
fn a_post_processor_can_be_a_name_an_object_or_a_sequence() {
    let template = template(
        r#"{"post-processors": ["a", {"type": "b", "name": "n"}, ["c", {"type": "d", "keep_input_artifact": false}], []]}"#,
    );
    let names: Vec<Vec<_>> = template
        .post_processors
        .iter()
        .map(|chain| chain.iter().map(|element| element.name.as_str()).collect())
        .collect();
    assert_eq!(names, [vec!["a"], vec!["n"], vec!["c", "d"], vec![]]);
    assert_eq!(
        template.post_processors[2][1].keep_input_artifact,
        Some(false)
    );
}
