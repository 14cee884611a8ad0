//! How a promotion finds the image that was tested: by the event, by the commit however it was merged, and by its content.

use serde_json::json;

use crate::support::{PromoteBench as Bench, Stage, Step, Workspace};

/// The commit on the base branch that a pull request became.
const LANDED: &str = "1a2d000000000000000000000000000000000001";
/// The last commit before it, of the same pull request where that was rebased.
const BEFORE: &str = "1a2d000000000000000000000000000000000000";

fn on_push(bench: &Bench, commit: &str) -> Stage {
    let step = bench.bare(&bench.workspace, "push").commit(commit);
    step.run().into_main()
}

#[test]
fn the_merge_of_a_pull_request_tells_the_image_itself() {
    let bench = Bench::new();
    let closed = |step: Step<'_>| step.without_post().run().into_main();
    let unmerged = closed(
        bench
            .bare(&bench.workspace, "pull_request")
            .action("closed"),
    );
    unmerged
        .expect_code(1)
        .expect_text("belongs to no merged pull request");
    assert_eq!(unmerged.output("conclusion"), "invalid");
    bench.images(1);
    let merged = closed(bench.bare(&bench.workspace, "pull_request").merged());
    assert_eq!(merged.expect_code(0).output("ami-id"), bench.tested);
    bench.images(2);
    bench.github.assert_no_violation();
}

#[test]
fn the_commit_tells_its_pull_request_however_that_was_merged() {
    for (way, commits) in [
        ("merge", &[LANDED][..]),
        ("squash", &[LANDED][..]),
        ("rebase", &[BEFORE, LANDED][..]),
    ] {
        let bench = Bench::new();
        let merged = json!({"state": "closed", "merged": true, "commits": commits});
        bench.github.pull(7, &merged);
        let main = on_push(&bench, LANDED);
        assert_eq!(main.expect_code(0).output("ami-id"), bench.tested, "{way}");
        bench.github.assert_no_violation();
    }
}

#[test]
fn a_pull_request_that_is_open_still_is_no_release() {
    let bench = Bench::new();
    bench.github.pull(7, &json!({"commits": [LANDED]}));
    let main = on_push(&bench, LANDED);
    main.expect_code(1)
        .expect_text("belongs to no merged pull request");
    bench.images(1);
}

#[test]
fn an_image_of_an_older_head_is_not_what_was_merged() {
    let bench = Bench::new();
    let head = "0ddba11000000000000000000000000000000000";
    let merged = json!({"state": "closed", "merged": true, "head_sha": head, "commits": [LANDED]});
    bench.github.pull(7, &merged);
    let main = on_push(&bench, LANDED);
    main.expect_code(1)
        .expect_text(&format!("is for pull request 7 and its head `{head}`"));
    bench.images(1);
}

fn by_template(bench: &Bench, workspace: &Workspace, template: &str) -> Stage {
    let step = bench
        .bare(workspace, "workflow_dispatch")
        .input("template", template);
    step.run().into_main()
}

#[test]
fn a_template_tells_what_was_tested_where_nobody_knows_the_pull_request() {
    let bench = Bench::new();
    let main = by_template(&bench, &bench.workspace, "quick.json");
    main.expect_code(0)
        .expect_text("The content of `quick` on ami-");
    assert_eq!(main.output("ami-id"), bench.tested);
    bench.images(2);
}

#[test]
fn a_template_that_changed_since_the_test_finds_nothing() {
    let bench = Bench::new();
    let changed = bench
        .workspace
        .read("quick.json")
        .replace("echo made here", "echo made later");
    bench.workspace.write("quick.json", &changed);
    let main = by_template(&bench, &bench.workspace, "quick.json");
    main.expect_code(1)
        .expect_text("has the digest")
        .expect_text("everything of it has to be as it was tested");
    assert_eq!(main.output("conclusion"), "invalid");
    bench.images(1);
}

#[test]
fn a_content_that_only_a_build_makes_is_told_as_such() {
    let bench = Bench::new();
    let template = bench.workspace.read("quick.json").replace(
        r#""provisioners": ["#,
        r#""provisioners": [{ "type": "shell-local", "inline": ["true"] }, "#,
    );
    bench.workspace.write("local.json", &template);
    let main = by_template(&bench, &bench.workspace, "local.json");
    main.expect_code(1)
        .expect_text("nobody can tell without a build what the image of `quick` holds")
        .expect_text("`shell-local` runs here")
        .expect_text("leave out `template`");
}
