//! A pull request from its opening to its end: what becomes of its images, what is in the account, and what the comment says.
//!
//! The comment's texts lie in `fixtures/pull_request_life`; `AMI_BUILD_RENEW_SNAPSHOTS=1` writes them anew.

use serde_json::{Value, json};

use crate::support::{Account, GitHub, Lab, Names, Stage, Step, Workspace, assert_snapshot, tag};

/// The commits of the pull request, one for each push.
const COMMITS: [&str; 5] = [
    "c1c1c1c100000000000000000000000000000001",
    "c2c2c2c200000000000000000000000000000002",
    "c3c3c3c300000000000000000000000000000003",
    "c4c4c4c400000000000000000000000000000004",
    "c5c5c5c500000000000000000000000000000005",
];

struct Life {
    lab: Lab,
    github: GitHub,
    workspace: Workspace,
    names: Names,
}

impl Life {
    fn new() -> Self {
        let workspace = Workspace::with_fixtures();
        let template = workspace.read("quick.json");
        // Several builds of a second need names of their own.
        let named = template.replace("quick-{{timestamp}}", "quick-{{uuid}}");
        let regions = named.replace(r#""tags":"#, r#""ami_regions": ["eu-west-1"], "tags":"#);
        workspace.write("quick.json", &regions);
        Self {
            lab: Lab::new(),
            github: GitHub::new(),
            workspace,
            names: Names::default(),
        }
    }

    fn step(&self, push: usize) -> Step<'_> {
        Step::new(&self.workspace, "pull_request")
            .lab(&self.lab)
            .github(&self.github)
            .commit(COMMITS[push])
            .env("GITHUB_RUN_ID", &format!("{}", 5_000 + push))
    }

    /// The preview of a push.
    fn preview(&self, push: usize, action: &str) -> Stage {
        let step = self.step(push).action(action);
        step.input("template", "quick.json")
            .input("kind", "preview")
            .input("reuse", "same-repo")
            .run()
            .into_main()
    }

    fn change(&self, from: &str, to: &str) {
        let template = self.workspace.read("quick.json");
        assert!(template.contains(from), "no `{from}` in:\n{template}");
        self.workspace
            .write("quick.json", &template.replace(from, to));
    }

    /// Machines that were launched, without the trials.
    fn launches(&self) -> usize {
        let calls = self.lab.calls();
        let launches = calls
            .iter()
            .filter(|call| call.action == "RunInstances" && call.parameters["DryRun"] != "true");
        launches.count()
    }

    /// There is one comment, and this is what it says.
    fn comment_says(&mut self, stage: &str) {
        let comments = self.github.comments();
        assert_eq!(comments.len(), 1, "{comments:?}");
        let text = self.names.stable(&comments[0].1);
        assert_snapshot(&format!("pull_request_life/{stage}.md"), &text);
    }

    /// Nothing is in the account but these images in both regions, each with its snapshot, which have these tags: of the first
    /// the commits that it was built or reused for, the kind, and whether it is promoted.
    fn account_holds(&self, images: &[(&str, &[usize], &str)]) -> Account {
        let account = self.lab.account_at_rest();
        for kind in [
            "instances",
            "volumes",
            "key_pairs",
            "security_groups",
            "launch_templates",
            "network_interfaces",
            "roles",
            "instance_profiles",
        ] {
            assert_eq!(account.ids(kind), Vec::<String>::new(), "{kind}");
        }
        for kind in ["images", "snapshots"] {
            assert_eq!(account.ids(kind).len(), images.len() * 2, "{kind}");
        }
        for (id, pushes, kind) in images {
            let commits: Vec<&str> = pushes.iter().map(|&push| COMMITS[push]).collect();
            let copy = copy_of(&account, id);
            for image in [account_image(&account, id), copy] {
                assert_eq!(
                    tag(image, "ami-build:head-sha"),
                    commits.join(" "),
                    "{image}"
                );
                assert_eq!(tag(image, "ami-build:kind"), *kind, "{image}");
                assert_eq!(tag(image, "ami-build:pr"), "7");
                assert_eq!(tag(image, "ami-build:deadline"), "kept");
                let is_promoted = !tag(image, "ami-build:promoted").is_empty();
                assert_eq!(is_promoted, *kind == "release", "{image}");
                let snapshots = account.all("snapshots").iter();
                let mut own = snapshots.filter(|one| one["image_id"] == image["id"]);
                assert_eq!(tag(own.next().unwrap(), "ami-build:kind"), *kind);
            }
        }
        account
    }

