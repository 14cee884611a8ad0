//! Something goes wrong at every call in turn. The calls are counted in a clean run, not listed.

use serde_json::{Value, json};

use crate::support::{Finished, Lab, Left, Run, Sweep, Workspace, sweep, sweep_side_by_side};

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

/// What is wrong with how a run with a fault ended. There is one image where the run lists it, and else nothing but the
/// reason. What a refused clean-up call left is told, fails the run, and goes with the command that the log shows.
fn judge(finished: &Finished, lab: &Lab, workspace: &Workspace, reason: &str) -> Vec<String> {
    let left = if finished.output.contains("AMIs were created") {
        Left::Images(1)
    } else {
        Left::Nothing
    };
    let mut wrong = Vec::new();
    let journals = workspace.journals();
    if journals.is_empty() == finished.output.contains("Still there: ") {
        wrong.push("what is told to be left and what is left differ".to_owned());
    }
    lab.heal();
    for journal in &journals {
        wrong.extend(settle(
            finished,
            lab,
            workspace,
            &journal.display().to_string(),
        ));
    }
    wrong.push(lab.account_at_rest().differs_from(left));
    let expected = i32::from(left == Left::Nothing || !journals.is_empty());
    if finished.code != Some(expected) {
        wrong.push(format!(
            "the exit code is {:?} instead of {expected}",
            finished.code
        ));
    }
    if finished.code != Some(0) && !finished.output.contains(reason) {
        wrong.push(format!("the error does not say `{reason}`"));
    }
    wrong.retain(|text| !text.is_empty());
    if !wrong.is_empty() {
        wrong.push(finished.output.clone());
    }
    wrong
}

/// Runs the command that the log shows.
fn settle(finished: &Finished, lab: &Lab, workspace: &Workspace, journal: &str) -> Option<String> {
    if !finished
        .output
        .contains(&format!("ami-build settle {journal}"))
    {
        return Some(format!("nothing tells of {journal}"));
    }
    let settled = Run::new(workspace, &["settle", journal]).lab(lab).finish();
    (settled.code != Some(0)).then(|| format!("settle failed:\n{}", settled.output))
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
        survives(&json!({"kind": kind, "call_number": number}), number, lab)
    });
}

/// What is wrong with how a run with this fault at this call ended.
fn survives(rule: &Value, number: usize, lab: &Lab) -> Vec<String> {
    let workspace = Workspace::with_fixtures();
    lab.faults(&json!([rule]));
    let finished = build(lab, &workspace);
    let mut wrong = judge(&finished, lab, &workspace, "caused by: ");
    let calls = lab.calls();
    let action = calls
        .get(number - 1)
        .map_or("no call", |call| call.action.as_str());
    let may_fail = !["throttle", "delay"].contains(&rule["kind"].as_str().unwrap())
        && NOT_REPEATED.contains(&action);
    if finished.code != Some(0) && !may_fail {
        wrong.push(format!("it failed at {action}:\n{}", finished.output));
    }
    wrong
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
fn a_call_that_takes_seconds_does_not_fail_the_build() {
    sweep(calls_of_a_clean_build(), |number, lab| {
        let rule = json!({"kind": "delay", "seconds": 2, "call_number": number});
        survives(&rule, number, lab)
    });
}

#[test]
fn a_call_that_is_never_answered_is_given_up_and_leaves_nothing_behind() {
    // Each case waits for the time limit of an attempt: 40 seconds.
    sweep_side_by_side(13, calls_of_a_clean_build(), |number, lab| {
        let rule = json!({"kind": "hang", "call_number": number});
        survives(&rule, number, lab)
    });
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
            let mut wrong = judge(&finished, lab, &workspace, "UnauthorizedOperation");
            wrong.extend((!wrong.is_empty()).then(|| format!("{action} was refused")));
            wrong
        },
    );
}
