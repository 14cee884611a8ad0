//! Sandboxes on this machine, by the program that lies beside the tests. What is in `anybody` also runs as an ordinary user.

mod anybody;
mod ordinary_user;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::{HostRemote, HostSandbox};
use crate::remote::{Exit, Output, Remote as _, RemoteError};
use crate::sandbox::{Limits, Network, Order, SandboxError, SourceHint};
use crate::stop::Stop;

fn order() -> Order {
    Order {
        user: "ubuntu".to_owned(),
        network: Network::Nothing,
        limits: Limits {
            time: Duration::from_secs(120),
            memory: 1 << 30,
            processes: 500,
        },
        source: SourceHint::default(),
    }
}

/// A sandbox, or nothing where this user can have none, which root always can.
async fn open(order: &Order) -> Option<HostSandbox> {
    match HostSandbox::open(order, &Stop::never()).await {
        Ok(sandbox) => Some(sandbox),
        Err(SandboxError::Unavailable { why, .. }) if !nix::unistd::geteuid().is_root() => {
            eprintln!("not here: {why}");
            None
        }
        Err(error) => panic!("{}", crate::error::on_one_line(&error)),
    }
}

/// What a command printed, both outputs, and how it ended.
async fn run(remote: &mut HostRemote, command: &str) -> (String, Result<Exit, RemoteError>) {
    let mut bytes = Vec::new();
    let mut take = |piece| match piece {
        Output::Stdout(piece) | Output::Stderr(piece) => bytes.extend(piece),
    };
    let exit = remote.run(command, &mut take).await;
    (String::from_utf8_lossy(&bytes).into_owned(), exit)
}

/// What a command printed that went well.
async fn said(remote: &mut HostRemote, command: &str) -> String {
    let (text, exit) = run(remote, command).await;
    assert_eq!(exit.unwrap(), Exit::Status(0), "`{command}`: {text}");
    text
}

/// Processes of this machine whose command line contains `mark`.
fn processes(mark: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines
        .filter(|line| String::from_utf8_lossy(line).contains(mark))
        .count()
}

/// Waits until there is none any more.
async fn gone(mark: &str) -> bool {
    for _ in 0..500 {
        if processes(mark) == 0 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// The test binary, to be run again as another process.
fn this_binary() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// A number that no other test has.
fn mark() -> String {
    format!("{}", getrandom::u32().unwrap() | 1 << 31)
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script);
    command
}
