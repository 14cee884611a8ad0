//! A job that is cancelled, and one that is killed, at every call in turn and while a provisioner runs.

use serde_json::{Value, json};

use crate::support::{Lab, Left, Run, Stage, Step, StepResult, Sweep, Workspace, sweep};

/// The runner kills a cancelled step after ten seconds; half of them are for machines that are slower than this one.
const PATIENCE: f64 = 5.0;

fn step<'a>(workspace: &'a Workspace, lab: &Lab) -> Step<'a> {
    Step::new(workspace, "push")
        .lab(lab)
        .input("template", "quick.json")
        .input("comment", "never")
}

fn calls_of_a_clean_step() -> Sweep {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    step(&workspace, &lab).run().main().expect_code(0);
    Sweep {
        from: 1,
        to: lab.calls().len(),
    }
}

/// After the post step nothing is left; but an image whose id stands in the outputs was finished before the signal came.
fn judge(result: &StepResult, lab: &Lab, workspace: &Workspace) -> Vec<String> {
    let left = match result.main().output("ami-id") {
        "" => Left::Nothing,
        _ => Left::Images(1),
    };
    let mut wrong = vec![lab.account_at_rest().differs_from(left)];
    if result.post().code() != 0 {
        wrong.push(format!(
            "the post step failed with {}",
            result.post().code()
        ));
    }
    if !workspace.journals().is_empty() {
        wrong.push("a journal is left though nothing else is".to_owned());
    }
    wrong.retain(|text| !text.is_empty());
    if !wrong.is_empty() {
        wrong.push(format!(
            "main:\n{}\npost:\n{}",
            result.main().log(),
            result.post().log()
        ));
    }
    wrong
}

/// What is wrong with how a cancelled step ended. A signal does not hide what came before it: an image that was finished,
/// whose clean-up is all that was cut short, or a provisioner that failed.
fn judge_cancelled(main: &Stage) -> Option<String> {
    let late = main
        .seconds_after_signal()
        .filter(|seconds| *seconds > PATIENCE);
    if let Some(seconds) = late {
        return Some(format!("it took {seconds} s:\n{}", main.log()));
    }
    let conclusion = main.output("conclusion");
    let is_right = match conclusion {
        "leftover" => !main.output("ami-id").is_empty(),
        "provision" => main.log().contains("Provisioning step had errors"),
        _ => main.code() == 0 || conclusion == "cancelled",
    };
    (!is_right).then(|| format!("the conclusion is `{conclusion}`:\n{}", main.log()))
}

/// Cancels at every call in turn, to which this happens meanwhile.
fn cancel_at_every_call(fault: &Value) {
    sweep(calls_of_a_clean_step(), |number, lab| {
        let workspace = Workspace::with_fixtures();
        let mut rule = fault.clone();
        rule["call_number"] = json!(number);
        lab.faults(&json!([rule]));
        let result = step(&workspace, lab).cancel_at_call(number, lab).run();
        let mut wrong = judge(&result, lab, &workspace);
        wrong.extend(judge_cancelled(result.main()));
        wrong
    });
}

#[test]
fn a_cancel_at_any_call_ends_within_five_seconds_and_leaves_nothing() {
    cancel_at_every_call(&json!({"kind": "delay", "seconds": 0.3}));
}

#[test]
fn a_cancel_while_any_call_gets_no_answer_ends_within_five_seconds_and_leaves_nothing() {
    cancel_at_every_call(&json!({"kind": "hang"}));
}

