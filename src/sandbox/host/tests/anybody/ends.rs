//! Every way in which a sandbox ends. Nothing of it is left.

use std::os::unix::process::CommandExt as _;

use super::*;
use crate::stop::{StopHandle, StopReason};

async fn with_a_process(mark: &str) -> Option<HostSandbox> {
    let sandbox = open(&order()).await?;
    let mut remote = sandbox.connect().await.unwrap();
    let command = format!("(trap '' TERM HUP INT; setsid sleep {mark} >/dev/null 2>&1 &)");
    said(&mut remote, &command).await;
    let sleeping = format!("sleep\0{mark}");
    for _ in 0..500 {
        if processes(&sleeping) == 1 {
            return Some(sandbox);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not start");
}

#[tokio::test]
async fn a_closed_sandbox_leaves_no_process_and_no_mount() {
    let mark = mark();
    // Tests of the other sandbox make containers meanwhile, whose engine mounts here.
    let mounts = || {
        let all = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        let others = |line: &&str| !line.contains("/docker/") && !line.contains("/overlay2/");
        let lines = all.lines().filter(others).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    let before = mounts();
    let Some(sandbox) = with_a_process(&mark).await else {
        return;
    };
    assert_eq!(mounts(), before, "mounts are its own while it is there");
    let mut remote = sandbox.connect().await.unwrap();
    sandbox.close().await;
    assert_eq!(processes(&mark), 0);
    let (_, exit) = run(&mut remote, "true").await;
    assert!(matches!(exit, Err(RemoteError::Refused(_))), "{exit:?}");
}

#[tokio::test]
async fn a_dropped_sandbox_leaves_no_process() {
    let mark = mark();
    let Some(sandbox) = with_a_process(&mark).await else {
        return;
    };
    drop(sandbox);
    assert!(gone(&mark).await);
}

#[tokio::test]
async fn a_stop_ends_the_opening() {
    let (handle, stop) = StopHandle::new();
    handle.request(StopReason::Interrupt);
    let opened = HostSandbox::open(&order(), &stop).await;
    assert!(matches!(opened.err(), Some(SandboxError::Stopped)));
}

/// Not a test of its own: the process that is killed.
#[tokio::test]
#[ignore = "waits to be killed by the test that follows"]
async fn holds_a_sandbox() {
    let mark = std::fs::read_to_string("/proc/self/cmdline").unwrap();
    let (_, mark) = mark.split_once("mark-").unwrap();
    let mark = mark.trim_end_matches('\0');
    if with_a_process(mark).await.is_some() {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_sandbox_goes_with_a_process_that_is_killed() {
    let mark = mark();
    let mut holder = Command::new(this_binary())
        .arg0("holder")
        .args([
            "--exact",
            "sandbox::host::tests::anybody::ends::holds_a_sandbox",
        ])
        .args(["--ignored", "--skip", &format!("mark-{mark}")])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begin = std::time::Instant::now();
    let sleeping = format!("sleep\0{mark}");
    while processes(&sleeping) == 0 && begin.elapsed() < Duration::from_secs(20) {
        if holder.try_wait().unwrap().is_some() {
            // This user can have none.
            assert!(open(&order()).await.is_none());
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(gone(&sleeping).await);
}

#[tokio::test]
async fn a_machine_that_is_shut_down_says_so_and_is_not_tried_again() {
    let Some(sandbox) = open(&order()).await else {
        return;
    };
    let mut remote = sandbox.connect().await.unwrap();
    let (_, exit) = run(&mut remote, "sudo poweroff; sleep 100").await;
    let error = exit.unwrap_err();
    assert_eq!(error.to_string(), "the sandbox ended: it was shut down");
    assert!(!error.may_pass());
    let error = sandbox.connect().await.err().unwrap();
    assert!(matches!(error, SandboxError::Ended(_)), "{error}");
    sandbox.close().await;
}
