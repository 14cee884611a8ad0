//! Pull requests from forks, which have no credentials: they are rehearsed.

use serde_json::json;

use crate::support::{Step, Workspace};

const TEMPLATE: &str = "template.json";

fn workspace() -> Workspace {
    let template = json!({
        "builders": [{
            "type": "amazon-ebs",
            "name": "web",
            "region": "us-east-1",
            "source_ami": "ami-0123456789abcdef0",
            "instance_type": "t3.micro",
            "ami_name": "web-{{timestamp}}",
            "ssh_username": "ubuntu",
        }],
        "provisioners": [
            { "type": "shell", "inline": ["echo on the machine"] },
            { "type": "shell-local", "inline": ["echo beside it"] },
        ],
        "post-processors": [{ "type": "manifest", "output": "manifest.json" }],
    });
    Workspace::with(TEMPLATE, &template.to_string())
}

fn step<'a>(workspace: &'a Workspace, event: &str) -> Step<'a> {
    Step::new(workspace, event)
        .input("template", TEMPLATE)
        .input("comment", "never")
        // Nobody is there to give credentials.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
}

#[test]
fn a_build_of_a_fork_is_rehearsed_and_no_later_step_can_take_it_for_a_build() {
    let workspace = workspace();
    let result = step(&workspace, "pull_request").fork().run();
    let main = result.main().expect_code(0);
    assert_eq!(main.output("conclusion"), "rehearsed");
    assert_eq!(main.output("ami-id"), "");
    assert_eq!(main.output("manifest"), "");
    assert_eq!(main.json_output("builds"), json!({}));
    let summary = main.summary();
    assert!(summary.starts_with("### ami-build rehearsal:"), "{summary}");
    assert!(
        summary.contains("A pull request from a fork has no credentials"),
        "{summary}"
    );
    assert!(summary.contains("The least IAM policy"), "{summary}");
    assert_eq!(main.annotations("notice").len(), 1);
    assert!(!workspace.path().join("manifest.json").exists());
    result
        .post()
        .expect_code(0)
        .expect_text("Nothing to settle");
}

#[test]
fn nothing_of_a_fork_runs_unless_an_input_names_a_container() {
    for sandbox in ["auto", "host"] {
        let workspace = workspace();
        let result = step(&workspace, "pull_request")
            .fork()
            .input("sandbox", sandbox)
            .input("local-commands", "run")
            .run();
        let main = result.main().expect_code(0);
        main.expect_text("they come from a fork");
        let log = main.log();
        assert!(
            !log.contains("web: on the machine") && !log.contains("web: beside it"),
            "{log}"
        );
    }
}

#[test]
fn without_the_rehearsal_a_fork_fails_for_want_of_credentials() {
    let workspace = workspace();
    let result = step(&workspace, "pull_request")
        .fork()
        .input("rehearse-forks", "false")
        .run();
    let main = result.main().expect_code(1);
    assert_eq!(main.output("conclusion"), "credentials");
}

#[test]
fn missing_credentials_are_an_error_wherever_there_should_be_some() {
    for event in ["push", "pull_request"] {
        let workspace = workspace();
        let result = step(&workspace, event).run();
        let main = result.main().expect_code(1);
        assert_eq!(main.output("conclusion"), "credentials", "{event}");
    }
}

#[test]
fn a_rehearsal_can_be_asked_for_on_any_event() {
    let workspace = workspace();
    let result = step(&workspace, "push")
        .input("command", "rehearse")
        .input("sandbox", "none")
        .run();
    let main = result.main().expect_code(0);
    assert_eq!(main.output("conclusion"), "rehearsed");
    let summary = main.summary();
    assert!(!summary.contains("fork"), "{summary}");
}

#[test]
fn a_rehearsal_that_fails_says_what_kind_of_failure_it_was() {
    let workspace = Workspace::with(TEMPLATE, r#"{"builders": [{"type": "amazon-ebs"}]}"#);
    let result = step(&workspace, "pull_request").fork().run();
    let main = result.main().expect_code(1);
    assert_eq!(main.output("conclusion"), "invalid");
    assert!(main.summary().starts_with("### ami-build rehearsal:"));
}
