//! The job's own identity in place of stored keys: exchanged, renewed, refused with what the trust policy lacks.

use serde_json::{Value, json};

use crate::support::{GitHub, Lab, Left, Step, Workspace};

const ROLE: &str = "arn:aws:iam::123456789012:role/images";

fn step<'a>(workspace: &'a Workspace, lab: &Lab, template: &str) -> Step<'a> {
    Step::new(workspace, "push")
        .identified(lab)
        .input("template", template)
        .input("comment", "never")
        .input("role-to-assume", ROLE)
}

fn with_keys(more: &Value) -> Workspace {
    let workspace = Workspace::with_fixtures();
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    for (key, value) in more.as_object().unwrap() {
        template["builders"][0][key] = value.clone();
    }
    workspace.write("t.json", &template.to_string());
    workspace
}

#[test]
fn the_jobs_identity_is_all_that_a_build_needs() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = step(&workspace, &lab, "quick.json").run();
    result.main().expect_code(0);
    assert_eq!(lab.count("AssumeRoleWithWebIdentity"), 1, "it lasts");
    let assumed = lab
        .calls()
        .into_iter()
        .find(|call| call.action == "AssumeRoleWithWebIdentity")
        .unwrap();
    assert_eq!(assumed.parameters["RoleArn"], ROLE);
    assert_eq!(
        assumed.parameters["RoleSessionName"],
        "ami-build-1658821493"
    );
    let token = assumed.parameters["WebIdentityToken"].as_str().unwrap();
    assert!(result.main().masks().contains(&token), "it is masked");
    assert!(!result.main().log().contains(token));
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn sessions_of_seconds_are_renewed_with_a_new_token_each_time() {
    let lab = Lab::new();
    let workspace = with_keys(&json!({}));
    let mut template: Value = serde_json::from_str(&workspace.read("t.json")).unwrap();
    template["provisioners"] = json!([{"type": "shell", "inline": ["sleep 6"]}]);
    workspace.write("t.json", &template.to_string());
    lab.identity(&json!({"session_seconds": 1.5, "token_seconds": 2}));
    let result = step(&workspace, &lab, "t.json").run();
    result.main().expect_code(0);
    let sessions = lab.count("AssumeRoleWithWebIdentity");
    assert!(sessions > 2, "{sessions}");
    assert_eq!(lab.asked_tokens(), sessions);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn the_post_step_signs_in_again_and_removes_what_a_killed_build_left() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.identity(&json!({"session_seconds": 2}));
    let result = step(&workspace, &lab, "slow.json")
        .input("allowed-account-ids", "123456789012")
        .kill_on("the provisioner runs")
        .run();
    result.post().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_role_of_the_template_is_assumed_on_top_and_its_own_keys_win() {
    let lab = Lab::new();
    let second = "arn:aws:iam::123456789012:role/second";
    let workspace = with_keys(&json!({"assume_role": {"role_arn": second}}));
    step(&workspace, &lab, "t.json").run().main().expect_code(0);
    assert_eq!(lab.count("AssumeRoleWithWebIdentity"), 1);
    assert_eq!(lab.count("AssumeRole"), 1);
    let lab = Lab::new();
    let keys = json!({"access_key": "AKIAOFTHETEMPLATE0000", "secret_key": "of-the-template"});
    let workspace = with_keys(&keys);
    step(&workspace, &lab, "t.json").run().main().expect_code(0);
    assert_eq!(lab.count("AssumeRoleWithWebIdentity"), 0);
}

#[test]
fn a_trust_policy_that_does_not_let_the_job_in_is_told_what_it_lacks() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.identity(&json!({"trust": {ROLE: ["repo:octo-org/images:pull_request"]}}));
    let result = step(&workspace, &lab, "quick.json").run();
    let main = result.main().expect_code(1);
    main.expect_text("AccessDenied")
        .expect_text("repo:octo-org/images:ref:refs/heads/topic")
        .expect_text("repo:octo-org@583231/images@1296269:ref:refs/heads/topic")
        .expect_text("`token.actions.githubusercontent.com:aud` is `sts.amazonaws.com`");
    assert_eq!(main.output("conclusion"), "credentials");
    lab.account().assert_holds(Left::Nothing);
    let result = step(&workspace, &lab, "quick.json")
        .input("audience", "somebody-else")
        .run();
    result
        .main()
        .expect_code(1)
        .expect_text("InvalidIdentityToken");
}

#[test]
fn a_job_without_the_permission_gets_one_error_that_says_so() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = step(&workspace, &lab, "quick.json")
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", "")
        .run();
    result.main().expect_code(1).expect_text("id-token: write");
    assert_eq!(result.main().annotations("error").len(), 1);
    assert_eq!(lab.calls().len(), 0);
}

#[test]
fn a_token_service_that_is_busy_for_a_moment_is_waited_for() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.identity(&json!({"failures": [429, 500, 502]}));
    let result = step(&workspace, &lab, "quick.json").run();
    result.main().expect_code(0);
    assert_eq!(lab.asked_tokens(), 4);
}

#[test]
fn credentials_for_another_account_make_nothing() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = step(&workspace, &lab, "quick.json")
        .input("allowed-account-ids", "210987654321, 111111111111")
        .run();
    let main = result.main().expect_code(1);
    main.expect_text("these credentials are for the account `123456789012`")
        .expect_text("`210987654321`, `111111111111`");
    let calls: Vec<String> = lab.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(calls, ["AssumeRoleWithWebIdentity", "GetCallerIdentity"]);
}

#[test]
fn a_sweep_signs_in_too_and_only_where_it_may() {
    let (lab, workspace, github) = (Lab::new(), Workspace::empty(), GitHub::new());
    let sweep = |accounts: &str| {
        Step::new(&workspace, "schedule")
            .identified(&lab)
            .github(&github)
            .input("command", "sweep")
            .input("regions", "us-east-1")
            .input("role-to-assume", ROLE)
            .input("allowed-account-ids", accounts)
            .run()
    };
    sweep("123456789012").main().expect_code(0);
    sweep("210987654321")
        .main()
        .expect_code(1)
        .expect_text("allowed-account-ids");
}

#[test]
fn a_secret_of_the_template_is_read_with_the_jobs_identity() {
    let (lab, workspace) = (Lab::new(), Workspace::empty());
    lab.create_secret("team/password", "hunter-twenty-two");
    let template = json!({
        "variables": {"password": "{{ aws_secretsmanager `team/password` }}"},
        "sensitive-variables": ["password"],
        "builders": [{"type": "null", "communicator": "none"}],
    });
    workspace.write("t.json", &template.to_string());
    let result = step(&workspace, &lab, "t.json")
        .input("command", "validate")
        .env("AWS_REGION", "us-east-1")
        .run();
    result.main().expect_code(0);
    assert_eq!(lab.count("AssumeRoleWithWebIdentity"), 1);
}
