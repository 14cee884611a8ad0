//! A preview of pull request 7 that was tested, and what is to lead to the release that it becomes.

use serde_json::Value;

use super::account::Account;
use super::action::{Stage, Step};
use super::github::GitHub;
use super::lab::Lab;
use super::workspace::Workspace;

/// An account with a tested image.
pub(crate) struct PromoteBench {
    pub(crate) lab: Lab,
    pub(crate) github: GitHub,
    pub(crate) workspace: Workspace,
    /// Its id.
    pub(crate) tested: String,
}

impl PromoteBench {
    /// Built of `quick.json`.
    pub(crate) fn new() -> Self {
        Self::of(Workspace::with_fixtures(), "quick.json")
    }

    /// Built of this template.
    pub(crate) fn of(workspace: Workspace, template: &str) -> Self {
        let (lab, github) = (Lab::new(), GitHub::new());
        let built = Step::new(&workspace, "pull_request")
            .lab(&lab)
            .github(&github)
            .input("template", template)
            .input("comment", "never")
            .input("kind", "preview")
            .run();
        let tested = built.main().expect_code(0).output("ami-id").to_owned();
        lab.launch_template("us-east-1", "web", 1);
        Self {
            lab,
            github,
            workspace,
            tested,
        }
    }

    /// A promotion without anything that tells which image.
    pub(crate) fn bare<'a>(&self, workspace: &'a Workspace, event: &str) -> Step<'a> {
        Step::new(workspace, event)
            .lab(&self.lab)
            .github(&self.github)
            .input("command", "promote")
            .input("region", "us-east-1")
            .input("regions", "eu-west-1")
    }

    /// A promotion with all that can be asked for.
    pub(crate) fn step(&self) -> Step<'_> {
        self.bare(&self.workspace, "workflow_dispatch")
            .input("pr-number", "7")
            .input("share-with", "210987654321")
            .input("protect", "true")
            .input("publish-ssm-parameter", "/images/web")
            .input("launch-template", "us-east-1:web")
    }

    pub(crate) fn promote(&self) -> Stage {
        self.step().run().into_main()
    }

    /// The account, which has so many images with one snapshot each; the launch template is there besides.
    pub(crate) fn images(&self, count: usize) -> Account {
        let account = self.lab.account_at_rest();
        for kind in ["images", "snapshots"] {
            let things = account.all(kind);
            assert_eq!(things.len(), count, "{kind}: {things:?}");
        }
        account
    }
}

/// The value of a tag of a thing in the inventory; empty where it has none of that name.
pub(crate) fn tag<'a>(thing: &'a Value, name: &str) -> &'a str {
    thing["tags"][name].as_str().unwrap_or_default()
}
