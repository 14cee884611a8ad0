//! What a template asks of launch and image besides their making, over the wire.

use serde_json::{Value, json};

use crate::support::{Lab, Run, Workspace};

const TEMPLATE: &str = "attributes.json";

fn build<'a>(lab: &Lab, workspace: &'a Workspace, template: &str, more: &[&str]) -> Run<'a> {
    let variable = format!("template={template}");
    let arguments = [&["build", "-var", &variable], more, &[TEMPLATE]].concat();
    Run::new(workspace, &arguments).lab(lab)
}

/// What the first call of that name was sent.
fn sent(lab: &Lab, action: &str) -> Value {
    let mut calls = lab.calls().into_iter();
    let call = calls.find(|call| call.action == action && call.parameters["DryRun"] != "true");
    call.unwrap_or_else(|| panic!("no {action}")).parameters
}

#[test]
fn launch_and_image_get_all_that_a_template_asks_for() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let template = lab.launch_template("us-west-2", "windows", 3);
    build(&lab, &workspace, &template, &[])
        .finish()
        .expect_code(0)
        .expect_text("Enabling Enhanced Networking (ENA)...")
        .expect_text("Enabling fast boot for AMI");

    let launch = sent(&lab, "RunInstances");
    assert_eq!(launch["Placement"]["Tenancy"], "dedicated");
    let license = &launch["LicenseSpecification"][0]["LicenseConfigurationArn"];
    assert!(license.as_str().unwrap().ends_with("lic-1"), "{launch}");
    let preference = &launch["CapacityReservationSpecification"]["CapacityReservationPreference"];
    assert_eq!(preference, "open");
    assert_eq!(launch["EnclaveOptions"]["Enabled"], "true");
    assert_eq!(launch["UserData"], "ZGF0ZQ==", "a word is no base64");
    let devices = launch["BlockDeviceMapping"].as_array().unwrap();
    assert_eq!((devices.len(), &devices[0]["NoDevice"]), (26, &json!("")));
    assert_eq!(
        sent(&lab, "CopyImage")["SnapshotCopyCompletionDurationMinutes"],
        "15"
    );
    assert_eq!(
        lab.count("CreateSecurityGroup"),
        0,
        "the filter's group is used"
    );

    let account = lab.account_at_rest();
    for region in ["us-east-1", "us-west-2"] {
        assert_asked(account.image(region));
    }
    for image in account.all("images") {
        let west = image["region"] == "us-west-2";
        let chosen = &image["fast_launch"]["LaunchTemplate"]["LaunchTemplateId"];
        assert_eq!(chosen == &json!(template), west, "{image}");
    }
    let version = &account.image("us-west-2")["fast_launch"]["LaunchTemplate"]["Version"];
    assert_eq!(version, "3", "the newest");
    for snapshot in account.all("snapshots") {
        assert_eq!(snapshot["users"], json!(["210987654321"]));
        assert_eq!(snapshot["tags"]["Part"], "snapshot");
        assert_eq!(snapshot["tags"]["Purpose"], Value::Null);
    }
    for kind in ["instances", "volumes", "key_pairs", "security_groups"] {
        assert_eq!(account.ids(kind), Vec::<String>::new(), "{kind}");
    }
}

fn assert_asked(image: &Value) {
    assert_eq!(image["imds_support"], "v2.0", "{image}");
    assert_eq!(image["deprecation_time"], "2999-01-02T03:04:00.000Z");
    assert_eq!(
        image["deregistration_protection"],
        "enabled-without-cooldown"
    );
    assert_eq!(image["product_codes"], json!(["code-1"]));
    assert_eq!(image["fast_launch"]["State"], "enabled");
    assert_eq!(image["fast_launch"]["MaxParallelLaunches"], 6);
    assert_eq!(image["tags"]["Name"], "attributes");
    assert_eq!(
        image["tags"]["Purpose"],
        Value::Null,
        "run tags are skipped"
    );
    let shared = image["launch_permissions"].to_string();
    for with in [
        "210987654321",
        "organization/o-123example",
        "ou-1234-5example",
    ] {
        assert!(shared.contains(with), "{with} in {shared}");
    }
}

