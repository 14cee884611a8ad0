//! Previews: what their tags say, and that a run without a change launches no machine.

use serde_json::json;

use crate::support::{Lab, Left, Stage, Step, Workspace, tag};

fn step<'a>(workspace: &'a Workspace, lab: &Lab) -> Step<'a> {
    Step::new(workspace, "pull_request")
        .lab(lab)
        .input("template", "quick.json")
        .input("comment", "never")
        .input("kind", "preview")
        .input("reuse", "same-repo")
}

fn run(workspace: &Workspace, lab: &Lab) -> Stage {
    step(workspace, lab).run().into_main()
}

/// Machines that were launched, without the trials.
fn launches(lab: &Lab) -> usize {
    let calls = lab.calls();
    let launches = calls
        .iter()
        .filter(|call| call.action == "RunInstances" && call.parameters["DryRun"] != "true");
    launches.count()
}

fn change(workspace: &Workspace, from: &str, to: &str) {
    let template = workspace.read("quick.json");
    assert!(template.contains(from), "no `{from}` in:\n{template}");
    workspace.write("quick.json", &template.replace(from, to));
}

#[test]
fn a_preview_and_its_snapshots_tell_where_they_come_from() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let main = run(&workspace, &lab);
    main.expect_code(0);
    assert_eq!(main.output("reused"), "false");
    let account = lab.account_at_rest();
    for thing in [account.image("us-east-1"), &account.all("snapshots")[0]] {
        for (name, value) in [
            ("ami-build:kind", "preview"),
            ("ami-build:repository", "octo-org/images"),
            ("ami-build:pr", "7"),
            (
                "ami-build:head-sha",
                "6dcb09b5b57875f334f61aebed695e2e4193db5e",
            ),
            ("ami-build:build", "quick.json:quick"),
            ("ami-build:deadline", "kept"),
            ("Name", "quick"),
        ] {
            assert_eq!(tag(thing, name), value, "{name} of {thing}");
        }
        assert!(
            tag(thing, "ami-build:repository-id").ends_with("/1296269"),
            "{thing}"
        );
        assert_eq!(tag(thing, "ami-build:digest").len(), 64, "{thing}");
        assert!(tag(thing, "ami-build:expires").ends_with('Z'), "{thing}");
        assert!(!tag(thing, "ami-build:run").is_empty(), "{thing}");
    }
}

#[test]
fn without_a_kind_nothing_of_it_is_in_the_tags() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    step(&workspace, &lab)
        .input("kind", "")
        .input("reuse", "off")
        .run()
        .main()
        .expect_code(0);
    let account = lab.account_at_rest();
    let tags = account.image("us-east-1")["tags"]
        .as_object()
        .unwrap()
        .clone();
    let ours = [
        "kind",
        "digest",
        "parts",
        "pr",
        "expires",
        "repository-id",
        "build",
    ];
    let found: Vec<_> = ours
        .iter()
        .filter(|name| tags.contains_key(&format!("ami-build:{name}")))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_run_without_a_change_launches_no_machine_and_brings_regions_and_tags_in_line() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let first = run(&workspace, &lab);
    let id = first.expect_code(0).output("ami-id").to_owned();
    let before = launches(&lab);
    assert_eq!(before, 1);
    change(
        &workspace,
        r#""tags": { "Name": "quick" }"#,
        r#""tags": { "Name": "renamed" }, "ami_regions": ["eu-west-1"]"#,
    );
    let second = run(&workspace, &lab);
    second.expect_code(0).expect_text("no machine was launched");
    assert_eq!(launches(&lab), before);
    assert_eq!(second.output("reused"), "true");
    assert_eq!(second.output("ami-id"), id);
    assert_eq!(second.output("ami-name"), first.output("ami-name"));
    assert_eq!(second.output("instance-id"), "");
    assert!(
        second.summary().contains("no machine was launched"),
        "{}",
        second.summary()
    );
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(2));
    let copy = account.image("eu-west-1");
    assert_eq!(
        second.json_output("ami-ids"),
        json!({"us-east-1": id, "eu-west-1": copy["id"]})
    );
    assert_eq!(copy["name"], first.output("ami-name"));
    for region in ["us-east-1", "eu-west-1"] {
        let image = account.image(region);
        assert_eq!(tag(image, "Name"), "renamed");
        assert_eq!(tag(image, "ami-build:deadline"), "kept");
        assert_eq!(
            tag(image, "ami-build:digest"),
            tag(account.image("us-east-1"), "ami-build:digest")
        );
    }
    // The third run finds both.
    let third = run(&workspace, &lab);
    assert_eq!(
        third.expect_code(0).json_output("ami-ids"),
        second.json_output("ami-ids")
    );
    lab.account_at_rest().assert_holds(Left::Images(2));
}

