//! How many calls a build makes of EC2. A rise has to be meant: it costs everybody who shares the account.

use std::collections::BTreeSet;

use crate::support::{Lab, Run, Workspace};

/// Calls that a template costs at most. The waits take as many as the machine lets them, so theirs are counted apart.
struct Budget {
    template: &'static str,
    work: usize,
    looks: usize,
}

/// A rise of one call is more than 5 % of any of them.
const BUDGETS: [Budget; 5] = [
    Budget {
        template: "quick.json",
        work: 13,
        looks: 15,
    },
    Budget {
        template: "copies.json",
        work: 23,
        looks: 21,
    },
    Budget {
        template: "surrogate.json",
        work: 15,
        looks: 16,
    },
    Budget {
        template: "swapped.json",
        work: 22,
        looks: 22,
    },
    Budget {
        template: "volumes.json",
        work: 15,
        looks: 11,
    },
];

/// Calls by which a build waits.
const LOOKS: [&str; 4] = [
    "DescribeInstances",
    "DescribeImages",
    "DescribeSnapshots",
    "DescribeVolumes",
];

#[test]
fn a_build_makes_no_more_calls_than_it_is_allowed() {
    let mut over = Vec::new();
    for budget in BUDGETS {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        Run::new(&workspace, &["build", budget.template])
            .lab(&lab)
            .finish()
            .expect_code(0);
        let calls: Vec<String> = lab.calls().into_iter().map(|call| call.action).collect();
        let (looks, work): (Vec<&String>, Vec<&String>) = calls
            .iter()
            .partition(|call| LOOKS.contains(&call.as_str()));
        if work.len() > budget.work || looks.len() > budget.looks {
            over.push(format!(
                "{}: {} calls {work:?}, {} looks",
                budget.template,
                work.len(),
                looks.len()
            ));
        }
    }
    assert!(over.is_empty(), "{}", over.join("\n"));
}

/// What a build asks for only while an image is pending, which in the model it never is, and what it asks only of a machine
/// that boots by UEFI, which those of the lab do not.
const OF_CIRCUMSTANCE: [&str; 2] = ["DescribeSnapshots", "GetInstanceUefiData"];
/// What a build makes and removes beside each other, in whatever order and as often as it takes.
const SIDE_BY_SIDE: [&str; 7] = [
    "AuthorizeSecurityGroupIngress",
    "CreateSecurityGroup",
    "DeleteKeyPair",
    "DeleteSecurityGroup",
    "DeleteSnapshot",
    "DeleteVolume",
    "ImportKeyPair",
];

/// Calls in their order: what is made side by side as a set, and what is asked again and again as one question.
type Shape = Vec<BTreeSet<String>>;

fn shape(calls: impl Iterator<Item = String>) -> Shape {
    let mut shape: Shape = Vec::new();
    for call in calls.filter(|call| !OF_CIRCUMSTANCE.contains(&call.as_str())) {
        let is_ordered = !call.starts_with("Describe") && !SIDE_BY_SIDE.contains(&call.as_str());
        let last_is_ordered = shape
            .last()
            .is_none_or(|last| last.len() == 1 && last.iter().all(|call| !is_beside(call)));
        match shape.last_mut() {
            Some(last) if !is_ordered && !last_is_ordered => {
                last.insert(call);
            }
            // Copies and their like go to several regions at once.
            Some(last) if is_ordered && last.contains(&call) => {}
            _ => shape.push([call].into()),
        }
    }
    shape
}

fn is_beside(call: &str) -> bool {
    call.starts_with("Describe") || SIDE_BY_SIDE.contains(&call)
}

/// The calls that a run in the model logged.
fn modelled(output: &str) -> impl Iterator<Item = String> {
    let lines = output.lines().filter(|line| line.contains(", a model: "));
    lines.filter_map(|line| {
        let (_, said) = line.split_once("::calls: ")?;
        said.split_whitespace().next().map(str::to_owned)
    })
}

#[test]
fn a_build_in_the_lab_and_one_in_the_model_make_the_same_calls() {
    for template in [
        "quick.json",
        "surrogate.json",
        "swapped.json",
        "fast.json",
        "volumes.json",
    ] {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        Run::new(&workspace, &["build", template])
            .lab(&lab)
            .finish()
            .expect_code(0);
        let real = shape(lab.calls().into_iter().map(|call| call.action));
        let model = Run::new(&workspace, &["iam-policy", template])
            .env("PACKER_LOG", "1")
            .finish()
            .expect_code(0);
        let model = shape(modelled(&model.output));
        assert!(
            model.len() > 5,
            "{template}: the log was not understood: {model:?}"
        );
        assert_eq!(model, real, "{template}");
    }
}
