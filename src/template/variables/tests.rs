use std::collections::BTreeMap;

use super::*;
use crate::facts::Facts;
use crate::template::problem::Problem;
use crate::template::schema;
use crate::template::source::Source;

fn resolve_with(
    variables: &str,
    given: &GivenVariables,
    facts: &Facts,
) -> Result<Variables, Vec<Problem>> {
    let text = format!("{{\"variables\": {variables}, \"sensitive-variables\": [\"s\"]}}");
    resolve(
        &schema::read(Source::new("t.json", text)).unwrap(),
        given,
        facts,
    )
}

fn values(variables: &str) -> BTreeMap<String, String> {
    let resolved = resolve_with(variables, &GivenVariables::default(), &Facts::for_tests());
    resolved.unwrap().values.as_ref().clone()
}

fn messages(variables: &str) -> Vec<String> {
    let resolved = resolve_with(variables, &GivenVariables::default(), &Facts::for_tests());
    resolved
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

#[test]
fn variables_refer_to_each_other_in_any_order() {
    let values = values(
        r#"{"a": "{{user `b`}}1", "b": "{{upper (user `c`)}}2", "c": "{{user \"d\"}}", "d": "x"}"#,
    );
    assert_eq!(
        (
            values["a"].as_str(),
            values["b"].as_str(),
            values["c"].as_str()
        ),
        ("X21", "X2", "x")
    );
}

#[test]
fn dotted_actions_survive_for_whoever_uses_the_variable() {
    assert_eq!(
        values(r#"{"d": "a {{.Foo}} {{ .Bar }} {{upper `b`}}"}"#)["d"],
        "a {{.Foo}} {{ .Bar }} B"
    );
    assert!(messages(r#"{"d": "{{upper .X}}"}"#)[0].contains("invalid value; expected string"));
}

#[test]
fn what_a_variable_holds_is_not_rendered_again() {
    let mut facts = Facts::for_tests();
    facts.environment.insert("E".into(), "{{upper `x`}}".into());
    let resolved = resolve_with(
        r#"{"a": "{{env `E`}}", "b": "{{user `a`}}"}"#,
        &GivenVariables::default(),
        &facts,
    );
    let values = resolved.unwrap().values;
    assert_eq!(
        (values["a"].as_str(), values["b"].as_str()),
        ("{{upper `x`}}", "{{upper `x`}}")
    );
}

#[test]
fn a_cycle_and_an_unknown_name_are_reported_with_name_and_text() {
    let found = messages(r#"{"a": "{{user `b`}}", "b": "{{user `a`}}"}"#);
    assert_eq!(found.len(), 2);
    assert!(found[1].starts_with(
        "Failed to interpolate \"b\": \"{{user `a`}}\"; error: template: root:1:2: executing"
    ));
    assert!(found[1].contains("variable not set: a: Please make sure"));
}

#[test]
fn an_unknown_name_stays_empty_while_another_reference_is_rendered_again_and_again() {
    let values = values(r#"{"a": "{{user `nope`}}", "b": "{{user `c`}}", "c": "x"}"#);
    assert_eq!((values.get("a"), values["b"].as_str()), (None, "x"));
}

#[test]
fn every_faulty_variable_is_reported_even_if_nobody_uses_it() {
    let found = messages(
        r#"{"a": "{{bogus}}", "b": "{{build_name}}", "c": "{{vault `x` `y`}}", "d": "{{aws_secretsmanager}}"}"#,
    );
    assert_eq!(
        found[0],
        "error interpolating default value for 'a': template: root:1: function \"bogus\" not defined"
    );
    assert!(found[1].contains("error calling build_name: build_name not available"));
    assert!(found[2].contains("Must set VAULT_TOKEN"));
    assert!(found[3].contains("secret name must be provided"));
}

#[test]
fn all_required_variables_that_are_not_given_are_listed_at_their_place() {
    let given = GivenVariables {
        flags: vec![("b".into(), String::new())],
        ..GivenVariables::default()
    };
    let found = resolve_with(
        "{\"a\": null,\n\"b\": null, \"c\": null}",
        &given,
        &Facts::for_tests(),
    )
    .unwrap_err();
    let messages: Vec<_> = found
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "required variable not set: a",
            "required variable not set: c"
        ]
    );
    assert_eq!(found[1].place.as_ref().unwrap().line, 2);
}

#[test]
fn flags_hide_files_files_hide_the_environment_and_that_hides_defaults() {
    let mut facts = Facts::for_tests();
    for name in ["a", "b", "c", "undeclared"] {
        facts
            .environment
            .insert(format!("PKR_VAR_{name}"), "environment".into());
    }
    let file = |value: &str, names: &[&str]| {
        names
            .iter()
            .map(|name| ((*name).to_owned(), value.to_owned()))
            .collect()
    };
    let given = GivenVariables {
        files: vec![
            file("first", &["b", "c", "extra"]),
            file("second", &["b", "c"]),
        ],
        flags: vec![("c".into(), "1".into()), ("c".into(), "2".into())],
    };
    let resolved = resolve_with(
        r#"{"a": "d", "b": "d", "c": "d", "d": "d"}"#,
        &given,
        &facts,
    )
    .unwrap()
    .values;
    let shown: Vec<_> = resolved
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        shown,
        ["a=environment", "b=second", "c=2", "d=d", "extra=first"]
    );
}

#[test]
fn rendered_values_of_sensitive_variables_are_listed() {
    let resolved = resolve_with(
        r#"{"s": "{{upper `x`}}", "t": "y"}"#,
        &GivenVariables::default(),
        &Facts::for_tests(),
    );
    assert_eq!(resolved.unwrap().sensitive, ["X"]);
}

#[test]
fn a_given_value_can_be_referred_to_before_it_is_rendered() {
    let given = |text: &str| GivenVariables {
        flags: vec![("v".to_owned(), text.to_owned())],
        ..GivenVariables::default()
    };
    let facts = Facts::for_tests();
    let resolved = resolve_with(r#"{"v": "x"}"#, &given("{{user `v`}}"), &facts).unwrap();
    assert_eq!(resolved.values["v"], "{{user `v`}}");
    let early = resolve_with(
        r#"{"a": "{{upper (user `v`)}}", "w": "{{upper (user `v`)}}"}"#,
        &given("{{lower `Q`}}"),
        &facts,
    );
    let early = early.unwrap().values;
    assert_eq!(
        (early["a"].as_str(), early["w"].as_str()),
        ("{{LOWER `Q`}}", "Q")
    );
}

#[test]
fn a_value_that_grows_does_so_in_every_pass_and_twice_where_it_is_declared() {
    let given = GivenVariables {
        flags: vec![
            ("v".to_owned(), "x{{user `v`}}".to_owned()),
            ("w".to_owned(), "x{{user `w`}}".to_owned()),
        ],
        ..GivenVariables::default()
    };
    let resolved = resolve_with(r#"{"v": "d"}"#, &given, &Facts::for_tests()).unwrap();
    let grown = |name: &str| resolved.values[name].matches('x').count();
    assert_eq!((grown("v"), grown("w")), (201, 101));
}

#[test]
fn a_reference_to_a_given_value_that_refers_on_is_followed_to_the_end() {
    let given = GivenVariables {
        flags: vec![
            ("b".to_owned(), "{{user `c`}}".to_owned()),
            ("c".to_owned(), "{{lower `Z`}}".to_owned()),
        ],
        ..GivenVariables::default()
    };
    let resolved = resolve_with(r#"{"a": "{{user `b`}}"}"#, &given, &Facts::for_tests()).unwrap();
    assert_eq!(resolved.values["a"], "z");
}

#[test]
fn the_empty_name_leads_to_an_empty_text() {
    assert_eq!(values(r#"{"a": "[{{user ``}}]"}"#)["a"], "[]");
}
