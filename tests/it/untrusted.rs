//! Which files the action lets a template use: those of the workspace, and in a run that has more rights than whoever wrote
//! the pull request only those of the branch.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use serde_json::{Value, json};

use crate::support::{GitHub, Stage, Step, Workspace};

const BASE: &str = "ba5e000000000000000000000000000000000001";
const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const SCRIPT: &str = "echo of the branch\n";

/// A template that uploads `name` to a machine that is none, and a script.
fn template(provisioners: &Value) -> String {
    json!({
        "builders": [{"type": "file", "target": "out.txt", "content": "made"}],
        "provisioners": provisioners,
    })
    .to_string()
}

fn with_script() -> String {
    template(&json!([{"type": "shell-local", "script": "images/run.sh"}]))
}

/// A checkout of `commit`, whose branch has the template and its script.
fn checkout(commit: &str) -> (Workspace, GitHub) {
    let (workspace, github) = (Workspace::empty(), GitHub::new());
    for directory in [".git", "images"] {
        std::fs::create_dir(workspace.path().join(directory)).unwrap();
    }
    workspace.write(".git/HEAD", commit);
    workspace.write("images/t.json", &with_script());
    workspace.write("images/run.sh", SCRIPT);
    let script = workspace.path().join("images/run.sh");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    github.files(
        BASE,
        &json!({"images/t.json": with_script(), "images/run.sh": SCRIPT}),
    );
    (workspace, github)
}

fn step<'a>(workspace: &'a Workspace, github: &GitHub, event: &str) -> Step<'a> {
    Step::new(workspace, event)
        .github(github)
        .input("template", "images/t.json")
        .input("comment", "never")
}

fn run(step: Step<'_>) -> Stage {
    step.without_post().run().into_main()
}

#[test]
fn the_branchs_own_template_is_built_in_a_run_that_a_pull_request_caused() {
    let (workspace, github) = checkout(BASE);
    for event in ["pull_request_target", "issue_comment"] {
        run(step(&workspace, &github, event))
            .expect_code(0)
            .expect_text("of the branch");
    }
    github.assert_no_violation();
}

#[test]
fn the_pull_requests_template_is_refused_unless_it_is_named() {
    let (workspace, github) = checkout(HEAD);
    for event in ["pull_request_target", "issue_comment"] {
        let main = run(step(&workspace, &github, event));
        main.expect_code(1)
            .expect_text("images/t.json` is not of the branch")
            .expect_text("allow-untrusted-template");
        assert!(!workspace.path().join("out.txt").exists());
    }
    run(step(&workspace, &github, "pull_request")).expect_code(0);
    let allowed = step(&workspace, &github, "pull_request_target");
    run(allowed.input("allow-untrusted-template", "images")).expect_code(0);
}

#[test]
fn a_script_that_a_step_fetched_over_the_branchs_own_is_refused_where_the_template_names_it() {
    let (workspace, github) = checkout(BASE);
    workspace.write("images/run.sh", "echo of the pull request\n");
    let main = run(step(&workspace, &github, "pull_request_target"));
    main.expect_code(1)
        .expect_text("images/run.sh` is not of the branch")
        .expect_text("it is not as in the commit `ba5e00000000`")
        .expect_text("images/t.json:1:");
    assert!(!main.log().contains("of the pull request\n"));
}

#[test]
fn where_nobody_can_tell_it_is_refused_with_the_reason() {
    let (workspace, github) = checkout(BASE);
    github.fault(&json!({"kind": "status", "status": 403, "path": "trees", "times": 9}));
    run(step(&workspace, &github, "pull_request_target").input("policy", "none"))
        .expect_code(1)
        .expect_text("`github-token` needs `contents: read`");
    std::fs::remove_dir_all(workspace.path().join(".git")).unwrap();
    run(step(&workspace, &github, "pull_request_target").input("policy", "none"))
        .expect_code(1)
        .expect_text("it lies in no checkout of a repository");
}

#[test]
fn files_outside_the_workspace_are_refused_where_the_template_names_them() {
    let (workspace, github) = (Workspace::empty(), GitHub::new());
    std::fs::create_dir(workspace.path().join("images")).unwrap();
    std::fs::create_dir(workspace.path().join("data")).unwrap();
    symlink("/etc/hostname", workspace.path().join("data/link")).unwrap();
    std::fs::write(workspace.beside("temp").join("values.json"), "{}").unwrap();
    for source in [
        "/etc/hostname",
        "data/link",
        "data",
        "../home",
        "{{ env `HOME` }}",
    ] {
        let variables = json!({"home": "{{ env `HOME` }}"});
        let source = source.replace("{{ env `HOME` }}", "{{ user `home` }}");
        let mut text: Value = serde_json::from_str(&template(
            &json!([{"type": "file", "source": source, "destination": "/tmp/x"}]),
        ))
        .unwrap();
        text["variables"] = variables;
        workspace.write("images/t.json", &text.to_string());
        run(step(&workspace, &github, "push"))
            .expect_code(1)
            .expect_text("outside the workspace")
            .expect_text("images/t.json:1:");
    }
    let allowed = step(&workspace, &github, "push").input("var-file", "../temp/values.json");
    workspace.write(
        "images/t.json",
        &template(&json!([{"type": "file", "source": "/etc/hostname", "destination": "/tmp/x"}])),
    );
    run(allowed.input("allowed-directories", "/etc")).expect_code(0);
}

#[test]
fn nothing_is_written_outside_the_workspace() {
    let (workspace, github) = (Workspace::empty(), GitHub::new());
    std::fs::create_dir(workspace.path().join("images")).unwrap();
    let outside = workspace.beside("home").join("out");
    let builder = json!({"type": "file", "target": outside, "content": "x"});
    let inside = json!({"type": "file", "target": "in", "content": "x"});
    let output = json!([{"type": "checksum", "output": outside}]);
    for (builder, processors) in [(builder, json!([])), (inside, output)] {
        let text = json!({"builders": [builder], "post-processors": processors});
        workspace.write("images/t.json", &text.to_string());
        run(step(&workspace, &github, "push"))
            .expect_code(1)
            .expect_text("outside the workspace");
        assert!(!outside.exists());
    }
}

#[test]
fn the_template_sees_none_of_the_runners_own_secrets() {
    let (workspace, github) = (Workspace::empty(), GitHub::new());
    std::fs::create_dir(workspace.path().join("images")).unwrap();
    let text = json!({
        "variables": {
            "token": "{{ env `ACTIONS_RUNTIME_TOKEN` }}",
            "input": "{{ env `INPUT_GITHUB-TOKEN` }}",
            "own": "{{ env `TEAM` }}",
        },
        "builders": [{"type": "file", "target": "out", "content": "<{{ user `token` }}{{ user `input` }}{{ user `own` }}>"}],
    });
    workspace.write("images/t.json", &text.to_string());
    run(step(&workspace, &github, "push").env("TEAM", "images")).expect_code(0);
    assert_eq!(workspace.read("out"), "<images>");
}
