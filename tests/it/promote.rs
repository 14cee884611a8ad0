//! The image that a pull request has tested becomes the release, over the wire, and again after a failure at any step.

use serde_json::json;

use crate::support::{PromoteBench as Bench, Step, tag};

#[test]
fn the_tested_image_is_the_release_and_keeps_its_id_and_its_name() {
    let bench = Bench::new();
    let main = bench.promote();
    main.expect_code(0);
    assert_eq!(main.output("ami-id"), bench.tested);
    assert_eq!(main.output("promoted-from"), bench.tested);
    assert_eq!(main.output("conclusion"), "success");
    let account = bench.images(2);
    let ids = main.json_output("ami-ids");
    for region in ["us-east-1", "eu-west-1"] {
        let image = account.image(region);
        assert_eq!(ids[region], image["id"]);
        assert_eq!(image["name"], main.output("ami-name"));
        for (name, value) in [
            ("ami-build:kind", "release"),
            ("ami-build:expires", "never"),
            ("ami-build:pr", "7"),
            ("ami-build:deadline", "kept"),
            ("Name", "quick"),
        ] {
            assert_eq!(tag(image, name), value, "{name} of {image}");
        }
        assert!(!tag(image, "ami-build:promoted").is_empty(), "{image}");
    }
    let copy = account.image("eu-west-1");
    assert_eq!(tag(copy, "ami-build:promoted-from"), bench.tested);
    let summary = main.summary();
    assert!(
        summary.contains("/images/web") && summary.contains(&bench.tested),
        "{summary}"
    );
    main.expect_text(&format!(
        "Parameter /images/web in us-east-1 holds {}",
        bench.tested
    ));
    main.expect_text(&format!(
        "launches {} by default, with version 2",
        bench.tested
    ));
}

#[test]
fn a_second_run_changes_nothing() {
    let bench = Bench::new();
    let first = bench.promote();
    first.expect_code(0);
    let second = bench.promote();
    second
        .expect_code(0)
        .expect_text(&format!("holds {} already", bench.tested))
        .expect_text(&format!("launches {} already", bench.tested));
    assert_eq!(second.json_output("ami-ids"), first.json_output("ami-ids"));
    bench.images(2);
}

#[test]
fn a_release_of_its_own_name_is_a_copy_and_both_ids_are_told() {
    let bench = Bench::new();
    let named = || {
        bench
            .step()
            .input("release-name", "web-1.0")
            .run()
            .into_main()
    };
    let main = named();
    main.expect_code(0);
    assert_ne!(main.output("ami-id"), bench.tested);
    assert_eq!(main.output("promoted-from"), bench.tested);
    assert_eq!(main.output("ami-name"), "web-1.0");
    let account = bench.images(3);
    let preview = account.image_named("quick-");
    assert_eq!(tag(preview, "ami-build:kind"), "preview");
    assert!(
        !tag(preview, "ami-build:promoted").is_empty(),
        "nobody prunes it meanwhile"
    );
    let again = named();
    assert_eq!(
        again.expect_code(0).json_output("ami-ids"),
        main.json_output("ami-ids")
    );
    bench.images(3);
}

#[test]
fn a_failure_at_any_step_leaves_nothing_half_and_a_second_run_comes_to_the_end() {
    for action in [
        "GetParameter",
        "DescribeLaunchTemplateVersions",
        "CreateTags",
        "CopyImage",
        "ModifyImageAttribute",
        "ModifySnapshotAttribute",
        "EnableImageDeregistrationProtection",
        "PutParameter",
        "CreateLaunchTemplateVersion",
        "ModifyLaunchTemplate",
    ] {
        let bench = Bench::new();
        let fault =
            json!({"action": action, "kind": "error", "code": "InvalidRequest", "times": 99});
        bench.lab.faults(&json!([fault]));
        let failed = bench.promote();
        failed.expect_code(1);
        assert_eq!(failed.output("ami-id"), "", "{action}");
        bench.lab.heal();
        let account = bench.lab.account_at_rest();
        for image in account.all("images") {
            assert_eq!(
                tag(image, "ami-build:deadline"),
                "kept",
                "{action}: {image}"
            );
        }
        let again = bench.promote();
        assert_eq!(
            again.expect_code(0).output("ami-id"),
            bench.tested,
            "{action}"
        );
        bench.images(2);
    }
}

#[test]
fn what_is_published_is_put_back_where_a_later_step_fails() {
    let bench = Bench::new();
    let fault = json!({"action": "ModifyLaunchTemplate", "kind": "error", "code": "InvalidRequest", "nth": 1});
    bench.lab.faults(&json!([fault]));
    let failed = bench.promote();
    failed
        .expect_code(1)
        .expect_text("Put back: launch template")
        .expect_text("Put back: parameter /images/web in us-east-1, which was not there");
    bench.lab.heal();
    let again = bench.promote();
    let log = again.expect_code(0).log();
    assert!(
        !log.contains("already"),
        "something was left as it was:\n{log}"
    );
    again.expect_text("with version 2");
}

#[test]
fn an_image_of_another_head_is_not_what_was_tested() {
    let bench = Bench::new();
    let other = bench.step().input("pr-number", "8").run();
    other
        .main()
        .expect_code(1)
        .expect_text("is for pull request 8");
    assert_eq!(other.main().output("conclusion"), "invalid");
    let account = bench.images(1);
    assert_eq!(tag(account.image("us-east-1"), "ami-build:kind"), "preview");
}

#[test]
fn a_name_that_is_taken_is_known_before_anything_is_marked() {
    let bench = Bench::new();
    let template = bench
        .workspace
        .read("quick.json")
        .replace("quick-{{timestamp}}", "web-1.0");
    bench.workspace.write("other.json", &template);
    let other = Step::new(&bench.workspace, "push")
        .lab(&bench.lab)
        .input("template", "other.json")
        .input("comment", "never")
        .run();
    other.main().expect_code(0);
    let failed = bench.step().input("release-name", "web-1.0").run();
    failed
        .main()
        .expect_code(1)
        .expect_text("is used by another image");
    let account = bench.images(2);
    assert_eq!(tag(account.image_named("quick-"), "ami-build:promoted"), "");
}
