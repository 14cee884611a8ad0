//! The machine's own timer: it ends the machine of a build that was killed, and nobody else's.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Lab, Left, Run, Running, Workspace, wait_until};

/// As short as it may be.
const LIFETIME: &str = "10s";
/// Longer than that.
const OUTLIVE: &str = "sleep 16";
/// Ends once the machine has its timer.
const SET: &str =
    "while [ ! -s /run/ami-build-timer/kept ]; do sleep 0.1; done; echo the timer is set";

fn shell(inline: &[&str]) -> Value {
    json!({ "type": "shell", "inline": inline })
}

/// `slow.json` with other provisioners, and more keys for its builder.
fn workspace(provisioners: &Value, builder: &Value) -> Workspace {
    let workspace = Workspace::with_fixtures();
    let mut template: Value = serde_json::from_str(&workspace.read("slow.json")).unwrap();
    template["provisioners"] = provisioners.clone();
    for (key, value) in builder.as_object().unwrap() {
        template["builders"][0][key] = value.clone();
    }
    workspace.write("timer.json", &template.to_string());
    workspace
}

fn build<'a>(workspace: &'a Workspace, lab: &Lab) -> Run<'a> {
    Run::new(workspace, &["build", "timer.json"])
        .lab(lab)
        .env("AMI_BUILD_MACHINE_TIMER", LIFETIME)
}

/// The image of a build, whose machine wrote nothing of the timer to its disk.
fn image_without_traces(lab: &Lab) -> String {
    let account = lab.account_at_rest();
    account.assert_holds(Left::Images(1));
    let image = account.ids("images").remove(0);
    let tree = lab.tree(&image);
    assert!(
        tree.iter().any(|path| path.starts_with("/etc/")),
        "{tree:?}"
    );
    let traces = ["ami-build", "nologin", "_history", "systemd/system/"];
    let left = tree
        .iter()
        .filter(|path| traces.iter().any(|trace| path.contains(trace)));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<&String>::new());
    image
}

fn kill(running: Running) {
    running.signal(Signal::SIGKILL);
    assert_eq!(running.finish().code, None);
}

