//! Starts a sandbox's keeper and goes with it until commands may come.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::mpsc::UnboundedReceiver;

use super::ids::Ids;
use super::inside::Role;
use super::line::Line;
use super::setup::{Failure, Setup, Showing, Told};
use super::{available, wire};
use crate::sandbox::SandboxError;
use crate::stop::Stop;

/// The longest that one step may take. On an idle machine all of them together take a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(30);

/// A sandbox that takes commands.
pub(super) struct Launched {
    pub(super) keeper: Child,
    /// What serves its files; it ends by itself when nobody sees them any more.
    pub(super) files: Option<Child>,
    /// When it ends, so does the sandbox.
    pub(super) life: UnixStream,
    pub(super) line: Arc<Line>,
    /// The other end of the tunnel's device.
    pub(super) tunnel: Option<OwnedFd>,
    /// What is not as on a real machine.
    pub(super) limits: Vec<String>,
}

/// What came up the line.
pub(super) type News = (Told, Vec<OwnedFd>);

/// Launches one.
pub(super) async fn launch(
    (setup, showing): (&Setup, &Showing),
    ids: &Ids,
    stop: &Stop,
) -> Result<Launched, SandboxError> {
    let (mut keeper, life, ours) = start().map_err(failed("start its keeper"))?;
    let (line, mut news) = Line::new(ours).map_err(failed("listen to its keeper"))?;
    let (mut files, mut tunnel) = (None, None);
    loop {
        match next(&mut news, stop).await? {
            (Told::Apart, _) => {
                let process = keeper.id().unwrap_or_default();
                ids.give(process).map_err(failed("give it its ids"))?;
                // One for the keeper, one for the machine.
                for _ in 0..2 {
                    line.say(setup).map_err(failed("tell it what is wanted"))?;
                }
            }
            (Told::Files, mut device) => {
                let device = device.pop().ok_or(io::ErrorKind::InvalidData.into());
                let shown = device.and_then(|device| show(device, showing));
                files = Some(shown.map_err(failed("show it files"))?);
            }
            (Told::Tunnel, mut files) => tunnel = files.pop(),
            (Told::Ready { limits }, _) => {
                return Ok(Launched {
                    keeper,
                    files,
                    life,
                    line,
                    tunnel,
                    limits,
                });
            }
            (Told::Failed(failure), _) => {
                drop(life);
                let _gone = tokio::time::timeout(PATIENCE, keeper.wait()).await;
                return Err(explain(failure));
            }
            (Told::Ended(reason), _) => return Err(SandboxError::Ended(reason)),
        }
    }
}

async fn next(news: &mut UnboundedReceiver<News>, stop: &Stop) -> Result<News, SandboxError> {
    tokio::select! {
        biased;
        _ = stop.wait() => Err(SandboxError::Stopped),
        told = tokio::time::timeout(PATIENCE, news.recv()) => match told {
            Ok(Some(told)) => Ok(told),
            Ok(None) => Err(SandboxError::Ended("its keeper went while it was made".to_owned())),
            Err(_) => Err(failed("become ready in time")(io::ErrorKind::TimedOut.into())),
        },
    }
}

/// The keeper, the socket that it lives by, and our end of the line.
fn start() -> io::Result<(Child, UnixStream, OwnedFd)> {
    let (ours, theirs) = wire::pair()?;
    let (life, end) = UnixStream::pair()?;
    let keeper = play(
        Role::Keeper,
        None,
        (theirs.into(), OwnedFd::from(end).into()),
    )?;
    Ok((keeper, life, ours))
}

/// Starts this program in one of its parts, with what it is told, its input and its output.
pub(super) fn play(
    role: Role,
    told: Option<String>,
    (input, output): (Stdio, Stdio),
) -> io::Result<Child> {
    Command::new(program())
        .arg0(role.name())
        .args(told)
        .env_clear()
        // A terminal's Ctrl-C is for us alone.
        .process_group(0)
        .current_dir("/")
        .stdin(input)
        .stdout(output)
        .stderr(Stdio::null())
        .spawn()
}

/// This program, whatever became of its file.
#[cfg(not(test))]
fn program() -> std::path::PathBuf {
    std::path::PathBuf::from("/proc/self/exe")
}

/// The program that the tests are of, which lies above them.
#[cfg(test)]
fn program() -> std::path::PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().unwrap().parent().unwrap().join("ami-build")
}

fn show(device: OwnedFd, showing: &Showing) -> io::Result<Child> {
    let told = serde_json::to_string(showing)?;
    play(Role::Files, Some(told), (device.into(), Stdio::null()))
}

fn explain(failure: Failure) -> SandboxError {
    let source = match failure.errno {
        Some(errno) => io::Error::from_raw_os_error(errno),
        None => io::Error::other(failure.reason),
    };
    available::lack(&failure.doing, &source).unwrap_or(SandboxError::Io {
        doing: failure.doing,
        source,
    })
}

/// Names the step that an error belongs to.
pub(super) fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> SandboxError {
    move |source| SandboxError::Io {
        doing: doing.to_owned(),
        source,
    }
}
