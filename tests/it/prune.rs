//! A repository's images come to their end: with their pull request, by rules, and never while somebody needs them.

use serde_json::{Value, json};

use crate::support::{Lab, Left, Run, Stage, Step, Workspace};

/// The head that the lab's pull requests have.
const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const OTHER: &str = "0000000000000000000000000000000000000001";

/// An account and a repository.
struct Bench {
    lab: Lab,
    workspace: Workspace,
}

impl Bench {
    fn new() -> Self {
        let workspace = Workspace::with_fixtures();
        // Several builds of a second need names of their own.
        let template = workspace.read("quick.json");
        let named = template.replace("quick-{{timestamp}}", "quick-{{uuid}}");
        workspace.write("quick.json", &named);
        Self {
            lab: Lab::new(),
            workspace,
        }
    }

    fn step(&self, event: &str) -> Step<'_> {
        Step::new(&self.workspace, event)
            .lab(&self.lab)
            .input("comment", "never")
    }

    /// A preview of pull request 7, in two regions; its id at home.
    fn preview(&self, head: &str) -> String {
        self.built(
            self.step("pull_request")
                .commit(head)
                .input("kind", "preview"),
        )
    }

    fn built(&self, step: Step<'_>) -> String {
        let built = step.input("template", "quick.json").run();
        built.main().expect_code(0).output("ami-id").to_owned()
    }

    fn closed(&self) -> Stage {
        let step = self.step("pull_request").action("closed");
        step.input("command", "prune").run().into_main()
    }

    fn merged(&self, head: &str) -> Stage {
        let step = self.step("pull_request").merged().commit(head);
        step.input("command", "prune").run().into_main()
    }

    fn scheduled(&self, inputs: &[(&str, &str)]) -> Stage {
        let step = self.step("schedule").input("command", "prune");
        let given = inputs.iter();
        let step = given.fold(step, |step, (name, value)| step.input(name, value));
        step.run().into_main()
    }

    fn images(&self) -> Vec<String> {
        self.lab.account_at_rest().ids("images")
    }

    fn holds(&self, images: usize) {
        self.lab.account_at_rest().assert_holds(match images {
            0 => Left::Nothing,
            images => Left::Images(images),
        });
    }
}

/// What the output says of an image.
fn told<'a>(pruned: &'a Value, id: &str) -> (&'a str, &'a str) {
    let things = pruned["things"].as_array().unwrap();
    let thing = things.iter().find(|thing| thing["id"] == id);
    let thing = thing.unwrap_or_else(|| panic!("no {id} in {pruned:#}"));
    (
        thing["fate"].as_str().unwrap(),
        thing["why"].as_str().unwrap(),
    )
}

