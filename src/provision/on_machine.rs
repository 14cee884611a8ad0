//! What every provisioner does on a machine: put bytes there, run a command and show what it prints, try again.

use std::time::Duration;

use tokio::time::Instant;

use crate::remote::{Exit, Output, Remote, RemoteError, Upload};
use crate::template::duration::GoDuration;

use super::{LineSplitter, Machine, ProvisionContext, ProvisionError};

/// Packer's wait between two tries to upload and start a script.
pub(super) const RETRY_EVERY: Duration = Duration::from_secs(2);

/// What Packer's communicator gives as the status of a command during which the connection went.
const DISCONNECTED: i64 = 2_300_218;

/// Uploads `bytes` with `mode`.
pub(super) async fn put<R: Remote>(
    machine: &mut Machine<'_, R>,
    (bytes, mode): (&[u8], u32),
    path: &str,
    doing: &'static str,
) -> Result<(), ProvisionError> {
    let Machine::Reached(remote) = machine else {
        return Err(ProvisionError::NoMachine {
            doing,
            call: "Upload",
        });
    };
    remote
        .upload(&Upload::Bytes(bytes.to_vec(), mode), path)
        .await
        .map_err(|cause| ProvisionError::Remote { doing, cause })
}

/// Runs one command and shows what it prints, line by line.
pub(super) async fn show<R: Remote>(
    machine: &mut Machine<'_, R>,
    command: &str,
    cx: &ProvisionContext,
) -> Result<Exit, RemoteError> {
    show_and_keep(machine, command, cx)
        .await
        .map(|(exit, _)| exit)
}

/// The longest output that is kept: more than any answer that is looked into.
const KEPT: usize = 64 * 1024;

/// The same, and gives the standard output as well, up to 64 KiB of it.
pub(super) async fn show_and_keep<R: Remote>(
    machine: &mut Machine<'_, R>,
    command: &str,
    cx: &ProvisionContext,
) -> Result<(Exit, Vec<u8>), RemoteError> {
    let Machine::Reached(remote) = machine else {
        return Ok((Exit::Status(0), Vec::new()));
    };
    let (mut out, mut err) = (LineSplitter::default(), LineSplitter::default());
    let mut kept = Vec::new();
    let exit = remote
        .run(command, &mut |piece| match piece {
            Output::Stdout(bytes) => {
                kept.extend_from_slice(&bytes[..bytes.len().min(KEPT - kept.len())]);
                out.push(&bytes, |line| cx.ui.message(line));
            }
            Output::Stderr(bytes) => err.push(&bytes, |line| cx.ui.error(line)),
        })
        .await;
    out.finish(|line| cx.ui.message(line));
    err.finish(|line| cx.ui.error(line));
    exit.map(|exit| (exit, kept))
}

/// The status as Packer counts it.
pub(super) fn status(exit: Exit) -> i64 {
    match exit {
        Exit::Status(status) => i64::from(status),
        Exit::Disconnected => DISCONNECTED,
    }
}

/// Fails where the script ended with none of the statuses that are allowed.
pub(super) fn check_status(exit: Exit, allowed: &[i64]) -> Result<(), ProvisionError> {
    let status = status(exit);
    if allowed.contains(&status) {
        return Ok(());
    }
    Err(ProvisionError::Status {
        status,
        allowed: allowed.to_vec(),
        line: None,
    })
}

/// Waits before the next try; gives the error back where there is none, for lack of time or of hope.
pub(super) async fn again(
    error: ProvisionError,
    (every, deadline): (Duration, Instant),
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let hopeless = matches!(
        error,
        ProvisionError::NoMachine { .. }
            | ProvisionError::Remote {
                cause: RemoteError::Local { .. },
                ..
            }
    );
    if hopeless || Instant::now() + every > deadline {
        return Err(error);
    }
    log::debug!("{error}; next try in {every:?}");
    cx.stop
        .sleep(every)
        .await
        .map_err(|_| ProvisionError::Cancelled)
}

/// `pause_after`.
pub(super) async fn pause_after(
    pause: GoDuration,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    if pause.is_zero() {
        return Ok(());
    }
    cx.ui
        .say(&format!("Pausing {pause} after this provisioner..."));
    cx.stop
        .sleep(pause.to_std())
        .await
        .map_err(|_| ProvisionError::Cancelled)
}
