//! One local process: its output line by line, its end, and its end before its time.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use super::{Attempt, ChildEnding, LineSplitter, ProvisionContext};

/// Of one read.
const BUFFER: usize = 16 * 1024;

/// What the output of a killed script may still bring. A descendant in a session of its own outlives the kill, and may hold the
/// output open for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long our own signal may come after a script's.
const OWN_SIGNAL: Duration = Duration::from_millis(500);

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
    if attempt.is_spent() {
        return Ok(ChildExit::Cancelled);
    }
    let mut child = spawn(command, cx)?;
    let descendants = Descendants::of(&child, cx.child_ending);
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
            kill(&mut child, descendants).await;
            match cx.child_ending {
                ChildEnding::KillDescendants => drop(tokio::time::timeout(LAST_WORDS, shown).await),
                ChildEnding::AwaitDescendants => shown.await,
            }
            return Ok(ChildExit::Cancelled);
        }
        () = &mut shown => {}
    }
    tokio::select! {
        biased;
        status = child.wait() => {
            descendants.release();
            let status = status?;
            if ended_by_a_signal(status) && heard_one(attempt).await {
                return Ok(ChildExit::Cancelled);
            }
            Ok(ChildExit::Status(status.code().unwrap_or(-1)))
        }
        _ = attempt.cancelled() => {
            kill(&mut child, descendants).await;
            Ok(ChildExit::Cancelled)
        }
    }
}

/// By SIGHUP, SIGINT or SIGTERM, or by a child of its own that was: a shell then ends with 128 and the signal's number.
fn ended_by_a_signal(status: ExitStatus) -> bool {
    let signal = status
        .signal()
        .or_else(|| status.code().map(|code| code - 128));
    matches!(signal, Some(1 | 2 | 15))
}

/// A terminal's Ctrl-C reaches the script as soon as us, and the script may be gone before we have heard of it.
async fn heard_one(attempt: &Attempt) -> bool {
    tokio::time::timeout(OWN_SIGNAL, attempt.cancelled())
        .await
        .is_ok()
}

fn spawn(command: &[String], cx: &ProvisionContext) -> io::Result<Child> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(&cx.child_environment)
        .current_dir(&cx.working_directory);
    // Name and type of the build are in `{{.Vars}}` alone: an `execute_command` without it has neither, as in Packer.
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

async fn kill(child: &mut Child, descendants: Descendants) {
    drop(descendants);
    let _already_gone = child.start_kill();
    let _reaped = child.wait().await;
}

/// The script's process group. It is killed when this is dropped: a stop drops the whole build, and `kill_on_drop` reaches
/// the script alone, not what it started.
struct Descendants(Option<Pid>);

impl Descendants {
    fn of(child: &Child, ending: ChildEnding) -> Self {
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        Self(match ending {
            ChildEnding::KillDescendants => group.map(Pid::from_raw),
            ChildEnding::AwaitDescendants => None,
        })
    }

    /// The script is over, and its number may soon be somebody else's.
    fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for Descendants {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _already_gone = killpg(group, Signal::SIGKILL);
        }
    }
}

/// Shows an output line by line until it ends.
pub(super) async fn show(output: Option<impl AsyncRead + Unpin>, mut line: impl FnMut(&str)) {
    let Some(mut output) = output else { return };
    let mut splitter = LineSplitter::default();
    let mut buffer = vec![0; BUFFER];
    while let Ok(count @ 1..) = output.read(&mut buffer).await {
        splitter.push(&buffer[..count], &mut line);
    }
    splitter.finish(line);
}
