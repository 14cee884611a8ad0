//! A runner that is lost with its disk, at every call in turn and while a provisioner runs: no post step and no journal. The machine's
//! own timer and a sweep are all that is left.

use serde_json::{Value, json};

use crate::support::{Call, Lab, Left, Step, Sweep, Workspace, sweep, wait_until};

/// Ends once the machine has its timer.
const SET: &str =
    "while [ ! -s /run/ami-build-timer/kept ]; do sleep 0.1; done; echo the timer is set";

/// A build whose machine has a timer as short as it may be.
fn step<'a>(workspace: &'a Workspace, lab: &Lab, script: &[&str]) -> Step<'a> {
    let mut template: Value = serde_json::from_str(&workspace.read("quick.json")).unwrap();
    template["provisioners"] = json!([{ "type": "shell", "inline": script }]);
    workspace.write("lost.json", &template.to_string());
    Step::new(workspace, "push")
        .lab(lab)
        .input("template", "lost.json")
        .input("comment", "never")
        .env("AMI_BUILD_MACHINE_TIMER", "10s")
        .without_post()
}

/// A sweep on another runner, hours later: what is wrong after it.
fn swept(lab: &Lab) -> Vec<String> {
    lab.heal();
    wait_until("calls that were under way to take effect", || {
        lab.calls().iter().all(|call| call.answered).then_some(())
    });
    lab.let_deadlines_pass();
    let workspace = Workspace::with_fixtures();
    let result = Step::new(&workspace, "schedule")
        .lab(lab)
        .input("command", "sweep")
        .input("regions", "us-east-1")
        .run();
    // A build that declared its image finished lives on in it.
    let account = lab.account_at_rest();
    let things = ["images", "snapshots"].map(|kind| account.all(kind));
    let is_kept = |thing: &Value| thing["tags"]["ami-build:deadline"] == "kept";
    let left = match things.concat().iter().any(is_kept) {
        true => Left::Images(1),
        false => Left::Nothing,
    };
    let mut wrong = vec![account.differs_from(left)];
    if result.main().code() != 0 {
        wrong.push("the sweep failed".to_owned());
    }
    wrong.retain(|text| !text.is_empty());
    if !wrong.is_empty() {
        wrong.push(result.main().log());
    }
    wrong
}

#[test]
fn what_a_kill_at_any_call_leaves_goes_with_a_sweep_alone() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    step(&workspace, &lab, &[SET]).run().main().expect_code(0);
    let calls = Sweep {
        from: 1,
        to: lab.calls().len(),
    };
    sweep(calls, |number, lab| {
        let workspace = Workspace::with_fixtures();
        // What is under way when the kill comes takes effect after it.
        lab.faults(&json!([{"kind": "delay", "seconds": 0.3, "call_number": number}]));
        step(&workspace, lab, &[SET])
            .kill_at_call(number, lab)
            .run();
        swept(lab)
    });
}

#[test]
fn the_machine_of_a_lost_runner_ends_itself_and_a_sweep_removes_the_rest() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    step(&workspace, &lab, &[SET, "sleep 100"])
        .kill_on("the timer is set")
        .run()
        .main()
        .expect_code(137);
    assert_eq!(lab.account().all("instances").len(), 1);
    wait_until("the machine to end itself", || {
        lab.account().all("instances").is_empty().then_some(())
    });
    assert_eq!(lab.count("TerminateInstances"), 0);
    assert_eq!(lab.account().all("security_groups").len(), 1);
    assert_eq!(swept(&lab), Vec::<String>::new());
}

#[test]
fn an_image_that_was_being_declared_finished_when_the_job_was_cancelled_goes_with_a_sweep() {
    let marks = |call: &Call| {
        call.action == "CreateTags" && call.parameters.to_string().contains("\"kept\"")
    };
    // How often a build looks before it depends on the load: a cancel at another call is no case of this one.
    for _ in 0..5 {
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        step(&workspace, &lab, &["true"])
            .run()
            .main()
            .expect_code(0);
        let number = lab.calls().iter().position(marks).unwrap() + 1;
        let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
        // The machine outlives the process, which therefore leaves the snapshot.
        lab.settings(&json!({ "shutting_down": 80 }));
        lab.faults(&json!([{"kind": "delay", "seconds": 0.3, "call_number": number}]));
        let result = step(&workspace, &lab, &["true"])
            .cancel_at_call(number, &lab)
            .run();
        if !lab.calls().get(number - 1).is_some_and(marks) {
            continue;
        }
        result
            .main()
            .expect_code(1)
            .expect_text("Deregistering the AMI");
        assert_eq!(swept(&lab), Vec::<String>::new());
        lab.account_at_rest().assert_holds(Left::Nothing);
        return;
    }
    panic!("no cancel came at the call that was meant");
}
