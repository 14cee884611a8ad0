//! One comment for each template on the pull request: written once, edited after, and nobody else's is ever touched.

use serde_json::json;

use crate::support::{GitHub, Lab, Step, Workspace};

const BOT: &str = "github-actions[bot]";

fn step<'a>(workspace: &'a Workspace, lab: &Lab, github: &GitHub, event: &str) -> Step<'a> {
    Step::new(workspace, event)
        .lab(lab)
        .github(github)
        .input("template", "quick.json")
}

/// The first run creates, the second edits, and the body is about the second.
fn twice(event: &str) {
    let (lab, github, workspace) = (Lab::new(), GitHub::new(), Workspace::with_fixtures());
    let first = step(&workspace, &lab, &github, event).run();
    let url = first.main().expect_code(0).output("comment-url").to_owned();
    assert!(
        url.contains("/octo-org/images/pull/7#issuecomment-"),
        "`{url}`"
    );
    let comments = github.comments();
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(
        comments[0].1.contains(first.main().output("ami-id")),
        "{}",
        comments[0].1
    );
    let second = step(&workspace, &lab, &github, event).run();
    assert_eq!(second.main().expect_code(0).output("comment-url"), url);
    let comments = github.comments();
    assert_eq!(comments.len(), 1, "{comments:?}");
    let (author, body, edits) = &comments[0];
    assert_eq!((author.as_str(), *edits), (BOT, 1));
    assert!(body.contains(second.main().output("ami-id")), "{body}");
    assert!(!body.contains(first.main().output("ami-id")), "{body}");
    github.assert_no_violation();
}

#[test]
fn on_a_pull_request_the_first_run_writes_the_comment_and_the_second_edits_it() {
    twice("pull_request");
}

#[test]
fn on_a_push_the_comment_goes_to_the_pull_request_of_the_commit() {
    twice("push");
}

#[test]
fn a_comment_of_somebody_else_with_our_marker_is_left_alone() {
    let (lab, github, workspace) = (Lab::new(), GitHub::new(), Workspace::with_fixtures());
    step(&workspace, &lab, &github, "pull_request")
        .run()
        .main()
        .expect_code(0);
    let (_, ours, _) = github.comments().remove(0);
    let other = GitHub::new();
    other.comment_by("mallory", &ours);
    step(&workspace, &lab, &other, "pull_request")
        .run()
        .main()
        .expect_code(0);
    let comments = other.comments();
    assert_eq!(comments.len(), 2, "{comments:?}");
    assert_eq!(comments[0], ("mallory".to_owned(), ours, 0));
    assert_eq!(comments[1].0, BOT);
    other.assert_no_violation();
}

#[test]
fn each_template_has_a_comment_of_its_own() {
    let (lab, github, workspace) = (Lab::new(), GitHub::new(), Workspace::with_fixtures());
    workspace.write("other.json", &workspace.read("quick.json"));
    step(&workspace, &lab, &github, "pull_request")
        .run()
        .main()
        .expect_code(0);
    step(&workspace, &lab, &github, "pull_request")
        .input("template", "other.json")
        .run()
        .main()
        .expect_code(0);
    assert_eq!(github.comments().len(), 2);
}

#[test]
fn a_fork_whose_token_only_reads_costs_one_notice() {
    let (lab, github, workspace) = (Lab::new(), GitHub::new(), Workspace::with_fixtures());
    github.settings(&json!({"fork": true}));
    let result = step(&workspace, &lab, &github, "pull_request")
        .fork()
        .input("rehearse-forks", "false")
        .run();
    let main = result.main().expect_code(0);
    assert_eq!(
        main.annotations("notice").len(),
        1,
        "{:?}",
        main.annotations("notice")
    );
    assert_eq!(
        main.annotations("error").len(),
        0,
        "{:?}",
        main.annotations("error")
    );
    assert_eq!(main.output("conclusion"), "success");
    assert_eq!(main.output("comment-url"), "");
    assert_eq!(github.comments().len(), 0);
}

#[test]
fn a_failed_build_edits_the_comment_of_the_one_that_went_well() {
    let (lab, github, workspace) = (Lab::new(), GitHub::new(), Workspace::with_fixtures());
    step(&workspace, &lab, &github, "pull_request")
        .run()
        .main()
        .expect_code(0);
    workspace.write(
        "quick.json",
        &workspace
            .read("quick.json")
            .replace("echo made here", "exit 9; echo"),
    );
    step(&workspace, &lab, &github, "pull_request")
        .run()
        .main()
        .expect_code(1);
    let comments = github.comments();
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(
        comments[0].1.contains("exit status: 9"),
        "{}",
        comments[0].1
    );
}

#[test]
fn a_github_that_fails_does_not_fail_the_build() {
    let (lab, github, workspace) = (Lab::new(), GitHub::new(), Workspace::with_fixtures());
    github.fault(&json!({"kind": "status", "status": 500, "times": 1000}));
    let result = step(&workspace, &lab, &github, "pull_request").run();
    let main = result.main().expect_code(0);
    assert_eq!(main.output("conclusion"), "success");
    assert_eq!(
        main.annotations("warning").len(),
        1,
        "{:?}",
        main.annotations("warning")
    );
}
