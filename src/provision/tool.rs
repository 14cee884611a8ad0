//! A tool of the user's that works for us, such as `ansible-playbook`: its output as messages, its words where it fails.

use std::future::Future;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgid};
use tokio::process::{Child, Command};

use super::child::show;
use super::{Attempt, ProvisionContext};
use crate::report::prompt;

/// How long a tool may tidy up after SIGTERM. The runner leaves ten seconds for everything, the machine's end included.
const GRACE: Duration = Duration::from_secs(2);

/// What the output of an ended tool may still bring: a descendant that outlives it may hold the output open for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What runs.
pub(super) struct Tool<'a> {
    /// Found on the PATH, unless it has a slash.
    pub(super) program: &'a str,
    pub(super) arguments: &'a [String],
    /// `NAME=value`, above what every child gets; the last of a name counts.
    pub(super) environment: &'a [String],
}

/// A tool that did not succeed. Packer's words, which are Go's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    /// It is not there.
    #[error("exec: \"{program}\": executable file not found in $PATH")]
    NotFound {
        /// Its name.
        program: String,
    },
    /// It could not be started.
    #[error("cannot start `{program}`: {cause}")]
    Start {
        /// Its name.
        program: String,
        /// The system's words.
        cause: io::Error,
    },
    /// It failed.
    #[error("Non-zero exit status: {0}")]
    Failed(String),
    /// The time is over, or a stop was asked for.
    #[error("context canceled")]
    Cancelled,
}

/// Runs `tool` to its end, without standard input. Both its outputs are messages, line by line.
pub(super) async fn run(
    tool: &Tool<'_>,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), ToolError> {
    let mut child = spawn(tool, cx).map_err(|cause| {
        let program = tool.program.to_owned();
        if cause.kind() == io::ErrorKind::NotFound {
            ToolError::NotFound { program }
        } else {
            ToolError::Start { program, cause }
        }
    })?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let mut running = Running(Some(child));
    let shown = async {
        tokio::join!(
            show(out, |line| cx.ui.message(line)),
            show(err, |line| cx.ui.message(line))
        );
    };
    let mut shown = std::pin::pin!(shown);
    tokio::select! {
        biased;
        _ = attempt.cancelled() => {
            end_aloud(&mut running, shown).await;
            return Err(ToolError::Cancelled);
        }
        () = &mut shown => {}
    }
    let status = tokio::select! {
        biased;
        _ = attempt.cancelled() => {
            running.end().await;
            return Err(ToolError::Cancelled);
        }
        status = running.wait() => status,
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(ToolError::Failed(in_gos_words(status))),
        Err(cause) => Err(ToolError::Start {
            program: tool.program.to_owned(),
            cause,
        }),
    }
}

/// Ends the tool while what it still says is shown.
async fn end_aloud(running: &mut Running, mut shown: Pin<&mut impl Future<Output = ()>>) {
    let mut silent = false;
    let mut ending = std::pin::pin!(running.end());
    loop {
        tokio::select! {
            () = &mut ending => break,
            () = &mut shown, if !silent => silent = true,
        }
    }
    if !silent {
        let _more = tokio::time::timeout(LAST_WORDS, shown).await;
    }
}

fn spawn(tool: &Tool<'_>, cx: &ProvisionContext) -> io::Result<Child> {
    let extra = tool
        .environment
        .iter()
        .filter_map(|variable| variable.split_once('='));
    let mut command = Command::new(tool.program);
    command
        .args(tool.arguments)
        .env_clear()
        .envs(&cx.child_environment)
        .env("PACKER_RUN_UUID", &cx.run_uuid)
        .envs(extra)
        .current_dir(&cx.working_directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Where we end before its grace is over.
        .kill_on_drop(true);
    // Ansible may ask for a password at a terminal (`--ask-vault-pass`). The kernel stops whoever does so in a group of its own,
    // without a word; a Ctrl-C reaches the tool and all its children there in any case.
    if !prompt::has_terminal() {
        // It starts workers and ssh clients: all of them are ended together.
        command.process_group(0);
    }
    command.spawn()
}

/// As Go prints a process's state.
fn in_gos_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => {
            let name = Signal::try_from(signal).map_or("unknown", Signal::as_str);
            format!("signal: {name}")
        }
        (None, None) => "unknown".to_owned(),
    }
}

/// A tool at work. Where it is dropped before its end, as a stop drops a whole build, it is ended behind our back.
struct Running(Option<Child>);

impl Running {
    async fn wait(&mut self) -> io::Result<ExitStatus> {
        let child = self.0.as_mut().ok_or(io::ErrorKind::NotFound)?;
        let status = child.wait().await;
        // Its number may soon be somebody else's.
        self.0 = None;
        status
    }

    async fn end(&mut self) {
        if let Some(child) = self.0.take() {
            end(child).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = self.0.take() {
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(end(child))),
                Err(_) => signal(&child, Signal::SIGKILL),
            }
        }
    }
}

/// SIGTERM first: ansible hands it on to its workers, which are in sessions of their own, and removes its temporary files.
async fn end(mut child: Child) {
    signal(&child, Signal::SIGTERM);
    if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        signal(&child, Signal::SIGKILL);
        let _reaped = child.wait().await;
    }
}

/// To its group where it leads one.
fn signal(child: &Child, signal: Signal) {
    let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) else {
        return;
    };
    let child = Pid::from_raw(id);
    let _already_gone = if getpgid(Some(child)) == Ok(child) {
        killpg(child, signal)
    } else {
        kill(child, signal)
    };
}