#[test]
fn a_change_builds_anew_and_the_summary_says_what_it_is() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let first = run(&workspace, &lab);
    let id = first.expect_code(0).output("ami-id").to_owned();
    change(&workspace, "echo made here", "echo made there");
    let second = run(&workspace, &lab);
    assert_ne!(second.expect_code(0).output("ami-id"), id);
    assert_eq!((second.output("reused"), launches(&lab)), ("false", 2));
    let summary = second.summary();
    assert!(summary.contains("Built anew"), "{summary}");
    assert!(
        summary.contains("the settings of provisioner 1"),
        "{summary}"
    );
}

#[test]
fn an_image_whose_time_is_over_is_not_reused_and_force_asks_for_none() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    step(&workspace, &lab)
        .input("ttl", "1s")
        .run()
        .main()
        .expect_code(0);
    let second = run(&workspace, &lab);
    second.expect_code(0).expect_text("its time is over");
    let forced = step(&workspace, &lab).input("force", "true").run();
    assert_eq!(forced.main().expect_code(0).output("reused"), "false");
    assert_eq!(launches(&lab), 3);
}

#[test]
fn another_repositorys_image_is_not_reused() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    run(&workspace, &lab).expect_code(0);
    let other = step(&workspace, &lab)
        .env("GITHUB_REPOSITORY_ID", "7")
        .run();
    assert_eq!(other.main().expect_code(0).output("reused"), "false");
    assert_eq!(launches(&lab), 2);
}

#[test]
fn a_copy_that_fails_leaves_the_image_that_was_there() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let id = run(&workspace, &lab)
        .expect_code(0)
        .output("ami-id")
        .to_owned();
    change(
        &workspace,
        r#""tags""#,
        r#""ami_regions": ["eu-west-1"], "tags""#,
    );
    lab.faults(
        &json!([{"action": "CopyImage", "kind": "error", "code": "InvalidRequest", "times": 99}]),
    );
    run(&workspace, &lab).expect_code(1);
    lab.heal();
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let again = run(&workspace, &lab);
    assert_eq!(again.expect_code(0).output("ami-id"), id);
    lab.account_at_rest().assert_holds(Left::Images(2));
}

#[test]
fn files_that_decide_on_the_content_lie_where_a_template_may_look() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    std::os::unix::fs::symlink("/etc/hostname", workspace.path().join("link")).unwrap();
    for (files, where_to) in [
        ("/etc/hostn*", "/etc/hostname"),
        ("li*", "it leads to `/etc/hostname`"),
    ] {
        let outside = step(&workspace, &lab).input("reuse-files", files).run();
        outside
            .main()
            .expect_code(1)
            .expect_text("`reuse-files`: `")
            .expect_text("lies outside the workspace")
            .expect_text(where_to);
        assert_eq!(outside.main().output("conclusion"), "invalid");
    }
    assert_eq!(lab.calls().len(), 0);
    let inside = step(&workspace, &lab).input("reuse-files", "*.json").run();
    inside.main().expect_code(0);
}
