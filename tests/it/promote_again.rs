//! A promotion that was killed, or that is not alone: the next one goes on, and nothing is left half.

use serde_json::json;

use crate::support::{PromoteBench as Bench, Workspace, tag};

/// The value of the parameter and the default version of the launch template in the region of the build.
fn published(bench: &Bench) -> (String, i64) {
    let account = bench.lab.account();
    let here = |kind: &str| {
        let things = account.all(kind).iter();
        let mut here = things.filter(|thing| thing["region"] == "us-east-1");
        here.next().cloned().unwrap_or_default()
    };
    let value = here("parameters")["value"].as_str().map(str::to_owned);
    let default = here("launch_templates")["default"].as_i64();
    (value.unwrap_or_default(), default.unwrap())
}

#[test]
fn a_promotion_that_is_killed_while_it_publishes_is_ended_by_the_next() {
    let bench = Bench::new();
    let hang = json!({"action": "CreateLaunchTemplateVersion", "kind": "hang"});
    bench.lab.faults(&json!([hang]));
    let line = format!("Parameter /images/web in us-east-1 holds {}", bench.tested);
    let killed = bench.step().kill_on(&line).run();
    assert_ne!(killed.main().code(), 0);
    killed.post().expect_code(0);
    bench.lab.heal();
    let account = bench.images(2);
    for image in account.all("images") {
        assert_eq!(tag(image, "ami-build:deadline"), "kept", "{image}");
    }
    assert_eq!(published(&bench), (bench.tested.clone(), 1));
    let next = bench.promote();
    next.expect_code(0)
        .expect_text(&format!("holds {} already", bench.tested));
    assert_eq!(published(&bench), (bench.tested.clone(), 2));
    bench.images(2);
}

#[test]
fn a_promotion_that_is_killed_while_it_copies_leaves_no_copy() {
    let bench = Bench::new();
    bench.lab.settings(&json!({"copy_available": 600}));
    let killed = bench.step().kill_on("Copying to: eu-west-1").run();
    assert_ne!(killed.main().code(), 0);
    killed.post().expect_code(0);
    bench.lab.settings(&json!({"copy_available": 0.3}));
    let account = bench.images(1);
    let image = account.image("us-east-1");
    assert_ne!(tag(image, "ami-build:promoted"), "", "nobody prunes it");
    assert_eq!(published(&bench), (String::new(), 1));
    assert_eq!(
        bench.promote().expect_code(0).output("ami-id"),
        bench.tested
    );
    bench.images(2);
}

#[test]
fn two_promotions_at_once_come_to_one_release() {
    let bench = Bench::new();
    bench.lab.settings(&json!({"copy_available": 20}));
    let other = Workspace::empty();
    let promote = |workspace| {
        let step = bench.bare(workspace, "workflow_dispatch");
        let step = step.input("pr-number", "7");
        step.input("publish-ssm-parameter", "/images/web")
            .run()
            .into_main()
    };
    let both = std::thread::scope(|scope| {
        let runs = [&bench.workspace, &other].map(|one| scope.spawn(|| promote(one)));
        runs.map(|run| run.join().unwrap())
    });
    let (well, not): (Vec<_>, Vec<_>) = both.iter().partition(|main| main.code() == 0);
    assert!(!well.is_empty(), "{}", both[0].log());
    for main in well {
        assert_eq!(main.output("ami-id"), bench.tested);
    }
    for main in not {
        main.expect_text("of the same image in `eu-west-1` is not finished")
            .expect_text("run this one again when that has ended");
        assert_eq!(main.output("conclusion"), "failure");
    }
    let account = bench.images(2);
    for image in account.all("images") {
        assert_eq!(tag(image, "ami-build:deadline"), "kept", "{image}");
    }
    assert_eq!(published(&bench).0, bench.tested);
    promote(&other).expect_code(0);
    bench.images(2);
}

#[test]
fn an_image_that_lost_a_snapshot_is_no_release() {
    let bench = Bench::new();
    let snapshot = bench.images(1).ids("snapshots").remove(0);
    bench.lab.lose_snapshot("us-east-1", &snapshot);
    let failed = bench.promote();
    failed
        .expect_code(1)
        .expect_text("cannot be promoted: a snapshot of it is gone or incomplete")
        .expect_text("build it again");
    assert_eq!(failed.output("conclusion"), "invalid");
    let account = bench.lab.account_at_rest();
    assert_eq!(tag(account.image("us-east-1"), "ami-build:promoted"), "");
    assert_eq!(published(&bench), (String::new(), 1));
}

#[test]
fn a_parameter_counts_once_it_holds_the_image_and_keeps_the_data_type_that_it_has() {
    let bench = Bench::new();
    bench.lab.settings(&json!({"parameter_checked": 15}));
    bench
        .lab
        .parameter("us-east-1", "/images/old", "ami-00000000");
    let step = bench.step().input(
        "publish-ssm-parameter",
        "/images/web, us-east-1:/images/old",
    );
    step.run().main().expect_code(0);
    let account = bench.lab.account();
    let mut told: Vec<(&str, &str)> = account
        .all("parameters")
        .iter()
        .filter(|one| one["region"] == "us-east-1" && one["value"] == bench.tested.as_str())
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["data_type"].as_str().unwrap(),
            )
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [("/images/old", "text"), ("/images/web", "aws:ec2:image")]
    );
}
