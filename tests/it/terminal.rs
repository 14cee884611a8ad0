//! `build` at a terminal, or in front of somebody who stopped reading: pauses, questions, signals.

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Lab, Left, Run, Terminal, Workspace, wait_until};

/// What has to happen after a signal, with time for a slow machine.
const PATIENCE: Duration = Duration::from_secs(8);

const FAILING: &str = r#"{
  "builders": [{ "type": "null", "communicator": "none" }],
  "provisioners": [
    { "type": "shell-local", "inline": ["echo one"] },
    { "type": "shell-local", "inline": ["test -e mended"] }
  ],
  "error-cleanup-provisioner": { "type": "shell-local", "inline": ["echo cleaning"] }
}"#;

#[test]
fn debug_pauses_before_every_provisioner_and_around_every_step() {
    let workspace = Workspace::with("t.json", FAILING);
    workspace.write("mended", "");
    let mut terminal = Terminal::start(&Run::new(&workspace, &["build", "-debug", "t.json"]));
    for pause in [
        "after run of step 'StepConnect'",
        "before the next provisioner ",
        "before the next provisioner ",
        "after run of step 'StepProvision'",
        "before cleanup of step 'StepProvision'",
        "before cleanup of step 'StepConnect'",
    ] {
        terminal.wait_for(&format!(
            "==> null: Pausing {pause}. Press enter to continue. "
        ));
        terminal.enter("");
    }
    terminal.finish().expect_code(0).expect_text("null: one");
}

#[test]
fn a_tool_may_ask_for_a_password_at_the_terminal() {
    let template = r#"{
      "builders": [{ "type": "null", "communicator": "none" }],
      "provisioners": [
        { "type": "ansible", "playbook_file": "t.json", "command": "./ask", "skip_version_check": true }
      ]
    }"#;
    let workspace = Workspace::with("t.json", template);
    // As `getpass` does it.
    let script = "#!/bin/sh\nstty -echo </dev/tty\nprintf 'Vault password: ' >/dev/tty\nread -r word </dev/tty\nstty echo </dev/tty\necho \"got $word\"\n";
    workspace.write("ask", script);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(workspace.path().join("ask"), executable).unwrap();
    let mut terminal = Terminal::start(&Run::new(&workspace, &["build", "t.json"]));
    terminal.wait_for("Vault password: ").enter("word");
    terminal
        .finish()
        .expect_code(0)
        .expect_text("null: got word");
}

#[test]
fn without_a_terminal_nothing_pauses_and_nothing_asks() {
    let workspace = Workspace::with("t.json", FAILING);
    Run::new(&workspace, &["build", "-debug", "-on-error=ask", "t.json"])
        .finish()
        .expect_code(1)
        .expect_text("Step \"StepProvision\" failed")
        .expect_text("null: cleaning")
        .expect_no_text("Pausing")
        .expect_no_text("[c] Clean up");
}

#[test]
fn a_failed_provisioner_is_asked_about_retried_and_given_up() {
    let workspace = Workspace::with("t.json", FAILING);
    let mut terminal =
        Terminal::start(&Run::new(&workspace, &["build", "-on-error=ask", "t.json"]));
    let question = "[r] retry step (build may fail even if retry succeeds)? ";
    terminal.wait_for(question).enter("what");
    terminal.wait_for("Incorrect input: \"what\"");
    terminal.wait_for(question).enter("r");
    terminal.wait_for(question);
    workspace.write("mended", "");
    terminal.enter("retry");
    terminal.finish().expect_code(0);

    std::fs::remove_file(workspace.path().join("mended")).unwrap();
    let mut terminal =
        Terminal::start(&Run::new(&workspace, &["build", "-on-error=ask", "t.json"]));
    terminal.wait_for(question).enter("a");
    terminal
        .finish()
        .expect_code(1)
        .expect_no_text("cleaning")
        .expect_text("Step \"StepProvision\" failed, aborting...")
        .expect_text("aborted: skipping cleanup of step \"StepConnect\"");
}

