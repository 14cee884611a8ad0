//! What `plan` asks of AWS: everything that is wrong at once, with its place, and nothing is created.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Step, Workspace};

const TEMPLATE: &str = "t.json";

/// The quick template with these keys changed.
fn workspace(changes: &Value) -> Workspace {
    let workspace = Workspace::with_fixtures();
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    for (key, value) in changes.as_object().unwrap() {
        template["builders"][0][key] = value.clone();
    }
    let text = serde_json::to_string_pretty(&template).unwrap();
    workspace.write(TEMPLATE, &text);
    workspace
}

fn plan(lab: &Lab, workspace: &Workspace, code: i32) -> Finished {
    Run::new(workspace, &["plan", TEMPLATE])
        .lab(lab)
        .finish()
        .expect_code(code)
}

/// Every call that may change something was a dry run.
fn assert_only_asked(lab: &Lab) {
    for call in lab.calls() {
        let asks = ["Describe", "Get", "AssumeRole"];
        let asks = asks.iter().any(|start| call.action.starts_with(start));
        let tries = call.parameters["DryRun"] == "true";
        assert!(asks || tries, "{} {}", call.action, call.parameters);
    }
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_template_that_will_build_is_fine_in_every_check() {
    let lab = Lab::new();
    let workspace = workspace(&json!({"ami_regions": ["eu-west-1"]}));
    let finished = plan(&lab, &workspace, 0).expect_text("quick  amazon-ebs  us-east-1  ");
    for word in ["wrong", "not checked", "in doubt"] {
        assert!(!finished.output.contains(word), "{}", finished.output);
    }
    for tried in [
        "RunInstances",
        "CreateSecurityGroup",
        "ImportKeyPair",
        "CopyImage",
    ] {
        assert_eq!(lab.count(tried), 1, "{tried}");
    }
    assert_only_asked(&lab);
}

#[test]
fn a_taken_name_and_a_missing_subnet_are_told_at_once_with_their_places() {
    let lab = Lab::new();
    let taken = workspace(&json!({"ami_name": "taken"}));
    Run::new(&taken, &["build", TEMPLATE])
        .lab(&lab)
        .finish()
        .expect_code(0);
    let workspace =
        workspace(&json!({"ami_name": "taken", "subnet_id": "subnet-0123456789abcdef0"}));
    plan(&lab, &workspace, 1)
        .expect_text("AMI Name: 'taken' is used by an existing AMI")
        .expect_text("/builders/0/ami_name")
        .expect_text("InvalidSubnetID.NotFound")
        .expect_text("/builders/0/subnet_id");
    Run::new(&workspace, &["plan", "-force", "-json", TEMPLATE])
        .lab(&lab)
        .finish()
        .expect_text("InvalidSubnetID.NotFound")
        .expect_no_text("is used by an existing AMI");
}

#[test]
fn a_key_that_is_disabled_or_of_another_region_is_told() {
    let lab = Lab::new();
    let disabled = lab.key("us-east-1", "Disabled");
    let other = lab.key("us-east-1", "Enabled");
    let workspace = workspace(&json!({
        "encrypt_boot": true,
        "kms_key_id": disabled,
        "ami_regions": ["eu-west-1"],
        "region_kms_key_ids": {"eu-west-1": other},
    }));
    plan(&lab, &workspace, 1)
        .expect_text("cannot encrypt: its state is `Disabled`")
        .expect_text("/builders/0/kms_key_id")
        .expect_text(&format!("there is no key `{other}` in `eu-west-1`"));
    assert_only_asked(&lab);
}

#[test]
fn a_denied_call_is_a_problem_and_a_denied_question_is_a_line() {
    let lab = Lab::new();
    lab.policy(&[
        "sts:GetCallerIdentity",
        "ec2:DescribeImages",
        "ec2:RunInstances",
        "ec2:ImportKeyPair",
    ]);
    let workspace = workspace(&json!({}));
    let finished = plan(&lab, &workspace, 1)
        .expect_text("the permission `ec2:CreateSecurityGroup` in `us-east-1`")
        .expect_text("not checked: the regions")
        .expect_text("not checked: the quota of virtual CPUs in `us-east-1`");
    assert_eq!(
        finished.output.matches("Error: ").count(),
        1,
        "{}",
        finished.output
    );
    assert_only_asked(&lab);
}

#[test]
fn quotas_of_cpus_and_of_public_images_count_what_is_there() {
    let lab = Lab::new();
    lab.settings(&json!({"quotas": {"L-1216C47A": 1, "L-0E3CBAB9": 0}}));
    let workspace = workspace(&json!({"ami_groups": ["all"]}));
    plan(&lab, &workspace, 1)
        .expect_text("`t3.micro` needs 2")
        .expect_text("/builders/0/instance_type")
        .expect_text("0 public images, 1 more are to come, and the quota is 0")
        .expect_text("/builders/0/ami_groups");
    lab.settings(&json!({"quotas": {"L-1216C47A": 2, "L-0E3CBAB9": 1}}));
    plan(&lab, &workspace, 0);
    lab.settings(&json!({"public_access": "block-new-sharing"}));
    plan(&lab, &workspace, 1).expect_text("lets no image become public in `us-east-1`");
}

#[test]
fn in_a_workflow_the_problems_are_annotations_and_stand_in_the_summary() {
    let lab = Lab::new();
    lab.settings(&json!({"quotas": {"L-1216C47A": 1}}));
    let workspace = workspace(&json!({}));
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("command", "plan")
        .input("template", TEMPLATE)
        .run();
    let main = result.main().expect_code(1);
    assert_eq!(main.output("conclusion"), "quota");
    assert_eq!(main.json_output("matrix")["include"][0]["build"], "quick");
    assert_eq!(main.annotations("error").len(), 1);
    let summary = main.summary();
    assert!(summary.contains("needs 2"), "{summary}");
    assert!(summary.contains("1 wrong"), "{summary}");
    result.post().expect_code(0);
}

#[test]
fn without_preflight_no_credentials_are_needed() {
    let workspace = workspace(&json!({}));
    let finished = Run::new(&workspace, &["plan", "-preflight=false", "-json", TEMPLATE])
        .finish()
        .expect_code(0);
    let matrix: Value = serde_json::from_str(&finished.output).unwrap();
    assert_eq!(matrix["include"][0]["region"], "us-east-1");
    Run::new(&workspace, &["plan", TEMPLATE])
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .finish()
        .expect_code(1)
        .expect_text("the credentials:");
}
