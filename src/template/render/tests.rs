use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::facts::Facts;
use crate::template::document::{self, Document};
use crate::template::problem::Problem;
use crate::template::scope::{BuilderFunctions, Section};
use crate::template::source::Source;

const PROVISIONER: Section = Section::Provisioner {
    build_keys: &["SourceAMI"],
};

fn scope(section: Section) -> Scope {
    let variables = BTreeMap::from([("a".to_owned(), "value".to_owned())]);
    Scope::new(&Facts::for_tests(), section, Arc::new(variables)).with_build("web", "amazon-ebs")
}

fn document(text: &str) -> Arc<Document> {
    Arc::new(document::parse(Arc::new(Source::new("t.json", text))).unwrap())
}

fn render(section: Section, text: &str, late: &[&str]) -> (Node, Vec<Problem>) {
    let document = document(text);
    let problems = Problems::new(Arc::clone(&document));
    let node = render_config(&document.root, &scope(section), late, &problems);
    (node, problems.into_parts().0)
}

fn content(section: Section, text: &str) -> String {
    let json = format!("{{\"content\": {text:?}}}");
    let (node, found) = render(section, &json, &[]);
    assert_eq!(found, []);
    node.get("content").unwrap().as_str().unwrap().to_owned()
}

fn first_problem(section: Section, text: &str) -> String {
    render(section, &format!("{{\"content\": {text:?}}}"), &[]).1[0]
        .message
        .clone()
}

const BUILDER: Section = Section::Builder(BuilderFunctions::None);

#[test]
fn keys_below_the_first_level_are_rendered_and_first_level_keys_are_not() {
    let (node, _) = render(
        BUILDER,
        r#"{"{{user `a`}}": {"{{user `a`}}": ["{{build_name}}", 5]}}"#,
        &[],
    );
    let inner = node.get("{{user `a`}}").unwrap().get("value").unwrap();
    let Json::Array(items) = &inner.value else {
        panic!("an array")
    };
    assert_eq!(items[0].as_str(), Some("web"));
    assert_eq!(items[1].value, Json::Number("5".into()));
}

#[test]
fn a_late_key_is_checked_for_syntax_and_stays_as_it_is() {
    let (node, found) = render(
        BUILDER,
        r#"{"tags": {"x": "{{.SourceAMI}} {{user}}", "y": "{{bogus}}"}}"#,
        &["tags"],
    );
    assert_eq!(
        node.get("tags").unwrap().get("x").unwrap().as_str(),
        Some("{{.SourceAMI}} {{user}}")
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "invalid 'tags': template: root:1: function \"bogus\" not defined in:\n\n{{bogus}}"
    );
}

#[test]
fn an_evaluation_error_is_worded_as_packer_words_it() {
    assert_eq!(
        first_problem(BUILDER, "{{env `A`}}"),
        "render 'content': template: root:1:2: executing \"root\" at <env `A`>: error calling env: \
         env vars are not allowed here in:\n\n{{env `A`}}"
    );
}

