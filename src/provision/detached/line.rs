//! One command to the keeper, given up where the machine stays silent.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::remote::{Exit, Output, Remote, RemoteError};

use super::super::{Machine, ProvisionError};

/// The keeper says something every few seconds at most; a line that is silent for so long is dead, whatever TCP thinks.
const SILENCE: Duration = Duration::from_secs(30);

/// Before the first word: a slow login is waited for elsewhere, up to 45 seconds.
const FIRST_WORD: Duration = Duration::from_secs(75);

/// Runs `command` and hands out what it prints. Its error output is nobody's business.
pub(super) async fn ask<R: Remote>(
    machine: &mut Machine<'_, R>,
    command: &str,
    hear: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<i32, RemoteError> {
    let Machine::Reached(remote) = machine else {
        return Ok(0);
    };
    let silent_from = Mutex::new(Instant::now() + FIRST_WORD);
    let mut listen = |piece| {
        *silent_from.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + SILENCE;
        match piece {
            Output::Stdout(bytes) => hear(&bytes),
            Output::Stderr(bytes) => {
                log::debug!("the keeper: {}", String::from_utf8_lossy(&bytes).trim_end());
            }
        }
    };
    let silence = async {
        loop {
            let from = *silent_from.lock().unwrap_or_else(PoisonError::into_inner);
            if Instant::now() >= from {
                return;
            }
            sleep_until(from).await;
        }
    };
    let broken = |doing: &str| RemoteError::Disconnected {
        doing: doing.to_owned(),
        source: None,
    };
    tokio::select! {
        biased;
        exit = remote.run(command, &mut listen) => match exit? {
            Exit::Status(status) => Ok(status),
            Exit::Disconnected => Err(broken("a script ran")),
        },
        () = silence => Err(broken("waiting for a sign of life of the machine")),
    }
}

/// Whether it is a machine that only pretends: nothing runs there, and nothing is answered.
pub(super) fn pretends<R: Remote>(machine: &Machine<'_, R>) -> bool {
    matches!(machine, Machine::Reached(remote) if remote.pretends())
}

/// An error that no further try helps against.
pub(super) fn failed(cause: RemoteError) -> ProvisionError {
    ProvisionError::Remote {
        doing: "Error following the script",
        cause,
    }
}
