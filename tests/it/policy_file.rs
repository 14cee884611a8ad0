//! The policy file: what a template may ask for, as the base branch has it.

use serde_json::{Value, json};

use crate::support::{GitHub, Lab, Left, Stage, Step, Workspace};

const BASE: &str = "ba5e000000000000000000000000000000000001";
const PATH: &str = ".github/ami-build-policy.json";

fn strict() -> Value {
    json!({
        "regions": ["eu-*"],
        "instance-types": ["t3.*"],
        "instance-profiles": [],
        "temporary-instance-profiles": false,
        "share-with": ["123456789012"],
        "public": false,
        "max-volume-gib": 20,
    })
}

/// A workspace whose template, `t.json`, asks for more than `strict` allows.
fn greedy() -> Workspace {
    let workspace = Workspace::with_fixtures();
    std::fs::create_dir(workspace.path().join(".github")).unwrap();
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    for (key, value) in json!({
        "region": "us-east-1",
        "instance_type": "p4d.24xlarge",
        "iam_instance_profile": "admin",
        "ami_regions": ["eu-west-1", "ap-south-1"],
        "ami_users": ["123456789012", "210987654321"],
        "ami_groups": ["all"],
        "launch_block_device_mappings": [{"device_name": "/dev/sda1", "volume_size": 500}],
    })
    .as_object()
    .unwrap()
    {
        template["builders"][0][key] = value.clone();
    }
    let text = serde_json::to_string_pretty(&template).unwrap();
    workspace.write("t.json", &text);
    workspace
}

fn run(workspace: &Workspace, lab: &Lab, change: impl Fn(Step<'_>) -> Step<'_>) -> Stage {
    let step = Step::new(workspace, "push")
        .lab(lab)
        .input("template", "t.json")
        .input("comment", "never");
    change(step).without_post().run().into_main()
}

#[test]
fn every_violation_is_told_where_the_template_asks_for_it_and_nothing_is_made() {
    let (lab, workspace) = (Lab::new(), greedy());
    workspace.write(PATH, &strict().to_string());
    let main = run(&workspace, &lab, |step| step);
    main.expect_code(1);
    let template = workspace.read("t.json");
    for (key, value, rule) in [
        ("region", "us-east-1", "`regions` has `eu-*`"),
        (
            "instance_type",
            "p4d.24xlarge",
            "`instance-types` has `t3.*`",
        ),
        (
            "iam_instance_profile",
            "admin",
            "`instance-profiles` has nothing in it",
        ),
        ("ami_regions", "ap-south-1", "`regions` has `eu-*`"),
        (
            "ami_users",
            "210987654321",
            "`share-with` has `123456789012`",
        ),
    ] {
        let line = template
            .lines()
            .position(|line| line.contains(&format!("\"{key}\"")))
            .unwrap()
            + 1;
        main.expect_text(&format!(
            "`{key}` is `{value}`, which the policy does not allow"
        ))
        .expect_text(&format!("at t.json:{line}:"))
        .expect_text(&format!("hint: {rule} in `{PATH}`"));
    }
    main.expect_text("`ami_groups` makes it public")
        .expect_text("`/dev/sda1` has 500 GiB");
    assert!(!main.log().contains("is `eu-west-1`"), "it is allowed");
    assert_eq!(lab.calls().len(), 0);
    let validated = run(&workspace, &lab, |step| step.input("command", "validate"));
    validated
        .expect_code(1)
        .expect_text("which the policy does not allow");
}

#[test]
fn on_a_pull_request_the_base_branchs_policy_counts() {
    let (lab, workspace, github) = (Lab::new(), greedy(), GitHub::new());
    github.files(BASE, &json!({PATH: strict().to_string()}));
    let pull = |named: &str| {
        let step = Step::new(&workspace, "pull_request")
            .lab(&lab)
            .github(&github)
            .input("template", "t.json")
            .input("comment", "never")
            .input("command", "validate")
            .input("policy", named);
        step.without_post().run().into_main()
    };
    workspace.write(PATH, "{}");
    pull("")
        .expect_code(1)
        .expect_text(&format!("in `{PATH}` of the commit `{BASE}`"));
    std::fs::remove_file(workspace.path().join(PATH)).unwrap();
    pull(PATH)
        .expect_code(1)
        .expect_text("which the policy does not allow");
    // Whoever removes the file gets around nothing, named or not.
    pull("")
        .expect_code(1)
        .expect_text("which the policy does not allow");
    pull("none").expect_code(0);
    pull("other.json")
        .expect_code(1)
        .expect_text("the policy `other.json`, which the input `policy` names, does not exist");
    github.assert_no_violation();
}

#[test]
fn a_base_branch_that_nobody_can_look_at_lets_nothing_begin() {
    let (lab, workspace) = (Lab::new(), greedy());
    let pull = |github: &GitHub, named: &str| {
        let step = Step::new(&workspace, "pull_request")
            .lab(&lab)
            .github(github)
            .input("template", "quick.json")
            .input("comment", "never")
            .input("policy", named);
        step.without_post().run().into_main()
    };
    // To a token without `contents: read` a private repository has no commits.
    let unreadable = GitHub::new();
    unreadable.files("another", &json!({}));
    pull(&unreadable, "")
        .expect_code(1)
        .expect_text(&format!(
            "the policy `{PATH}` of the commit `{BASE}` cannot be read"
        ))
        .expect_text("`policy: none`");
    let refusing = GitHub::new();
    refusing.fault(&json!({"kind": "status", "status": 403, "times": 9, "path": "/contents/"}));
    pull(&refusing, "")
        .expect_code(1)
        .expect_text("GitHub answered with HTTP 403");
    assert_eq!(lab.calls().len(), 0);
    pull(&refusing, "none").expect_code(0);
}

#[test]
fn a_policy_that_makes_no_sense_lets_nothing_begin() {
    let (lab, workspace) = (Lab::new(), greedy());
    workspace.write(PATH, r#"{"instance_types": ["t3.*"]}"#);
    let main = run(&workspace, &lab, |step| step);
    main.expect_code(1)
        .expect_text("unknown field `instance_types`")
        .expect_text(PATH);
    assert_eq!(lab.calls().len(), 0);
}

#[test]
fn a_template_that_asks_for_less_is_built() {
    let (lab, workspace) = (Lab::new(), greedy());
    workspace.write(
        PATH,
        &json!({"regions": ["us-*"], "public": false}).to_string(),
    );
    let main = run(&workspace, &lab, |step| {
        step.input("template", "quick.json")
    });
    main.expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn builds_that_take_longer_than_the_policy_gives_them_have_failed_and_leave_nothing() {
    let (lab, workspace) = (Lab::new(), greedy());
    workspace.write(PATH, r#"{"max-duration": "4s"}"#);
    let result = Step::new(&workspace, "push")
        .lab(&lab)
        .input("template", "slow.json")
        .input("comment", "never")
        .run();
    let main = result.main().expect_code(1);
    let why = format!("longer than the 4 seconds that `max-duration` in `{PATH}` gives them");
    main.expect_text(&why);
    assert!(main.summary().contains(&why), "{}", main.summary());
    assert_eq!(main.output("conclusion"), "time-limit");
    assert_eq!(main.annotations("error").len(), 1);
    lab.account_at_rest().assert_holds(Left::Nothing);
}
