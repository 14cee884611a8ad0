//! The journal, `settle`, and `-on-error`.

use std::path::PathBuf;

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{Lab, Left, Run, Workspace, mode};

/// A build that is killed while its provisioner runs, and its journal.
fn killed(lab: &Lab, workspace: &Workspace) -> PathBuf {
    let running = Run::new(workspace, &["build", "slow.json"])
        .lab(lab)
        .start();
    running
        .wait_for("the provisioner runs")
        .signal(Signal::SIGKILL);
    assert_eq!(running.finish().code, None);
    assert_eq!(lab.account().all("instances").len(), 1);
    let mut journals = workspace.journals();
    assert_eq!(journals.len(), 1, "{journals:?}");
    journals.remove(0)
}

fn settle<'a>(workspace: &'a Workspace, lab: &Lab, journal: &str) -> Run<'a> {
    Run::new(workspace, &["settle", journal]).lab(lab)
}

#[test]
fn settle_removes_what_a_killed_build_left_and_then_the_journal() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let journal = killed(&lab, &workspace);
    settle(&workspace, &lab, journal.to_str().unwrap())
        .finish()
        .expect_code(0)
        .expect_text("gone: instance");
    lab.account_at_rest().assert_holds(Left::Nothing);
    assert!(!journal.exists());
}

#[test]
fn settling_the_directory_twice_is_safe() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let journal = killed(&lab, &workspace);
    let directory = journal.parent().unwrap().to_str().unwrap();
    settle(&workspace, &lab, directory).finish().expect_code(0);
    settle(&workspace, &lab, directory)
        .finish()
        .expect_code(0)
        .expect_text("Nothing to settle");
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn two_settles_at_once_are_safe() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let journal = killed(&lab, &workspace);
    let directory = journal.parent().unwrap().to_str().unwrap();
    let both = [
        settle(&workspace, &lab, directory).start(),
        settle(&workspace, &lab, directory).start(),
    ];
    for running in both {
        running.finish().expect_no_text("panicked");
    }
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn a_journal_is_for_nobody_elses_eyes() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let journal = killed(&lab, &workspace);
    assert_eq!(mode(&journal), 0o600);
    assert_eq!(mode(journal.parent().unwrap()), 0o700);
    let text = std::fs::read_to_string(&journal).unwrap();
    assert!(
        !text.contains(crate::support::SECRET_KEY) && !text.contains("PRIVATE KEY"),
        "{text}"
    );
    let in_workspace = std::fs::read_dir(workspace.path()).unwrap();
    let names = in_workspace.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(
        !names.into_iter().any(|name| name.contains("journal")),
        "a journal is in the working directory"
    );
    settle(&workspace, &lab, journal.to_str().unwrap())
        .finish()
        .expect_code(0);
}

#[test]
fn settle_refuses_the_wrong_account_and_keeps_the_journal() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    let journal = killed(&lab, &workspace);
    let path = journal.to_str().unwrap();
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replace("123456789012", "999999999999")).unwrap();
    settle(&workspace, &lab, path)
        .finish()
        .expect_code(1)
        .expect_text("999999999999")
        .expect_text("123456789012");
    assert_eq!(lab.account().all("instances").len(), 1);
    assert!(journal.exists());
    std::fs::write(&journal, text).unwrap();
    settle(&workspace, &lab, path).finish().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn on_error_abort_keeps_everything_and_the_printed_command_removes_it() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    workspace.write(
        "slow.json",
        &workspace.read("slow.json").replace("sleep 60", "exit 4"),
    );
    let failed = Run::new(&workspace, &["build", "-on-error=abort", "slow.json"])
        .lab(&lab)
        .finish();
    let failed = failed.expect_code(1).expect_text("exit status: 4");
    let account = lab.account();
    assert_eq!(account.all("instances").len(), 1);
    assert_eq!(account.all("key_pairs").len(), 1);
    let deadline = &account.all("instances")[0]["tags"]["ami-build:deadline"];
    assert!(
        deadline.is_string(),
        "the machine has no deadline: {account:?}"
    );
    let printed = failed
        .output
        .lines()
        .find_map(|line| line.split_once("ami-build settle ").map(|(_, path)| path));
    let path = printed
        .unwrap_or_else(|| panic!("no command in:\n{}", failed.output))
        .trim();
    settle(&workspace, &lab, path).finish().expect_code(0);
    lab.account_at_rest().assert_holds(Left::Nothing);
}

#[test]
fn what_cannot_be_removed_is_told_with_its_command_and_fails_the_run() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    lab.faults(&json!([{"kind": "error", "action": "DeleteSecurityGroup", "status": 403, "code": "UnauthorizedOperation"}]));
    let finished = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .finish()
        .expect_code(1);
    let group = lab.account().ids("security_groups").remove(0);
    let command = format!("aws ec2 delete-security-group --group-id {group}");
    assert!(
        finished.output.contains("delete-security-group") && finished.output.contains(&group),
        "no `{command}` in:\n{}",
        finished.output
    );
    lab.heal();
    let journal = workspace.journals().remove(0);
    settle(&workspace, &lab, journal.to_str().unwrap())
        .finish()
        .expect_code(0);
    lab.account_at_rest().assert_holds(Left::Images(1));
}

#[test]
fn a_directory_for_journals_that_cannot_be_written_stops_the_build_before_it_creates_anything() {
    let (lab, workspace) = (Lab::new(), Workspace::with_fixtures());
    // A file in the way stops root too, which permissions do not.
    std::fs::write(workspace.beside("temp").join("ami-build"), "in the way").unwrap();
    let temp = workspace.beside("temp").display().to_string();
    let run = Run::new(&workspace, &["build", "quick.json"])
        .lab(&lab)
        .env("RUNNER_TEMP", &temp);
    run.finish().expect_code(1).expect_text("ami-build");
    assert_eq!(
        lab.count("CreateSecurityGroup") + lab.count("RunInstances"),
        0
    );
    lab.account().assert_holds(Left::Nothing);
}
