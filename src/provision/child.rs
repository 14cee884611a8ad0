//! One local process: its output line by line, its end, and its end before its time.

use std::io;
use std::process::Stdio;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use super::{Attempt, ChildEnding, LineSplitter, ProvisionContext};

/// Of one read.
const BUFFER: usize = 16 * 1024;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChildExit {
    /// By itself, or by a signal that was not ours, which counts as -1 as in Go.
    Status(i32),
    /// By us.
    Cancelled,
}

/// Runs `command`, program first, without standard input.
pub(super) async fn run(
    command: &[String],
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> io::Result<ChildExit> {
    let mut child = spawn(command, cx)?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let shown = async {
        tokio::join!(
            show(out, |line| cx.ui.message(line)),
            show(err, |line| cx.ui.error(line))
        );
    };
    let mut shown = std::pin::pin!(shown);
    // Both outputs end when the last descendant has closed them: that, and not the script's own end, is what Packer awaits.
    tokio::select! {
        biased;
        _ = attempt.cancelled() => {
            kill(&mut child, cx.child_ending).await;
            shown.await;
            return Ok(ChildExit::Cancelled);
        }
        () = &mut shown => {}
    }
    tokio::select! {
        biased;
        status = child.wait() => Ok(ChildExit::Status(status?.code().unwrap_or(-1))),
        _ = attempt.cancelled() => {
            kill(&mut child, cx.child_ending).await;
            Ok(ChildExit::Cancelled)
        }
    }
}

fn spawn(command: &[String], cx: &ProvisionContext) -> io::Result<Child> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(&cx.child_environment)
        .current_dir(&cx.working_directory);
    command.env("PACKER_BUILD_NAME", &cx.build_name);
    command.env("PACKER_BUILDER_TYPE", &cx.builder_kind);
    command.env("PACKER_RUN_UUID", &cx.run_uuid);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if cx.child_ending == ChildEnding::KillDescendants {
        command.process_group(0);
    }
    command.spawn()
}

async fn kill(child: &mut Child, ending: ChildEnding) {
    let group = child.id().and_then(|id| i32::try_from(id).ok());
    match (ending, group) {
        (ChildEnding::KillDescendants, Some(group)) => {
            _ = killpg(Pid::from_raw(group), Signal::SIGKILL)
        }
        _ => drop(child.start_kill()),
    }
    let _reaped = child.wait().await;
}

async fn show(output: Option<impl AsyncRead + Unpin>, mut line: impl FnMut(&str)) {
    let Some(mut output) = output else { return };
    let mut splitter = LineSplitter::default();
    let mut buffer = vec![0; BUFFER];
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        splitter.push(&buffer[..count], &mut line);
    }
    splitter.finish(line);
}