#[test]
fn a_stop_ends_a_pause_and_the_build_in_it() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let mut terminal =
        Terminal::start(&Run::new(&workspace, &["build", "-debug", "slow.json"]).lab(&lab));
    for _ in 0..5 {
        terminal.wait_for("Press enter to continue. ").enter("");
    }
    // The machine runs, and its key lies in a file.
    terminal.wait_for("Pausing after run of step 'StepRunSourceInstance'");
    assert!(workspace.read("ec2_slow.pem").contains("PRIVATE KEY"));
    terminal.press_ctrl_c();
    let begin = Instant::now();
    terminal
        .finish()
        .expect_code(1)
        .expect_text("Cleanly cancelled");
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
    assert!(!workspace.path().join("ec2_slow.pem").exists());
    for journal in workspace.journals() {
        let journal = journal.display().to_string();
        Run::new(&workspace, &["settle", &journal])
            .lab(&lab)
            .finish()
            .expect_code(0);
    }
    lab.account_at_rest().assert_holds(Left::Nothing);
}

/// A shell's child, so that the script is not replaced by it and hears of the end.
fn endless(place: &str) -> String {
    let script = r#"{ "type": "shell-local", "inline": ["echo it runs", "sleep 60; true"] }"#;
    let (provisioners, post_processors) = match place {
        "provisioners" => (script, ""),
        _ => ("", script),
    };
    format!(
        r#"{{ "builders": [{{ "type": "null", "communicator": "none" }}],
             "provisioners": [{provisioners}], "post-processors": [{post_processors}] }}"#
    )
}

#[test]
fn a_signal_during_a_provisioner_or_a_post_processor_cancels_the_build() {
    for place in ["provisioners", "post-processors"] {
        for (signal, word) in [
            (Signal::SIGINT, "interrupt"),
            (Signal::SIGTERM, "terminated"),
        ] {
            let workspace = Workspace::with("t.json", &endless(place));
            // As a terminal does it, everything that runs in front gets the signal.
            let running = Run::new(&workspace, &["build", "t.json"])
                .in_a_group()
                .start();
            running.wait_for("it runs").signal_group(signal);
            let begin = Instant::now();
            running
                .finish()
                .expect_code(1)
                .expect_text(&format!("Cancelling build after receiving {word}"))
                .expect_text("Cleanly cancelled builds after being interrupted.")
                .expect_no_text("Builds finished");
            assert!(begin.elapsed() < PATIENCE, "{place}: {:?}", begin.elapsed());
        }
    }
}

#[test]
fn a_reader_who_stalls_holds_up_neither_the_stop_nor_the_cleaning_up() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let local = r#""provisioners": [{ "type": "shell-local", "inline": ["yes 'nobody reads this' | head -c 3000000 &", "sleep 2; touch started", "sleep 60"] },"#;
    let noisy = workspace
        .read("slow.json")
        .replace(r#""provisioners": ["#, local);
    workspace.write("noisy.json", &noisy);
    let child = Run::new(&workspace, &["build", "noisy.json"])
        .lab(&lab)
        .start_unread();
    wait_until("the machine", || {
        (lab.count("RunInstances") > 0).then_some(())
    });
    let started = workspace.path().join("started");
    wait_until("the script", || started.exists().then_some(()));
    let pid = i32::try_from(child.id()).unwrap();
    let child = RefCell::new(child);
    kill(Pid::from_raw(pid), Signal::SIGINT).unwrap();
    let begin = Instant::now();
    let status = wait_until("the end", || child.borrow_mut().try_wait().unwrap());
    assert_eq!(status.code(), Some(1));
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
    for journal in workspace.journals() {
        let journal = journal.display().to_string();
        Run::new(&workspace, &["settle", &journal])
            .lab(&lab)
            .finish()
            .expect_code(0);
    }
    lab.account_at_rest().assert_holds(Left::Nothing);
}