#[test]
fn the_machine_of_a_killed_build_ends_itself_and_settle_removes_the_rest() {
    let lab = Lab::new();
    let workspace = workspace(&json!([shell(&[SET, "sleep 100"])]), &json!({}));
    let running = build(&workspace, &lab).start();
    running.wait_for("the timer is set");
    kill(running);
    assert_eq!(lab.account().all("instances").len(), 1);
    wait_until("the machine to end itself", || {
        lab.account().all("instances").is_empty().then_some(())
    });
    assert_eq!(lab.count("TerminateInstances"), 0);
    let journal = workspace.journals().remove(0);
    Run::new(&workspace, &["settle", journal.to_str().unwrap()])
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_provisioner_that_outlives_the_timer_is_left_alone_and_the_image_knows_nothing_of_it() {
    let lab = Lab::new();
    let workspace = workspace(&json!([shell(&[SET, OUTLIVE])]), &json!({}));
    build(&workspace, &lab)
        .finish()
        .expect_code(0)
        .expect_no_text("timer could not");
    image_without_traces(&lab);
}

#[test]
fn no_process_of_the_timer_runs_when_the_machine_is_frozen() {
    let lab = Lab::new();
    // It looks once the provisioners are over, and then stops the machine, as such templates do.
    let watch = "while [ -e /run/ami-build-timer ]; do sleep 0.1; done\nps -eo args | grep -c '[a]mi-build-timer' >/opt/processes\npoweroff";
    let start = [
        SET,
        &format!("sudo tee /opt/watch >/dev/null <<'END'\n{watch}\nEND"),
        "sudo setsid sh /opt/watch </dev/null >/dev/null 2>&1 &",
    ];
    let workspace = workspace(
        &json!([shell(&start)]),
        &json!({ "disable_stop_instance": true }),
    );
    build(&workspace, &lab)
        .finish()
        .expect_code(0)
        .expect_no_text("could not be called off");
    let image = image_without_traces(&lab);
    assert_eq!(lab.file(&image, "/opt/processes").as_deref(), Some("0\n"));
}

#[test]
fn a_machine_without_sudo_is_told_and_built() {
    let lab = Lab::new();
    let workspace = workspace(
        &json!([shell(&["sleep 3"])]),
        &json!({ "user_data": "#!/bin/sh\nrm /etc/sudoers.d/*\n" }),
    );
    let finished = build(&workspace, &lab).finish().expect_code(0);
    let told = finished
        .output
        .matches("The machine has no timer of its own: its user is not root");
    assert_eq!(told.count(), 1, "{}", finished.output);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn a_machine_that_a_provisioner_reboots_gets_its_timer_again() {
    let lab = Lab::new();
    let reboot = json!({ "type": "shell", "inline": [SET, "sudo reboot; sleep 60"], "expect_disconnect": true, "skip_clean": true });
    let after = json!({ "type": "shell", "inline": [SET, "echo and set again", "sleep 100"], "pause_before": "2s" });
    let workspace = workspace(&json!([reboot, after]), &json!({}));
    let running = build(&workspace, &lab).start();
    running.wait_for("and set again");
    kill(running);
    wait_until("the machine to end itself", || {
        lab.account().all("instances").is_empty().then_some(())
    });
}

#[test]
fn a_provisioner_may_take_sudo_away_and_kill_all_that_its_user_runs() {
    let lab = Lab::new();
    let harden = json!({
        "type": "shell",
        "inline": [SET, "sudo sh -c 'rm /etc/sudoers.d/*; setsid pkill -KILL -u ubuntu'; sleep 60"],
        "expect_disconnect": true,
        "skip_clean": true
    });
    let workspace = workspace(&json!([harden, shell(&[OUTLIVE])]), &json!({}));
    build(&workspace, &lab)
        .finish()
        .expect_code(0)
        .expect_no_text("no timer");
    image_without_traces(&lab);
}

#[test]
fn sudo_that_wants_a_terminal_gets_the_templates() {
    let lab = Lab::new();
    let only_with_tty = "#!/bin/sh\necho 'Defaults requiretty' >/etc/sudoers.d/00-tty\n";
    let workspace = workspace(
        &json!([shell(&[SET, OUTLIVE])]),
        &json!({ "user_data": only_with_tty, "ssh_pty": true }),
    );
    build(&workspace, &lab).finish().expect_code(0);
    image_without_traces(&lab);
}

#[test]
fn a_machine_that_is_kept_for_somebody_to_look_at_does_not_end_itself() {
    let lab = Lab::new();
    let workspace = workspace(&json!([shell(&[SET, "exit 4"])]), &json!({}));
    let finished = Run::new(&workspace, &["build", "-on-error=abort", "timer.json"])
        .lab(&lab)
        .env("AMI_BUILD_MACHINE_TIMER", LIFETIME)
        .finish();
    finished
        .expect_code(1)
        .expect_no_text("could not be called off");
    let begin = std::time::Instant::now();
    wait_until("its time to be over", || {
        (begin.elapsed().as_secs() > 15).then_some(())
    });
    assert_eq!(lab.account().all("instances").len(), 1);
    let journal = workspace.journals().remove(0);
    Run::new(&workspace, &["settle", journal.to_str().unwrap()])
        .lab(&lab)
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_script_that_powers_the_machine_off_leaves_a_machine_to_make_an_image_of() {
    let lab = Lab::new();
    let off = "sudo sh -c '(sleep 1; poweroff) >/dev/null 2>&1 &'";
    let workspace = workspace(&json!([shell(&[SET, off])]), &json!({}));
    build(&workspace, &lab).finish().expect_code(0);
    image_without_traces(&lab);
    let launch = lab
        .calls()
        .into_iter()
        .find(|call| call.action == "RunInstances" && call.parameters["DryRun"] != "true");
    let behavior = &launch.unwrap().parameters["InstanceInitiatedShutdownBehavior"];
    assert_eq!(behavior, "stop");
}

#[test]
fn the_timer_can_be_switched_off_and_a_lifetime_that_makes_no_sense_is_refused() {
    let lab = Lab::new();
    let workspace = workspace(
        &json!([shell(&["sleep 2", "test ! -e /run/ami-build-timer"])]),
        &json!({}),
    );
    build(&workspace, &lab)
        .env("AMI_BUILD_MACHINE_TIMER", "2s")
        .finish()
        .expect_code(1)
        .expect_text("`AMI_BUILD_MACHINE_TIMER` is `2s`; it takes a duration of at least 10 seconds such as `30m`, or `off`");
    assert_eq!(lab.calls().len(), 0);
    build(&workspace, &lab)
        .env("AMI_BUILD_MACHINE_TIMER", "off")
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
}
