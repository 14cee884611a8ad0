//! How many calls a build makes of EC2. A rise has to be meant: it costs everybody who shares the account.

use crate::support::{Lab, Run, Workspace};

/// Calls that a template costs at most. The waits take as many as the machine lets them, so theirs are counted apart.
struct Budget {
    template: &'static str,
    work: usize,
    looks: usize,
}

const BUDGETS: [Budget; 1] = [Budget {
    template: "quick.json",
    work: 14,
    looks: 16,
}];

/// Calls by which a build waits.
const LOOKS: [&str; 3] = ["DescribeInstances", "DescribeImages", "DescribeSnapshots"];

#[test]
fn a_build_makes_no_more_calls_than_it_is_allowed() {
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
        assert!(work.len() <= budget.work, "{}: {work:?}", budget.template);
        assert!(
            looks.len() <= budget.looks,
            "{}: {looks:?}",
            budget.template
        );
    }
}
