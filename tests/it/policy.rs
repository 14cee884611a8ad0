//! Packer's documented IAM policy is enough, to the letter.

use crate::support::{Lab, Left, Run, Workspace};

/// <https://developer.hashicorp.com/packer/integrations/hashicorp/amazon#iam-task-or-instance-role>
const PACKERS_POLICY: [&str; 33] = [
    "AttachVolume",
    "AuthorizeSecurityGroupIngress",
    "CopyImage",
    "CreateImage",
    "CreateKeyPair",
    "CreateSecurityGroup",
    "CreateSnapshot",
    "CreateTags",
    "CreateVolume",
    "DeleteKeyPair",
    "DeleteSecurityGroup",
    "DeleteSnapshot",
    "DeleteVolume",
    "DeregisterImage",
    "DescribeImageAttribute",
    "DescribeImages",
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeRegions",
    "DescribeSecurityGroups",
    "DescribeSnapshots",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeVolumes",
    "DetachVolume",
    "GetPasswordData",
    "ModifyImageAttribute",
    "ModifyInstanceAttribute",
    "ModifySnapshotAttribute",
    "RegisterImage",
    "RunInstances",
    "StopInstances",
    "TerminateInstances",
];

/// What AWS lets everybody do, whatever the policy says.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
const ALWAYS_ALLOWED: &str = "sts:GetCallerIdentity";

/// What a spot instance needs besides, as the same page says.
const FOR_SPOT: [&str; 3] = [
    "ec2:CreateFleet",
    "ec2:CreateLaunchTemplate",
    "ec2:DeleteLaunchTemplate",
];

/// What a temporary instance profile needs besides; `iam:PassRole` has no call of its own.
const FOR_A_PROFILE: [&str; 8] = [
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "iam:CreateRole",
    "iam:DeleteInstanceProfile",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:PutRolePolicy",
    "iam:RemoveRoleFromInstanceProfile",
];

fn restricted() -> Lab {
    restricted_but_for(&[])
}

fn restricted_but_for(more: &[&str]) -> Lab {
    let lab = Lab::new();
    let allowed: Vec<String> = PACKERS_POLICY
        .iter()
        .map(|action| format!("ec2:{action}"))
        .collect();
    let mut allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    allowed.push(ALWAYS_ALLOWED);
    allowed.extend(more);
    lab.policy(&allowed);
    lab
}

fn builds(template: &str, variables: &[&str], images: usize) {
    let (lab, workspace) = (restricted(), Workspace::with_examples());
    let arguments = [&["build"], variables, &[template]].concat();
    let finished = Run::new(&workspace, &arguments)
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(images));
    assert_eq!(
        lab.count("CreateKeyPair"),
        images_that_were_built(&lab),
        "{}",
        finished.output
    );
}

/// Copies are no builds.
fn images_that_were_built(lab: &Lab) -> usize {
    lab.count("CreateImage")
}

#[test]
fn the_nginx_example_builds_with_packers_policy() {
    builds("examples/nginx/template.json", &["-var", "version=1.0"], 1);
}

#[test]
fn the_encrypted_example_builds_with_packers_policy() {
    builds("examples/encrypted/template.json", &[], 3);
}

#[test]
fn the_example_of_two_builders_builds_with_packers_policy() {
    builds("examples/two-builders/template.json", &[], 2);
}

#[test]
fn a_plan_has_no_complaint_about_packers_policy_and_says_what_it_may_not_ask() {
    let (lab, workspace) = (restricted(), Workspace::with_examples());
    Run::new(&workspace, &["plan", "examples/encrypted/template.json"])
        .lab(&lab)
        .finish()
        .expect_code(0)
        .expect_text("not checked: the instance type")
        .expect_text("not checked: the quota of virtual CPUs");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn the_policy_is_the_one_that_the_documentation_shows() {
    let page =
        std::fs::read_to_string(crate::support::repository().join("docs/permissions.md")).unwrap();
    let block = page
        .split("```json")
        .nth(1)
        .and_then(|text| text.split("```").next())
        .unwrap();
    let policy: serde_json::Value = serde_json::from_str(block).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    let actions: Vec<&str> = actions
        .iter()
        .filter_map(|action| action.as_str()?.strip_prefix("ec2:"))
        .collect();
    assert_eq!(actions, PACKERS_POLICY);
}

#[test]
fn a_spot_build_with_a_profile_of_its_own_needs_what_the_documentation_lists() {
    let more = [FOR_SPOT.as_slice(), &FOR_A_PROFILE].concat();
    let (lab, workspace) = (restricted_but_for(&more), Workspace::with_fixtures());
    let template = workspace.read("quick.json").replace(
        r#""instance_type": "t3.micro","#,
        r#""instance_type": "t3.micro", "spot_price": "auto",
           "temporary_iam_instance_profile_policy_document": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},"#,
    );
    workspace.write("spot.json", &template);
    Run::new(&workspace, &["build", "spot.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
    let page =
        std::fs::read_to_string(crate::support::repository().join("docs/permissions.md")).unwrap();
    for action in more {
        assert!(page.contains(action), "nothing about {action}");
    }
}

#[test]
fn every_call_of_ours_that_is_refused_costs_one_notice() {
    let (lab, workspace) = (restricted(), Workspace::with_fixtures());
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(0);
    for call in lab
        .calls()
        .iter()
        .filter(|call| call.error.as_deref() == Some("UnauthorizedOperation"))
    {
        let told = finished
            .output
            .lines()
            .filter(|line| line.contains(&call.action))
            .count();
        assert!(
            told <= 1,
            "{} is told {told} times:\n{}",
            call.action,
            finished.output
        );
    }
    let told = finished.output.contains("ImportKeyPair");
    assert!(
        told,
        "nothing says that CreateKeyPair took ImportKeyPair's place:\n{}",
        finished.output
    );
}
