//! `iam-policy`: the least policy for a template, from a model of EC2, and enough for the build that follows.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Finished, Lab, Left, Run, Workspace, repository};

/// What AWS lets everybody do, whatever the policy says.
const ALWAYS_ALLOWED: &str = "sts:GetCallerIdentity";

fn run(workspace: &Workspace, arguments: &[&str]) -> Finished {
    let arguments = [&["iam-policy"], arguments].concat();
    // No credentials, and nobody who could answer.
    Run::new(workspace, &arguments)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .finish()
}

fn policy(workspace: &Workspace, arguments: &[&str]) -> Value {
    let finished = run(workspace, arguments).expect_code(0);
    serde_json::from_str(&finished.output)
        .unwrap_or_else(|error| panic!("{error}:\n{}", finished.output))
}

fn statements(policy: &Value) -> &[Value] {
    policy["Statement"].as_array().unwrap()
}

fn actions(policy: &Value) -> BTreeSet<String> {
    let actions = statements(policy)
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap());
    actions
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The same template builds in the lab where the policy's actions are all that is allowed.
fn is_enough(workspace: &Workspace, arguments: &[&str], images: usize) {
    let policy = policy(workspace, arguments);
    let actions = actions(&policy);
    let lab = Lab::new();
    let allowed = actions.iter().map(String::as_str);
    lab.policy(&allowed.chain([ALWAYS_ALLOWED]).collect::<Vec<_>>());
    let arguments = [&["build"], arguments].concat();
    let finished = Run::new(workspace, &arguments)
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(images));
    let refused = lab.calls().into_iter().filter(|call| call.error.is_some());
    let refused: Vec<String> = refused.map(|call| call.action).collect();
    let denied = finished.output.contains("UnauthorizedOperation");
    assert!(!denied, "{refused:?}\n{}", finished.output);
}

const EXAMPLES: [(&[&str], usize); 3] = [
    (&["-var", "version=1.0", "examples/nginx/template.json"], 1),
    (&["examples/encrypted/template.json"], 3),
    (&["examples/two-builders/template.json"], 2),
];

#[test]
fn the_policy_of_each_example_is_enough_to_build_it() {
    for (arguments, images) in EXAMPLES {
        is_enough(&Workspace::with_examples(), arguments, images);
    }
}

#[test]
fn the_policy_of_each_other_way_to_an_image_is_enough_too() {
    for (template, images) in [("surrogate.json", 1), ("fast.json", 1)] {
        is_enough(&Workspace::with_fixtures(), &[template], images);
    }
}

#[test]
fn every_action_of_the_examples_policies_is_explained() {
    let page = std::fs::read_to_string(repository().join("docs/permissions.md")).unwrap();
    let workspace = Workspace::with_examples();
    for (arguments, _) in EXAMPLES {
        for action in actions(&policy(&workspace, arguments)) {
            let name = action.split(':').next_back().unwrap();
            assert!(page.contains(&format!("{name}`")), "nothing about {action}");
        }
    }
}

#[test]
fn builds_come_into_one_policy_and_only_selects() {
    let workspace = Workspace::with_examples();
    let template = "examples/encrypted/template.json";
    let whole = policy(&workspace, &[template]);
    let regions: BTreeSet<&str> = statements(&whole)
        .iter()
        .filter_map(|one| one["Condition"]["StringEquals"]["aws:RequestedRegion"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(regions, ["eu-central-1", "eu-west-1", "us-east-1"].into());
    let none = run(&workspace, &["-only=nothing", template]).expect_code(1);
    assert!(!none.output.contains("Statement"), "{}", none.output);
}

#[test]
fn the_policy_fits_into_a_managed_one() {
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    const MOST: usize = 6_144;
    let workspace = Workspace::with_examples();
    for (arguments, _) in EXAMPLES {
        let length = policy(&workspace, arguments).to_string().len();
        assert!(length <= MOST, "{arguments:?}: {length}");
    }
}

#[test]
fn what_ec2_would_refuse_is_refused_with_its_code() {
    let workspace = Workspace::with_fixtures();
    let template = workspace
        .read("quick.json")
        .replace("t3.micro", "t4g.micro");
    workspace.write("arm.json", &template);
    let finished = run(&workspace, &["arm.json"]).expect_code(1);
    for text in [
        "build 'quick' errored",
        "RunInstances",
        "InvalidParameterValue",
        "arm64",
    ] {
        assert!(
            finished.output.contains(text),
            "{text}: {}",
            finished.output
        );
    }
    assert!(
        !finished.output.contains("Statement"),
        "{}",
        finished.output
    );
}

#[test]
fn what_is_wrong_with_a_template_is_told_as_in_a_build() {
    let workspace = Workspace::with("t.json", r#"{"builders": [{"type": "amazon-ebs"}]}"#);
    let finished = run(&workspace, &["t.json"]).expect_code(1);
    assert!(
        finished.output.contains("ami_name must be specified"),
        "{}",
        finished.output
    );
    let workspace = Workspace::with(
        "n.json",
        r#"{"builders": [{"type": "null", "communicator": "none"}]}"#,
    );
    let finished = run(&workspace, &["n.json"]).expect_code(1);
    assert!(
        finished.output.contains("none of the selected builders"),
        "{}",
        finished.output
    );
}

#[test]
fn a_secret_is_not_read_and_its_right_is_there() {
    let workspace = Workspace::with_fixtures();
    let template = workspace.read("quick.json").replacen(
        '{',
        r#"{ "variables": { "password": "{{aws_secretsmanager `database` `password`}}" },"#,
        1,
    );
    workspace.write("secret.json", &template);
    let policy = policy(&workspace, &["secret.json"]);
    let right = statements(&policy)
        .iter()
        .find(|statement| statement["Action"][0] == "secretsmanager:GetSecretValue")
        .unwrap();
    assert_eq!(
        right["Resource"][0],
        "arn:aws:secretsmanager:*:*:secret:database-??????"
    );
}

#[test]
fn no_provisioner_runs_not_even_here() {
    let workspace = Workspace::with_fixtures();
    let template = workspace.read("quick.json").replace(
        r#""provisioners": ["#,
        r#""provisioners": [{ "type": "shell-local", "inline": ["touch it-ran"] }, "#,
    );
    workspace.write("local.json", &template);
    policy(&workspace, &["local.json"]);
    assert!(!workspace.path().join("it-ran").exists());
}

#[test]
fn nothing_is_left_on_the_disk() {
    let workspace = Workspace::with_fixtures();
    policy(&workspace, &["quick.json"]);
    assert_eq!(workspace.journals(), Vec::<std::path::PathBuf>::new());
}
