//! A connection that fails explains itself, and nothing is left of the machine.

use serde_json::json;

use crate::support::{Finished, Lab, Left, Run, Workspace, wait_until};

const CONSOLE: &str = "[    1.234567] cloud-init: the last words of this machine";

/// Starts a build that learns late that its machine runs, lets `act` do something to the machine before, and gives what the
/// build said when it had failed.
fn broken(act: impl Fn(&Lab, &str)) -> Finished {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.settings(&json!({ "console_text": format!("{CONSOLE}\n") }));
    lab.faults(&json!([{"kind": "delay", "action": "DescribeInstances", "seconds": 1.5}]));
    let quick = workspace
        .read("quick.json")
        .replace(r#""ssh_timeout": "20s""#, r#""ssh_timeout": "6s""#);
    workspace.write("quick.json", &quick);
    let running = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .start();
    let machine = wait_until("a machine that runs", || {
        let account = lab.account();
        account
            .all("instances")
            .first()
            .and_then(|machine| machine["id"].as_str().map(str::to_owned))
    });
    act(&lab, &machine);
    let finished = running
        .finish()
        .expect_code(1)
        .expect_text("Error waiting for SSH");
    lab.account_at_rest().assert_holds(Left::Nothing);
    finished
}

#[test]
fn a_refused_login_names_the_key_and_shows_the_console() {
    let finished = broken(|lab, machine| lab.machine(machine, "refuse-login"));
    finished
        .expect_text("ubuntu")
        .expect_text("publickey")
        .expect_text("ed25519")
        .expect_text(CONSOLE);
}

#[test]
fn packets_that_vanish_are_told_from_a_refusal() {
    let finished = broken(|lab, machine| lab.machine(machine, "blackhole"));
    finished
        .expect_text(CONSOLE)
        .expect_text("no answer")
        .expect_no_text("refused");
}

#[test]
fn a_machine_without_sshd_refuses_the_connection() {
    let finished = broken(|lab, machine| lab.machine(machine, "kill-sshd"));
    finished.expect_text("refused").expect_text(CONSOLE);
}

#[test]
fn an_instance_that_stops_meanwhile_is_told_with_its_state_long_before_the_timeout() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let quick = workspace
        .read("quick.json")
        .replace(r#""ssh_timeout": "20s""#, r#""ssh_timeout": "5m""#);
    workspace.write("quick.json", &quick);
    lab.faults(&json!([{"kind": "delay", "action": "DescribeInstances", "seconds": 1.5}]));
    let running = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .start();
    let machine = wait_until("a machine", || lab.account().ids("instances").pop());
    lab.machine(&machine, "kill-sshd");
    running.wait_for("Waiting for SSH to become available");
    lab.heal();
    lab.machine(&machine, "poweroff");
    let finished = running.finish().expect_code(1);
    assert!(
        finished.duration.as_secs() < 40,
        "it took {:?}",
        finished.duration
    );
    finished
        .expect_text("terminated")
        .expect_text("Client.InstanceInitiatedShutdown");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn an_instance_that_does_not_start_is_told_with_ec2s_reason() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.settings(&json!({"launch_failure": "Client.VolumeLimitExceeded"}));
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish();
    finished
        .expect_code(1)
        .expect_text("Client.VolumeLimitExceeded");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_connection_that_breaks_while_a_provisioner_runs_fails_the_build() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let running = Run::new(&workspace, &["build", "slow.json"])
        .lab(&lab)
        .start();
    running.wait_for("the provisioner runs");
    let machine = lab.account().ids("instances").remove(0);
    lab.machine(&machine, "drop-connections");
    running.finish().expect_code(1).expect_text("disconnected");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_type_that_is_sold_out_is_told_as_such() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let code = "InsufficientInstanceCapacity";
    lab.faults(&json!([{"kind": "error", "action": "RunInstances", "status": 500, "code": code}]));
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish();
    finished
        .expect_code(1)
        .expect_text(code)
        .expect_text("Error launching source instance");
    lab.account_at_rest().assert_holds(Left::Nothing);
}