#[test]
fn an_old_image_that_is_protected_stops_the_next_build_before_its_launch() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let template = lab.launch_template("us-west-2", "windows", 1);
    build(&lab, &workspace, &template, &[])
        .finish()
        .expect_code(0);
    let launches = lab.count("RunInstances");
    build(&lab, &workspace, &template, &["-force"])
        .finish()
        .expect_code(1)
        .expect_text("has deregistration protection")
        .expect_text("disable-image-deregistration-protection");
    assert_eq!(lab.count("RunInstances"), launches);
    assert_eq!(lab.account_at_rest().all("images").len(), 2);
}

#[test]
fn a_launch_template_that_is_not_there_stops_the_build_before_its_launch() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    build(&lab, &workspace, "lt-00000000000000000", &[])
        .finish()
        .expect_code(1)
        .expect_text("find the launch template of `fast_launch` in `us-west-2`");
    assert_eq!(lab.count("RunInstances"), 0);
}

#[test]
fn a_failed_fast_launch_leaves_nothing_of_itself() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let template = lab.launch_template("us-west-2", "windows", 1);
    lab.settings(&json!({"fast_launch_failure": "no default VPC"}));
    build(&lab, &workspace, &template, &[])
        .finish()
        .expect_code(1)
        .expect_text("no default VPC");
    let account = lab.account_at_rest();
    for kind in ["images", "snapshots", "fast_launches_without_image"] {
        assert_eq!(account.ids(kind), Vec::<String>::new(), "{kind}");
    }
}

fn quick_with(more: &Value) -> Workspace {
    let workspace = Workspace::with_fixtures();
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    let builder = template["builders"][0].as_object_mut().unwrap();
    builder.extend(more.as_object().unwrap().clone());
    workspace.write("quick.json", &template.to_string());
    workspace
}

#[test]
fn why_a_call_is_not_allowed_is_decoded() {
    let lab = Lab::new();
    let workspace = quick_with(&json!({"decode_authorization_messages": true}));
    let allowed = [
        "sts:GetCallerIdentity",
        "sts:DecodeAuthorizationMessage",
        "ec2:DescribeRegions",
        "ec2:DescribeImages",
    ];
    lab.policy(&allowed);
    Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(1)
        .expect_text(r#""context": {"action": "ec2:CreateSecurityGroup"}"#);
}

#[test]
fn a_role_is_assumed_with_the_code_of_the_profiles_device_and_only_once() {
    let lab = Lab::new();
    let workspace = quick_with(&json!({"profile": "ci", "mfa_code": "123456"}));
    let home = workspace.beside("home").join(".aws");
    std::fs::create_dir_all(&home).unwrap();
    let role =
        "[profile ci]\nrole_arn = arn:aws:iam::123456789012:role/mfa-ci\nsource_profile = base\n";
    let keys = "[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s3cr3t\n";
    std::fs::write(home.join("config"), format!("{keys}{role}")).unwrap();
    let run = || {
        Run::new(&workspace, &["build", "quick.json"])
            .lab(&lab)
            .finish()
    };
    run()
        .expect_code(1)
        .expect_text("set `mfa_serial` in profile `ci`");
    assert_eq!(lab.calls().len(), 0);

    let device = "mfa_serial = arn:aws:iam::123456789012:mfa/me\n";
    std::fs::write(home.join("config"), format!("{keys}{role}{device}")).unwrap();
    run().expect_code(0);
    assert_eq!(lab.count("AssumeRole"), 1);
    assert_eq!(sent(&lab, "AssumeRole")["TokenCode"], "123456");
    assert_eq!(
        sent(&lab, "AssumeRole")["SerialNumber"],
        "arn:aws:iam::123456789012:mfa/me"
    );
}