/// A wait without a call, in which the signal comes.
struct Wait {
    /// What the log says then.
    text: &'static str,
    /// The state that takes long, and how long.
    slow: (&'static str, u32),
    /// What the template has in place of its own.
    template: Value,
}

impl Wait {
    /// `quick.json` with a state that takes long, or something slow to do.
    fn prepare(&self, workspace: &Workspace, lab: &Lab) {
        let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
        for (key, value) in self.template.as_object().unwrap() {
            template[key] = value.clone();
        }
        if self.slow.0 == "copy_available" {
            template["builders"][0]["ami_regions"] = json!(["eu-west-1"]);
        }
        workspace.write("quick.json", &template.to_string());
        lab.settings(&json!({ self.slow.0: self.slow.1 }));
    }
}

fn waits() -> [Wait; 10] {
    let (plain, fast) = (json!({}), ("stopping", 1));
    let local = json!([{"type": "shell-local", "inline": ["echo waiting here; sleep 60"]}]);
    let shell = |key: &str, value: &str| {
        let mut shell = json!({"type": "shell", "inline": ["true"]});
        shell[key] = json!(value);
        json!({ "provisioners": [shell] })
    };
    let terminating = "Terminating the source AWS instance...";
    let wait = |text, slow, template| Wait {
        text,
        slow,
        template,
    };
    let slow = |text, state| wait(text, (state, 300), plain.clone());
    // The post step waits for the machine.
    let ending = |template| wait(terminating, ("shutting_down", 80), template);
    [
        slow("to become ready...", "pending_to_running"),
        slow("Waiting for SSH to become available...", "sshd_delay"),
        slow("Waiting for the instance to stop...", "stopping"),
        slow("Waiting for AMI to become ready...", "image_available"),
        slow("Waiting for all copies to complete...", "copy_available"),
        ending(plain.clone()),
        ending(shell("execute_command", "exit 4")),
        wait(
            "before the next provisioner...",
            fast,
            shell("pause_before", "60s"),
        ),
        wait("waiting here", fast, json!({ "provisioners": local })),
        wait("waiting here", fast, json!({ "post-processors": local })),
    ]
}

#[test]
fn a_cancel_in_any_wait_ends_within_five_seconds_and_leaves_nothing() {
    let waits = waits();
    let range = Sweep {
        from: 1,
        to: waits.len(),
    };
    sweep(range, |number, lab| {
        let wait = &waits[number - 1];
        let workspace = Workspace::with_fixtures();
        wait.prepare(&workspace, lab);
        let result = step(&workspace, lab).cancel_on(wait.text).run();
        let main = result.main();
        let mut wrong = judge(&result, lab, &workspace);
        wrong.extend(judge_cancelled(main));
        if main.seconds_after_signal().is_none() {
            wrong.push(format!("no `{}` in:\n{}", wait.text, main.log()));
        }
        wrong
    });
}

#[test]
fn a_kill_at_any_call_leaves_nothing_after_the_post_step() {
    sweep(calls_of_a_clean_step(), |number, lab| {
        let workspace = Workspace::with_fixtures();
        lab.faults(&json!([{"kind": "delay", "seconds": 0.3, "call_number": number}]));
        let result = step(&workspace, lab).kill_at_call(number, lab).run();
        judge(&result, lab, &workspace)
    });
}

#[test]
fn a_kill_after_any_call_took_effect_leaves_nothing_after_the_post_step() {
    // The image's last calls are over when its id stands in the outputs: from there on it stays, killed or not.
    sweep(calls_of_a_clean_step(), |number, lab| {
        let workspace = Workspace::with_fixtures();
        lab.faults(&json!([{"kind": "delay", "seconds": 0.3, "call_number": number + 1}]));
        let result = step(&workspace, lab).kill_at_call(number + 1, lab).run();
        judge(&result, lab, &workspace)
    });
}

#[test]
fn a_cancel_while_a_provisioner_runs_ends_within_five_seconds_and_leaves_nothing() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = step(&workspace, &lab)
        .input("template", "slow.json")
        .cancel_on("the provisioner runs")
        .run();
    let main = result.main().expect_code(1);
    assert!(
        main.seconds_after_signal()
            .is_some_and(|seconds| seconds < PATIENCE),
        "{}",
        main.log()
    );
    assert_eq!(main.output("conclusion"), "cancelled");
    assert_eq!(main.output("ami-id"), "");
    assert_eq!(judge(&result, &lab, &workspace), Vec::<String>::new());
}

#[test]
fn a_kill_while_a_provisioner_runs_leaves_nothing_after_the_post_step() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let result = step(&workspace, &lab)
        .input("template", "slow.json")
        .kill_on("the provisioner runs")
        .run();
    result.main().expect_code(137);
    result.post().expect_code(0).expect_text("gone:");
    assert_eq!(judge(&result, &lab, &workspace), Vec::<String>::new());
}

#[test]
fn the_post_step_uses_the_credentials_that_only_the_template_has() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let quick = workspace.read("slow.json");
    let keys = r#""type": "amazon-ebs", "access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "{{user `secret`}}","#;
    let template = quick.replace(r#""type": "amazon-ebs","#, keys);
    let template = template.replacen('{', r#"{ "variables": {"secret": null},"#, 1);
    workspace.write("own.json", &template);
    let result = step(&workspace, &lab)
        .input("template", "own.json")
        .env("AWS_ACCESS_KEY_ID", "")
        .env("AWS_SECRET_ACCESS_KEY", "")
        .env("PKR_VAR_secret", crate::support::SECRET_KEY)
        .kill_on("the provisioner runs")
        .run();
    result.main().expect_code(137);
    result.post().expect_code(0);
    assert_eq!(judge(&result, &lab, &workspace), Vec::<String>::new());
}

#[test]
fn ctrl_c_in_a_terminal_cleans_up_and_ends_with_1() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let running = Run::new(&workspace, &["build", "slow.json"])
        .lab(&lab)
        .start();
    running
        .wait_for("the provisioner runs")
        .signal(nix::sys::signal::Signal::SIGINT);
    running.finish().expect_code(1).expect_no_text("panicked");
    for journal in workspace.journals() {
        let journal = journal.display().to_string();
        Run::new(&workspace, &["settle", &journal])
            .lab(&lab)
            .finish()
            .expect_code(0);
    }
    lab.account_at_rest().assert_holds(Left::Nothing);
}