#[test]
fn with_a_pull_request_that_was_not_merged_all_its_previews_go_in_every_region() {
    let bench = Bench::new();
    let template = bench.workspace.read("quick.json");
    let regions = template.replace(r#""tags":"#, r#""ami_regions": ["eu-west-1"], "tags":"#);
    assert_ne!(regions, template);
    bench.workspace.write("quick.json", &regions);
    let id = bench.preview(HEAD);
    bench.preview(OTHER);
    assert_eq!(bench.images().len(), 4);
    let main = bench.closed();
    main.expect_code(0).expect_text("4 removed");
    assert_eq!(main.output("conclusion"), "success");
    let pruned = main.json_output("pruned");
    assert_eq!(told(&pruned, &id), ("removed", "pull request 7 is closed"));
    assert!(main.summary().contains("| removed |"), "{}", main.summary());
    bench.holds(0);
    bench.closed().expect_code(0).expect_text("no images");
}

#[test]
fn the_image_that_a_pull_request_was_merged_with_stays_until_its_ttl_is_over() {
    let bench = Bench::new();
    let earlier = bench.preview(OTHER);
    let merged = bench.preview(HEAD);
    let main = bench.merged(HEAD);
    let pruned = main.expect_code(0).json_output("pruned");
    assert_eq!(told(&pruned, &earlier).0, "removed");
    assert_eq!(told(&pruned, &merged).0, "kept");
    assert_eq!(bench.images(), [merged]);
    bench.lab.let_previews_expire();
    let main = bench.scheduled(&[("dry-run", "false")]);
    main.expect_code(0).expect_text("its ttl is over");
    bench.holds(0);
}

#[test]
fn what_is_promoted_stays_whenever_that_begins() {
    let bench = Bench::new();
    let id = bench.preview(HEAD);
    let promoted = bench
        .step("workflow_dispatch")
        .input("command", "promote")
        .input("pr-number", "7")
        .input("region", "us-east-1")
        .input("release-name", "web-1.0")
        .input("policy", "none")
        .run();
    promoted.main().expect_code(0);
    bench.lab.let_previews_expire();
    let main = bench.closed();
    let pruned = main.expect_code(0).json_output("pruned");
    assert_eq!(told(&pruned, &id), ("kept", "it is promoted"));
    let release = promoted.main().output("ami-id");
    assert_eq!(told(&pruned, release), ("kept", "it is a release"));
    assert_eq!(bench.images().len(), 2);
}

#[test]
fn an_image_that_another_pull_request_uses_is_let_go_and_goes_with_the_last_one() {
    let bench = Bench::new();
    let preview = |number: u64| {
        bench.built(
            bench
                .step("pull_request")
                .number(number)
                .input("kind", "preview")
                .input("reuse", "same-repo"),
        )
    };
    let id = preview(7);
    assert_eq!(preview(8), id, "it was not reused");
    let main = bench.closed();
    assert_eq!(
        told(&main.expect_code(0).json_output("pruned"), &id).0,
        "let go"
    );
    bench.holds(1);
    let account = bench.lab.account();
    for thing in [account.image("us-east-1"), &account.all("snapshots")[0]] {
        assert_eq!(thing["tags"]["ami-build:pr"], "8", "{thing}");
    }
    let last = bench.step("pull_request").number(8).action("closed");
    last.input("command", "prune").run().main().expect_code(0);
    bench.holds(0);
}

#[test]
fn on_a_schedule_nothing_goes_until_that_is_said() {
    let bench = Bench::new();
    let id = bench.preview(HEAD);
    bench.lab.let_previews_expire();
    let main = bench.scheduled(&[]);
    main.expect_code(0).expect_text("this is a dry run");
    let pruned = main.json_output("pruned");
    assert_eq!(told(&pruned, &id), ("planned", "its ttl is over"));
    assert_eq!(main.annotations("notice").len(), 1);
    let changes = ["DeregisterImage", "DeleteSnapshot"];
    assert!(changes.iter().all(|call| bench.lab.count(call) == 0));
    bench.holds(1);
    bench.scheduled(&[("dry-run", "false")]).expect_code(0);
    bench.holds(0);
}

#[test]
fn releases_go_by_number_only_where_they_are_named() {
    let bench = Bench::new();
    let release = || bench.built(bench.step("push").input("kind", "release"));
    let ids = [release(), release(), release()];
    let rules = [("keep-last", "1"), ("dry-run", "false")];
    bench.scheduled(&rules).expect_code(0).expect_text("3 kept");
    let named = [
        rules[0],
        rules[1],
        ("kinds", "release"),
        ("max-removals", "1"),
    ];
    bench
        .scheduled(&named)
        .expect_code(0)
        .expect_text("1 removed");
    let left = bench.images();
    assert!(
        !left.contains(&ids[0]) && left.contains(&ids[1]),
        "the oldest first: {left:?}"
    );
    bench.scheduled(&named).expect_code(0);
    bench.scheduled(&named).expect_code(0);
    assert_eq!(bench.images(), [ids[2].as_str()]);
}

#[test]
fn whoever_needs_an_image_keeps_it() {
    let deeds = [
        (json!({"share_with": "210987654321"}), "shared with"),
        (
            json!({"share_snapshots_with": "210987654321"}),
            "shared with",
        ),
        (json!({"protect": true}), "protected"),
        (json!({"launch_template": "web"}), "in use by"),
        (json!({"parameter": "/images/web"}), "in use by"),
    ];
    for (deed, reason) in deeds {
        for by_hand in [false, true] {
            let bench = Bench::new();
            let id = bench.preview(HEAD);
            let mut deed = deed.clone();
            deed["region"] = json!("us-east-1");
            deed["image"] = json!(id);
            bench.lab.owner(&deed);
            if by_hand {
                bench
                    .lab
                    .faults(&json!([denied("DescribeImageReferences")]));
            }
            let main = bench.closed();
            let pruned = main.expect_code(0).json_output("pruned");
            let (fate, why) = told(&pruned, &id);
            assert!(
                fate == "kept" && why.contains(reason),
                "{deed}: {fate}: {why}"
            );
            assert_eq!(bench.images(), [id]);
        }
    }
}

fn denied(action: &str) -> Value {
    json!({"kind": "error", "action": action, "status": 403, "code": "UnauthorizedOperation"})
}

#[test]
fn where_nobody_tells_what_uses_an_image_it_stays_and_that_is_said() {
    let bench = Bench::new();
    let id = bench.preview(HEAD);
    let both = json!([
        denied("DescribeImageReferences"),
        denied("DescribeLaunchTemplates")
    ]);
    bench.lab.faults(&both);
    let main = bench.closed();
    let pruned = main.expect_code(0).json_output("pruned");
    let (fate, why) = told(&pruned, &id);
    assert!(
        fate == "kept" && why.contains("DescribeLaunchTemplates"),
        "{why}"
    );
    let parameters = json!([
        denied("DescribeImageReferences"),
        {"kind": "error", "action": "DescribeParameters", "status": 400, "code": "AccessDeniedException"},
    ]);
    bench.lab.faults(&parameters);
    let main = bench.closed();
    main.expect_code(0)
        .expect_text("Not checked: parameters of Systems Manager");
    assert!(main.summary().contains("Not checked"), "{}", main.summary());
    bench.holds(0);
}

#[test]
fn a_snapshot_that_stays_behind_is_told_and_goes_the_next_time() {
    let bench = Bench::new();
    bench.preview(HEAD);
    bench.lab.faults(&json!([denied("DeleteSnapshot")]));
    let main = bench.closed();
    main.expect_code(1)
        .expect_text("remove it with: aws ec2 delete-snapshot");
    assert_eq!(main.output("conclusion"), "leftover");
    bench.lab.heal();
    assert_eq!(bench.lab.account().all("snapshots").len(), 1);
    bench
        .closed()
        .expect_code(0)
        .expect_text("an earlier run removed its image");
    bench.holds(0);
}

#[test]
fn an_open_pull_request_and_another_repository_lose_nothing() {
    let bench = Bench::new();
    bench.preview(HEAD);
    let open = bench.step("pull_request").input("command", "prune").run();
    open.main()
        .expect_code(1)
        .expect_text("pull request 7 is open");
    assert_eq!(open.main().output("conclusion"), "invalid");
    let words = [
        "prune",
        "-pr=7",
        "-repository-id=github.com/1",
        "-region=us-east-1",
        "-json",
    ];
    let other = Run::new(&bench.workspace, &words).lab(&bench.lab).finish();
    let report: Value = serde_json::from_str(&other.expect_code(0).output).unwrap();
    assert_eq!(report["things"], json!([]));
    bench.holds(1);
}

#[test]
fn a_region_that_a_policy_closes_is_told_and_fails_the_run_only_where_it_was_named() {
    let bench = Bench::new();
    bench.preview(HEAD);
    let mut rule = denied("DescribeImages");
    rule["region"] = json!("ap-south-1");
    bench.lab.faults(&json!([rule]));
    bench
        .closed()
        .expect_code(0)
        .expect_text("Not looked at: `ap-south-1`");
    bench.holds(0);
    let named = [("regions", "us-east-1, ap-south-1"), ("dry-run", "false")];
    let main = bench.scheduled(&named);
    main.expect_code(1);
    assert_eq!(main.output("conclusion"), "permission");
}
