use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::cloud::Region;
use crate::cloud::model::LoggedCall;
use crate::plan::amazon::fixture::settings;

/// The policy for a build in `region` that made these calls there.
fn policy_in(region: &str, keys: Value, calls: &[&'static str]) -> Vec<Value> {
    let mut keys = keys;
    keys["region"] = json!(region);
    let (settings, region) = (settings(keys), Region::new(region));
    let calls: Vec<LoggedCall> = calls
        .iter()
        .map(|name| LoggedCall {
            name,
            region: region.clone(),
        })
        .collect();
    let needs = Needs {
        settings: &settings,
        region: &region,
        calls: &calls,
    };
    let policy = policy(&[needs], &BTreeSet::new());
    policy["Statement"].as_array().unwrap().clone()
}

fn policy_of(keys: Value, calls: &[&'static str]) -> Vec<Value> {
    policy_in("eu-west-1", keys, calls)
}

fn list(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// The statements that allow this action, each as its resources and its condition.
fn allowed<'a>(statements: &'a [Value], action: &str) -> Vec<(Vec<&'a str>, &'a Value)> {
    let with = statements
        .iter()
        .filter(|statement| list(&statement["Action"]).contains(&action));
    with.map(|statement| (list(&statement["Resource"]), &statement["Condition"]))
        .collect()
}

fn tagged(key: &str) -> Value {
    json!({ "Null": { format!("{key}/ami-build:build-id"): "false" } })
}

#[test]
fn a_question_is_allowed_in_its_region_alone() {
    let statements = policy_of(json!({}), &["DescribeImages"]);
    let condition = json!({ "StringEquals": { "aws:RequestedRegion": ["eu-west-1"] } });
    assert_eq!(
        allowed(&statements, "ec2:DescribeImages"),
        [(vec!["*"], &condition)]
    );
}

#[test]
fn what_is_made_is_made_with_the_builds_tag_and_only_that_is_removed() {
    let statements = policy_of(json!({}), &["CreateSecurityGroup"]);
    let made = tagged("aws:RequestTag");
    let groups = "arn:aws:ec2:eu-west-1:*:security-group/*";
    let create = allowed(&statements, "ec2:CreateSecurityGroup");
    assert!(create.contains(&(vec![groups], &made)), "{create:?}");
    assert!(create.contains(&(vec!["arn:aws:ec2:eu-west-1:*:vpc/*"], &Value::Null)));
    let own = tagged("aws:ResourceTag");
    assert_eq!(
        allowed(&statements, "ec2:DeleteSecurityGroup"),
        [(vec![groups], &own)]
    );
}

#[test]
fn tags_come_with_the_creating_call_or_on_what_is_a_builds_already() {
    let statements = policy_of(json!({}), &["CreateSecurityGroup"]);
    let groups = vec!["arn:aws:ec2:eu-west-1:*:security-group/*"];
    let creating = json!({ "StringEquals": { "ec2:CreateAction": ["CreateSecurityGroup"] } });
    let own = tagged("aws:ResourceTag");
    assert_eq!(
        allowed(&statements, "ec2:CreateTags"),
        [(groups.clone(), &creating), (groups, &own)]
    );
}

#[test]
fn a_machine_is_launched_of_the_templates_image_where_the_template_says() {
    let keys = json!({ "subnet_id": "subnet-1", "security_group_ids": ["sg-1"] });
    let statements = policy_of(keys, &["RunInstances"]);
    let launch = allowed(&statements, "ec2:RunInstances");
    let used = launch
        .iter()
        .find(|(_, condition)| condition.is_null())
        .unwrap();
    for resource in [
        "arn:aws:ec2:eu-west-1::image/ami-0123456789abcdef0",
        "arn:aws:ec2:eu-west-1:*:subnet/subnet-1",
        "arn:aws:ec2:eu-west-1:*:security-group/sg-1",
    ] {
        assert!(used.0.contains(&resource), "{used:?}");
    }
    let made = tagged("aws:RequestTag");
    let made = launch
        .iter()
        .find(|(_, condition)| **condition == made)
        .unwrap();
    assert!(
        made.0.contains(&"arn:aws:ec2:eu-west-1:*:instance/*"),
        "{made:?}"
    );
}

#[test]
fn a_profile_is_passed_to_ec2_and_to_nobody_else() {
    let statements = policy_of(
        json!({ "iam_instance_profile": "builder" }),
        &["RunInstances"],
    );
    let to_ec2 = json!({ "StringEquals": { "iam:PassedToService": ["ec2.amazonaws.com"] } });
    assert_eq!(
        allowed(&statements, "iam:PassRole"),
        [(vec!["arn:aws:iam::*:role/builder"], &to_ec2)]
    );
    let china = policy_in(
        "cn-north-1",
        json!({ "iam_instance_profile": "builder" }),
        &[],
    );
    let to_ec2 = json!({ "StringEquals": { "iam:PassedToService": ["ec2.amazonaws.com.cn"] } });
    assert_eq!(
        allowed(&china, "iam:PassRole"),
        [(vec!["arn:aws-cn:iam::*:role/builder"], &to_ec2)]
    );
}

#[test]
fn where_images_are_made_without_tags_none_is_asked_for() {
    let statements = policy_in("us-gov-west-1", json!({}), &["CreateImage"]);
    let images = "arn:aws-us-gov:ec2:us-gov-west-1::image/*";
    let create = allowed(&statements, "ec2:CreateImage");
    let untagged = create
        .iter()
        .find(|(_, condition)| condition.is_null())
        .unwrap();
    assert!(untagged.0.contains(&images), "{untagged:?}");
    let remove = allowed(&statements, "ec2:DeregisterImage");
    assert_eq!(remove, [(vec![images], &Value::Null)]);
}

#[test]
fn an_old_image_may_have_been_made_by_anybody() {
    let images = vec!["arn:aws:ec2:eu-west-1::image/*"];
    let own = tagged("aws:ResourceTag");
    let careful = policy_of(json!({}), &["CreateImage"]);
    assert_eq!(
        allowed(&careful, "ec2:DeregisterImage"),
        [(images.clone(), &own)]
    );
    let replacing = policy_of(json!({ "force_deregister": true }), &["CreateImage"]);
    assert_eq!(
        allowed(&replacing, "ec2:DeregisterImage"),
        [(images, &Value::Null)]
    );
}

#[test]
fn a_customers_key_is_used_through_ec2_and_a_managed_one_needs_nothing() {
    let with = |key: &str| {
        let keys = json!({ "encrypt_boot": true, "kms_key_id": key });
        policy_of(keys, &["CreateImage", "CopyImage"])
    };
    let by_id = with("1234abcd-12ab-34cd-56ef-1234567890ab");
    let key = "arn:aws:kms:eu-west-1:*:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let through = json!({ "StringEquals": { "kms:ViaService": ["ec2.eu-west-1.amazonaws.com"] } });
    assert_eq!(allowed(&by_id, "kms:Decrypt"), [(vec![key], &through)]);
    let grant = json!({
        "StringEquals": { "kms:ViaService": ["ec2.eu-west-1.amazonaws.com"] },
        "Bool": { "kms:GrantIsForAWSResource": "true" },
    });
    assert_eq!(allowed(&by_id, "kms:CreateGrant"), [(vec![key], &grant)]);
    let by_alias = with("alias/images");
    let alias = json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/images"] } });
    assert_eq!(
        allowed(&by_alias, "kms:Decrypt"),
        [(vec!["arn:aws:kms:eu-west-1:*:key/*"], &alias)]
    );
    let managed = policy_of(json!({ "encrypt_boot": true }), &["CopyImage"]);
    assert_eq!(allowed(&managed, "kms:Decrypt"), []);
}

#[test]
fn what_a_spot_instance_needs_is_there_for_it_alone() {
    let calls = ["RunInstances", "CreateLaunchTemplate", "CreateFleet"];
    let statements = policy_of(json!({ "spot_price": "auto" }), &calls);
    let templates = "arn:aws:ec2:eu-west-1:*:launch-template/*";
    let own = tagged("aws:ResourceTag");
    assert_eq!(
        allowed(&statements, "ec2:DeleteLaunchTemplate"),
        [(vec![templates], &own)]
    );
    let linked = allowed(&statements, "iam:CreateServiceLinkedRole");
    let spot = json!({ "StringEquals": { "iam:AWSServiceName": ["spot.amazonaws.com"] } });
    assert_eq!(linked[0].1, &spot);
    let on_demand = policy_of(json!({}), &["RunInstances"]);
    assert_eq!(allowed(&on_demand, "iam:CreateServiceLinkedRole"), []);
}

#[test]
fn a_temporary_profile_is_allowed_by_its_name() {
    let calls = [
        "CreateRole",
        "CreateInstanceProfile",
        "PutRolePolicy",
        "AddRoleToInstanceProfile",
    ];
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"] }
    ]});
    let keys = json!({ "temporary_iam_instance_profile_policy_document": document });
    let statements = policy_of(keys, &calls);
    let role = "arn:aws:iam::*:role/packer-*";
    for action in [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:TagRole",
    ] {
        assert_eq!(
            allowed(&statements, action),
            [(vec![role], &Value::Null)],
            "{action}"
        );
    }
    assert_eq!(allowed(&statements, "iam:PassRole")[0].0, [role]);
}

#[test]
fn reasons_are_decoded_and_secrets_read_where_the_template_asks() {
    let statements = policy_of(json!({ "decode_authorization_messages": true }), &[]);
    assert_eq!(
        allowed(&statements, "sts:DecodeAuthorizationMessage"),
        [(vec!["*"], &Value::Null)]
    );
    let (settings, region) = (settings(json!({})), Region::new("us-east-1"));
    let needs = Needs {
        settings: &settings,
        region: &region,
        calls: &[],
    };
    let policy = policy(&[needs], &["database".to_owned()].into());
    let statements = policy["Statement"].as_array().unwrap();
    assert_eq!(
        allowed(statements, "secretsmanager:GetSecretValue"),
        [(
            vec!["arn:aws:secretsmanager:*:*:secret:database-??????"],
            &Value::Null
        )]
    );
}

#[test]
fn nobody_needs_a_right_to_know_who_he_is() {
    assert_eq!(
        policy_of(json!({}), &["GetCallerIdentity"]),
        Vec::<Value>::new()
    );
}
