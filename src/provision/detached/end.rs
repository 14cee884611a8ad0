//! Ends a script that nobody waits for any more: after a stop, or when its time is over.

use std::time::Duration;

use tokio::time::timeout;

use crate::remote::Remote;

use super::super::{Machine, ProvisionContext};
use super::keeper::stop;
use super::line::{ask, pretends};

/// After a stop the whole program has five seconds.
const AFTER_STOP: Duration = Duration::from_millis(2500);

/// When a script's time is over nothing presses.
const AFTER_TIMEOUT: Duration = Duration::from_secs(20);

/// Ends the script of the keeper at `path`, where it has been started, and says where that was not possible.
pub(in crate::provision) async fn end<R: Remote>(
    path: &str,
    machine: &mut Machine<'_, R>,
    cx: &ProvisionContext,
) {
    if matches!(machine, Machine::None) || pretends(machine) {
        return;
    }
    let limit = if cx.stop.requested().is_some() {
        AFTER_STOP
    } else {
        AFTER_TIMEOUT
    };
    let command = stop(path);
    let ended = timeout(limit, ask(machine, &command, &mut |_| ())).await;
    if !matches!(ended, Ok(Ok(0))) {
        cx.ui.error(
            "The machine could not be reached to end the script there: it may go on until the machine ends.",
        );
    }
}
