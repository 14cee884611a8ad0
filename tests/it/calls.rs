//! How many calls a build makes of EC2. A rise has to be meant: it costs everybody who shares the account.

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
