//! Spot instances and temporary instance profiles.

use serde_json::{Value, json};

use super::{Outcome, plan};
use crate::plan::amazon::settings::Spot;

fn spot(fragment: Value) -> Option<Spot> {
    plan(fragment).settings().launch.spot
}

fn policy(document: Value) -> Option<String> {
    let outcome = plan(json!({"temporary_iam_instance_profile_policy_document": document}));
    outcome.settings().launch.temporary_profile
}

/// The keys that `build` refuses, each of which is warned of.
fn conflicts(fragment: Value) -> Vec<String> {
    let outcome: Outcome = plan(fragment);
    let warned = outcome
        .warnings
        .iter()
        .any(|warning| warning.message.contains("beside `spot_price`"));
    let refused = outcome.settings().unsupported;
    assert_eq!(warned, !refused.is_empty());
    refused
}

#[test]
fn a_price_is_a_limit_and_auto_is_none() {
    let limited = spot(json!({"spot_price": "0.05"})).unwrap();
    assert_eq!(limited.max_price.as_deref(), Some("0.05"));
    assert_eq!(spot(json!({"spot_price": "auto"})).unwrap().max_price, None);
}

#[test]
fn zero_and_nothing_are_on_demand() {
    assert_eq!(spot(json!({"spot_price": "0"})), None);
    assert_eq!(spot(json!({})), None);
}

#[test]
fn types_strategy_and_tags_are_kept() {
    let found = spot(json!({
        "instance_type": null, "spot_instance_types": ["c5.large", "c6i.large"], "spot_price": "auto",
        "spot_allocation_strategy": "diversified", "spot_tags": {"a": "{{ .SourceAMI }}"},
        "fleet_tag": [{"key": "b", "value": "c"}],
    }))
    .unwrap();
    assert_eq!(found.instance_types, ["c5.large", "c6i.large"]);
    assert_eq!(found.allocation_strategy.as_deref(), Some("diversified"));
    assert_eq!(found.tags["a"], "{{ .SourceAMI }}");
    assert_eq!(found.fleet_tags["b"], "c");
}

#[test]
fn the_likely_type_is_the_first_of_several() {
    let types = json!({"instance_type": null, "spot_instance_types": "c5.large,c6i.large", "spot_price": "1"});
    assert_eq!(plan(types).settings().launch.likely_type(), "c5.large");
    assert_eq!(plan(json!({})).settings().launch.likely_type(), "t3.micro");
}

#[test]
fn what_a_spot_instance_cannot_honour_is_refused_by_build() {
    let cases = [
        ("shutdown_behavior", json!("stop")),
        ("capacity_reservation_preference", json!("open")),
        ("capacity_reservation_id", json!("cr-1")),
        ("tenancy", json!("dedicated")),
        ("placement", json!({"host_id": "h-1"})),
        (
            "license_specifications",
            json!([{"license_configuration_request": {"license_configuration_arn": "a"}}]),
        ),
        ("ena_support", json!(false)),
    ];
    for (key, value) in cases {
        let found = conflicts(json!({"spot_price": "1", key: value}));
        let named = format!("{key}` beside `spot_price");
        assert!(found.contains(&named), "{key}: {found:?}");
    }
}

#[test]
fn what_is_the_default_of_a_spot_instance_anyway_is_no_conflict() {
    let found = conflicts(json!({
        "spot_price": "1", "shutdown_behavior": "terminate", "tenancy": "default", "placement": {"tenancy": ""},
    }));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn several_types_on_demand_are_refused_by_build() {
    let outcome = plan(json!({"instance_type": null, "spot_instance_types": ["c5.large"]}));
    let refused = outcome.settings().unsupported;
    assert_eq!(refused, ["spot_instance_types` without `spot_price"]);
}

#[test]
fn a_policy_is_written_as_packer_writes_it() {
    let statement = json!([
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List<x>"], "Resource": ["*"]},
        {"Effect": "Deny", "Action": "iam:*"},
    ]);
    assert_eq!(
        policy(json!({"Version": "2012-10-17", "Statement": statement})).unwrap(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List\u003cx\u003e"],"Resource":["*"]},{"Effect":"Deny","Action":["iam:*"],"Resource":null}]}"#
    );
}

#[test]
fn a_policy_without_a_version_gets_todays() {
    let statement = json!({"Effect": "Allow", "Action": "a", "Resource": "*"});
    let written = policy(json!({"Statement": statement})).unwrap();
    assert!(
        written.starts_with(r#"{"Version":"2012-10-17","#),
        "{written}"
    );
}

#[test]
fn a_named_profile_wins_over_a_temporary_one() {
    let outcome = plan(json!({
        "iam_instance_profile": "mine",
        "temporary_iam_instance_profile_policy_document": {"Version": "2012-10-17"},
    }));
    assert!(outcome.warnings[0].message.contains("has no effect beside"));
    let launch = outcome.settings().launch;
    assert_eq!(launch.iam_instance_profile.as_deref(), Some("mine"));
    assert_eq!(launch.temporary_profile, None);
}