    /// What users of the images are led to, by region.
    fn published(&self) -> Value {
        let account = self.lab.account();
        let parameters = account.all("parameters").iter();
        let held = parameters.map(|one| {
            assert_eq!(one["name"], "/images/quick");
            assert_eq!(one["data_type"], "aws:ec2:image");
            (
                one["region"].as_str().unwrap().to_owned(),
                one["value"].clone(),
            )
        });
        Value::Object(held.collect())
    }
}

fn account_image<'a>(account: &'a Account, id: &str) -> &'a Value {
    let mut images = account.all("images").iter();
    let image = images.find(|image| image["id"] == id);
    image.unwrap_or_else(|| panic!("no {id}: {account:#?}"))
}

/// The image of the same name in the other region.
fn copy_of<'a>(account: &'a Account, id: &str) -> &'a Value {
    let name = &account_image(account, id)["name"];
    let mut images = account.all("images").iter();
    let copy = images.find(|image| image["name"] == *name && image["id"] != id);
    copy.unwrap_or_else(|| panic!("no copy of {id}: {account:#?}"))
}

#[test]
fn from_its_opening_to_its_end() {
    let mut life = Life::new();

    let opened = life.preview(0, "opened");
    let first = opened.expect_code(0).output("ami-id").to_owned();
    assert_eq!((opened.output("reused"), life.launches()), ("false", 1));
    life.account_holds(&[(&first, &[0], "preview")]);
    life.comment_says("1-opened");

    let unchanged = life.preview(1, "synchronize");
    assert_eq!(unchanged.expect_code(0).output("ami-id"), first);
    assert_eq!((unchanged.output("reused"), life.launches()), ("true", 1));
    life.account_holds(&[(&first, &[0, 1], "preview")]);
    life.comment_says("2-pushed-without-a-change");

    life.change("echo made here", "echo made there");
    let changed = life.preview(2, "synchronize");
    let second = changed.expect_code(0).output("ami-id").to_owned();
    assert_ne!(second, first);
    assert_eq!((changed.output("reused"), life.launches()), ("false", 2));
    let both: [(&str, &[usize], &str); 2] =
        [(&first, &[0, 1], "preview"), (&second, &[2], "preview")];
    life.account_holds(&both);
    life.comment_says("3-pushed-with-a-change");

    life.change("echo made there", "echo it does not work; exit 3; echo");
    let failed = life.preview(3, "synchronize");
    assert_eq!(failed.expect_code(1).output("conclusion"), "provision");
    assert_eq!((failed.output("ami-id"), life.launches()), ("", 3));
    life.account_holds(&both);
    life.comment_says("4-failed");

    life.change("echo it does not work; exit 3; echo", "echo it works");
    let fixed = life.preview(4, "synchronize");
    let third = fixed.expect_code(0).output("ami-id").to_owned();
    assert_eq!((fixed.output("reused"), life.launches()), ("false", 4));
    let [one, two] = both;
    life.account_holds(&[one, two, (&third, &[4], "preview")]);
    assert_eq!(life.published(), json!({}));
    life.comment_says("5-fixed");

    let merged = life
        .step(4)
        .merged()
        .input("command", "promote")
        .input("region", "us-east-1")
        .input("regions", "eu-west-1")
        .input("publish-ssm-parameter", "/images/quick")
        .run()
        .into_main();
    assert_eq!(merged.expect_code(0).output("ami-id"), third);
    assert_eq!(merged.output("promoted-from"), third);
    assert_eq!(life.launches(), 4);
    let account = life.account_holds(&[one, two, (&third, &[4], "release")]);
    let copy = copy_of(&account, &third)["id"].clone();
    let published = json!({"us-east-1": third, "eu-west-1": copy});
    assert_eq!(merged.json_output("ami-ids"), published);
    assert_eq!(life.published(), published);
    life.comment_says("6-merged");

    let closed = life.step(4).merged().input("command", "prune").run();
    let pruned = closed.main().expect_code(0).json_output("pruned");
    let things = pruned["things"].as_array().unwrap().iter();
    let removed = things.filter(|thing| thing["fate"] == "removed");
    assert_eq!(removed.count(), 4, "{pruned:#}");
    assert_eq!(life.launches(), 4);
    life.account_holds(&[(&third, &[4], "release")]);
    assert_eq!(life.published(), published);
    life.comment_says("7-closed");
    life.github.assert_no_violation();
}
