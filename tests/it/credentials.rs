//! Credentials that end while a build runs: renewed where that is possible, told early where it is not.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Workspace};

/// A template whose builder has `more` keys.
fn workspace_with(more: &Value) -> Workspace {
    let workspace = Workspace::with_fixtures();
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    for (key, value) in more.as_object().unwrap() {
        template["builders"][0][key] = value.clone();
    }
    workspace.write("t.json", &template.to_string());
    workspace
}

fn with_role() -> Workspace {
    let role = json!({"role_arn": "arn:aws:iam::123456789012:role/images"});
    workspace_with(&json!({ "assume_role": role }))
}

fn build(lab: &Lab, workspace: &Workspace) -> Finished {
    Run::new(workspace, &["build", "t.json"]).lab(lab).finish()
}

#[test]
fn a_role_whose_sessions_last_seconds_is_assumed_again_and_again() {
    let (lab, workspace) = (Lab::new(), with_role());
    build(&lab, &workspace).expect_code(0);
    assert_eq!(
        lab.count("AssumeRole"),
        1,
        "one session is enough where it lasts"
    );
    let lab = Lab::new();
    lab.settings(&json!({"session": 0.5}));
    build(&lab, &workspace).expect_code(0);
    assert!(lab.count("AssumeRole") > 2, "{}", lab.count("AssumeRole"));
    lab.account_at_rest().assert_holds(Left::Images(1));
}

/// The nth call is refused because the session has ended, in each of the words that AWS has for that.
#[test]
fn a_session_that_ends_before_its_time_costs_one_more_attempt_of_any_call() {
    for (action, code) in [
        ("RunInstances", "RequestExpired"),
        ("CreateImage", "ExpiredToken"),
        ("CreateSecurityGroup", "ExpiredTokenException"),
        ("GetCallerIdentity", "ExpiredToken"),
    ] {
        let (lab, workspace) = (Lab::new(), with_role());
        lab.faults(&json!([{"kind": "error", "action": action, "code": code, "times": 1}]));
        build(&lab, &workspace).expect_code(0);
        assert_eq!(lab.count("AssumeRole"), 2, "{action}");
        lab.account_at_rest().assert_holds(Left::Images(1));
    }
}

#[test]
fn the_shared_credentials_file_is_read_again_when_its_session_has_ended() {
    let lab = Lab::new();
    let workspace = workspace_with(&json!({"profile": "ci"}));
    let file = workspace.beside("home").join("credentials");
    let write = |key: &str| {
        let text = format!(
            "[ci]\naws_access_key_id = {key}\naws_secret_access_key = s\naws_session_token = t\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    write("AKIAOLDOLDOLDOLDOLD1");
    let renew = json!(format!(
        "sed -i s/AKIAOLDOLDOLDOLDOLD1/AKIANEWNEWNEWNEWNEW1/ {}",
        file.display()
    ));
    let mut template: Value = serde_json::from_str(&workspace.read("t.json")).unwrap();
    template["provisioners"] = json!([{"type": "shell-local", "inline": [renew]}]);
    workspace.write("t.json", &template.to_string());
    lab.faults(
        &json!([{"kind": "error", "action": "CreateImage", "code": "ExpiredToken", "times": 1}]),
    );
    let run = Run::new(&workspace, &["build", "t.json"]).lab(&lab);
    let run = run.env("AWS_SHARED_CREDENTIALS_FILE", &file.display().to_string());
    run.finish().expect_code(0);
    let keys = lab.access_keys("CreateImage");
    assert_eq!(keys, ["AKIAOLDOLDOLDOLDOLD1", "AKIANEWNEWNEWNEWNEW1"]);
}

#[test]
fn keys_of_the_environment_that_have_ended_are_tried_once_more_and_told_with_what_to_do() {
    let (lab, workspace) = (Lab::new(), workspace_with(&json!({})));
    lab.faults(
        &json!([{"kind": "error", "action": "CreateImage", "code": "ExpiredToken", "times": 9}]),
    );
    let finished = build(&lab, &workspace).expect_code(1);
    assert_eq!(lab.count("CreateImage"), 2);
    finished.expect_text("role-duration-seconds");
}

#[test]
fn an_end_that_is_near_is_told_before_the_first_machine_is() {
    let (lab, workspace) = (Lab::new(), workspace_with(&json!({})));
    let run = |end: time::OffsetDateTime| {
        let end = end
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap();
        let run = Run::new(&workspace, &["build", "t.json"]).lab(&lab);
        run.env("AWS_CREDENTIAL_EXPIRATION", &end)
            .finish()
            .expect_code(0)
    };
    let now = time::OffsetDateTime::now_utc();
    let warned = run(now + time::Duration::minutes(14));
    let warning = warned
        .output
        .find("the credentials of the environment end in 13 minutes");
    let launch = warned.output.find("Launching a source AWS instance");
    assert!(warning.is_some() && warning < launch, "{}", warned.output);
    run(now + time::Duration::hours(2)).expect_no_text("cannot be renewed");
}
