//! Something goes wrong at every call in turn. The calls are counted in a clean run, not listed.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Sweep, Workspace, sweep};

fn build(lab: &Lab, workspace: &Workspace) -> Finished {
    Run::new(workspace, &["build", "quick.json"])
        .lab(lab)
        .finish()
}

/// How many calls a build makes where nothing goes wrong.
fn calls_of_a_clean_build() -> Sweep {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    build(&lab, &workspace).expect_code(0);
    Sweep {
        from: 1,
        to: lab.calls().len(),
    }
}

/// What is wrong with how a run with a fault ended: with 0 there is one image, else nothing but the reason.
fn judge(finished: &Finished, lab: &Lab, workspace: &Workspace, reason: &str) -> Vec<String> {
    let left = match finished.code {
        Some(0) => Left::Images(1),
        _ => Left::Nothing,
    };
    let mut wrong = vec![lab.account_at_rest().differs_from(left)];
    if !matches!(finished.code, Some(0 | 1)) {
        wrong.push(format!("exit code {:?}", finished.code));
    }
    if finished.code != Some(0) && !finished.output.contains(reason) {
        wrong.push(format!("the error does not say `{reason}`"));
    }
    if !workspace.journals().is_empty() {
        wrong.push("a journal is left though nothing else is".to_owned());
    }
    wrong.retain(|text| !text.is_empty());
    if !wrong.is_empty() {
        wrong.push(finished.output.clone());
    }
    wrong
}

fn at_every_call(rule: impl Fn(usize) -> Value + Sync, reason: &str) {
    sweep(calls_of_a_clean_build(), |number, lab| {
        let workspace = Workspace::with_fixtures();
        lab.faults(&json!([rule(number)]));
        let finished = build(lab, &workspace);
        judge(&finished, lab, &workspace, reason)
    });
}

/// These have no client token: repeating one whose answer was lost could make the thing twice.
const NOT_REPEATED: [&str; 3] = ["CreateSecurityGroup", "ImportKeyPair", "CreateImage"];

/// A fault after which the build succeeds all the same, or fails cleanly where repeating the call would be wrong.
fn survives_at_every_call(kind: &str) {
    sweep(calls_of_a_clean_build(), |number, lab| {
        let workspace = Workspace::with_fixtures();
        lab.faults(&json!([{"kind": kind, "call_number": number}]));
        let finished = build(lab, &workspace);
        let mut wrong = judge(&finished, lab, &workspace, "caused by: ");
        let action = &lab.calls()[number - 1].action;
        let may_fail = kind != "throttle" && NOT_REPEATED.contains(&action.as_str());
        if finished.code != Some(0) && !may_fail {
            wrong.push(format!("it failed at {action}:\n{}", finished.output));
        }
        wrong
    });
}

#[test]
fn throttling_at_any_call_does_not_fail_the_build() {
    survives_at_every_call("throttle");
}

#[test]
fn an_internal_error_of_ec2_at_any_call_does_not_fail_the_build() {
    survives_at_every_call("500");
}

#[test]
fn a_connection_that_is_reset_before_any_call_takes_effect_does_not_fail_the_build() {
    survives_at_every_call("reset_before");
}

#[test]
fn a_lost_answer_to_any_call_leaves_nothing_behind() {
    at_every_call(
        |number| json!({"kind": "reset_after", "call_number": number}),
        "caused by: no answer to",
    );
}

#[test]
fn a_refusal_of_any_call_leaves_nothing_behind_and_is_shown() {
    let code = "UnauthorizedOperation";
    let rule =
        |number| json!({"kind": "error", "status": 403, "code": code, "call_number": number});
    at_every_call(rule, code);
}

#[test]
fn an_error_of_any_call_that_no_retry_helps_leaves_nothing_behind_and_is_shown() {
    let code = "UnsupportedOperation";
    let rule =
        |number| json!({"kind": "error", "status": 400, "code": code, "call_number": number});
    at_every_call(rule, code);
}

#[test]
fn an_action_that_is_always_refused_never_hides_why_nor_leaves_more_than_it_must() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    build(&lab, &workspace).expect_code(0);
    let mut actions: Vec<String> = lab.calls().into_iter().map(|call| call.action).collect();
    actions.sort_unstable();
    actions.dedup();
    sweep(
        Sweep {
            from: 1,
            to: actions.len(),
        },
        |number, lab| {
            let workspace = Workspace::with_fixtures();
            let action = &actions[number - 1];
            lab.faults(&json!([{"kind": "error", "action": action, "status": 403, "code": "UnauthorizedOperation"}]));
            let finished = build(lab, &workspace);
            let mut wrong = Vec::new();
            if finished.code == Some(1) && !finished.output.contains("UnauthorizedOperation") {
                wrong.push(format!("{action}: the refusal is not shown"));
            }
            lab.heal();
            for journal in workspace.journals() {
                let journal = journal.display().to_string();
                if !finished.output.contains(&journal) {
                    wrong.push(format!("{action}: nothing tells of {journal}"));
                }
                let settled = Run::new(&workspace, &["settle", &journal])
                    .lab(lab)
                    .finish();
                if settled.code != Some(0) {
                    wrong.push(format!("{action}: settle failed:\n{}", settled.output));
                }
            }
            let images = lab.account_at_rest().all("images").len();
            let left = if images == 0 {
                Left::Nothing
            } else {
                Left::Images(1)
            };
            let differs = lab.account_at_rest().differs_from(left);
            if !differs.is_empty() {
                wrong.push(format!("{action}: {differs}"));
            }
            if finished.code == Some(0) && images == 0 {
                wrong.push(format!(
                    "{action}: it says that all is well, and there is no image"
                ));
            }
            if !wrong.is_empty() {
                wrong.push(finished.output);
            }
            wrong
        },
    );
}