#[test]
fn every_text_with_a_problem_is_reported_at_its_place_inside_the_text() {
    let (_, found) = render(
        BUILDER,
        "{\"a\": \"x {{bogus}}\",\n\"b\": [\"\\t{{user}}\"]}",
        &[],
    );
    let places: Vec<_> = found
        .iter()
        .map(|problem| problem.place.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(places, ["t.json:1:12 /a", "t.json:2:7 /b/0"]);
}

#[test]
fn functions_answer_where_they_are_allowed_and_refuse_elsewhere_as_packer_does() {
    assert_eq!(
        content(BUILDER, "{{build_name}}/{{build_type}}"),
        "web/amazon-ebs"
    );
    assert_eq!(
        content(BUILDER, "{{user `undeclared`}}|{{template_dir}}|{{pwd}}"),
        "|/template-dir|/work-dir"
    );
    assert_eq!(
        content(BUILDER, "{{packer_version}} {{timestamp}}"),
        "1.16.0 1600000000"
    );
    let refusals = [
        ("{{consul_key `x`}}", "consul_key is not allowed here"),
        (
            "{{vault `a` `b`}}",
            "Vault vars are only allowed in the variables section",
        ),
        (
            "{{aws_secretsmanager `a`}}",
            "AWS Secrets Manager is only allowed in the variables section",
        ),
        (
            "{{sed `a` `b`}}",
            "template function `sed` is deprecated use `replace` or `replace_all` instead.",
        ),
        (
            "{{build `ID`}}",
            "the given variable ID will not be passed into your plugin.",
        ),
        (
            "{{clean_resource_name `x`}}",
            "function \"clean_resource_name\" not defined",
        ),
    ];
    for (text, phrase) in refusals {
        let message = first_problem(BUILDER, text);
        assert!(message.contains(phrase), "{message}");
    }
}

#[test]
fn build_data_becomes_an_action_for_run_time_and_dotted_data_a_placeholder() {
    assert_eq!(
        content(PROVISIONER, "{{build `ID`}} {{build `SourceAMI`}}"),
        "{{.ID}} {{.SourceAMI}}"
    );
    assert_eq!(
        content(PROVISIONER, "{{.WinRMPassword}} {{.Foo}}"),
        "{{.WinRMPassword}} <no value>"
    );
    assert!(content(PROVISIONER, "{{.ID}}").starts_with("Build_ID. To set this dynamically"));
    let message = first_problem(PROVISIONER, "{{build `Bogus`}}");
    assert!(
        message.contains("loaded data, but couldnt find Bogus in it."),
        "{message}"
    );
}

#[test]
fn at_run_time_a_text_is_rendered_until_it_stays_the_same() {
    let data = Value::Map(BTreeMap::from([(
        "ID".to_owned(),
        Value::from("i-1 {{upper `x`}}"),
    )]));
    let rendered = scope(PROVISIONER)
        .render_until_stable("{{build `ID`}}", &data)
        .unwrap();
    assert_eq!(rendered, "i-1 X");
}

#[test]
fn a_text_that_never_stays_the_same_ends_all_the_same() {
    let data = Value::Map(BTreeMap::from([("X".to_owned(), Value::from("a{{.X}}"))]));
    assert!(
        scope(PROVISIONER)
            .render_until_stable("{{.X}}", &data)
            .unwrap()
            .starts_with("aaaa")
    );
}

#[test]
fn the_functions_that_only_compute_share_one_instant() {
    let cases = [
        (
            "{{isotime}} {{isotime `2006-01-02`}} {{strftime `%Y%H`}}",
            "2020-09-13T12:26:40Z 2020-09-13 202012",
        ),
        (
            "{{split `a-b-c` `-` 1}}{{replace `b` `x` -1 `bb`}}{{replace_all `a` `` `aba`}}",
            "bxxb",
        ),
        ("{{upper `a`}}{{lower `B`}}", "Ab"),
    ];
    for (text, expected) in cases {
        assert_eq!(content(BUILDER, text), expected);
    }
    assert!(
        first_problem(BUILDER, "{{isotime `a` `b`}}").contains("too many values, 1 needed: [a b]")
    );
    assert!(
        first_problem(BUILDER, "{{split `a-b` `-` 7}}").contains("the substring 7 was unavailable")
    );
}

#[test]
fn the_amazon_builder_brings_its_own_function() {
    let section = Section::Builder(BuilderFunctions::Amazon);
    assert_eq!(content(section, "{{clean_resource_name `a:b`}}"), "a-b");
}

#[test]
fn every_uuid_is_a_new_one() {
    assert_eq!(
        content(BUILDER, "{{if eq uuid uuid}}same{{else}}different{{end}}"),
        "different"
    );
}

/// The problems of a component without texts, beside one variable.
fn beside_a_variable(name: &str, value: &str) -> Vec<String> {
    let variables = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let scope = Scope::new(&Facts::for_tests(), BUILDER, Arc::new(variables));
    let document = document("{}");
    let problems = Problems::new(Arc::clone(&document));
    render_config(&document.root, &scope, &[], &problems);
    let (found, _) = problems.into_parts();
    found.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn a_variable_whose_value_is_no_template_stops_a_component() {
    assert_eq!(
        beside_a_variable("a", "{{bogus}}"),
        [
            "invalid 'packer_user_variables': template: root:1: function \"bogus\" not defined in:\n\n{{bogus}}"
        ]
    );
    assert_eq!(beside_a_variable("a", "{{.X | upper}}").len(), 1);
    assert_eq!(beside_a_variable("a", "{{.Names}} {{timestamp}}").len(), 0);
}

#[test]
fn a_variable_whose_name_is_a_template_needs_no_more_than_the_syntax_of_its_value() {
    assert_eq!(beside_a_variable("{{bogus}}", "plain").len(), 1);
    assert_eq!(beside_a_variable("{{.X}}", "{{bogus}}").len(), 1);
    assert_eq!(beside_a_variable("{{.X}}", "{{.X | upper}}").len(), 0);
}
