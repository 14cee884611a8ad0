//! The time between a lost connection and the next one: how long it is borne, how often it is tried, and what is said.

use std::time::Duration;

use tokio::time::Instant;

use crate::remote::RemoteError;
use crate::report::human;
use crate::report::ui::Progress;
use crate::template::duration::GoDuration;

use super::super::error::in_one_line;
use super::super::{ProvisionContext, ProvisionError};
use super::line::failed;

/// How long a machine may be out of reach. A reboot takes a minute or two, that of bare metal up to ten.
const PATIENCE: Duration = Duration::from_secs(600);

/// The first tries are quick, since most cuts are over at once; later ones spare a machine that boots.
const PACE: [Duration; 7] = [
    Duration::ZERO,
    Duration::from_millis(300),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// An outage that may be going on.
pub(super) struct Outage<'a> {
    cx: &'a ProvisionContext,
    patience: Duration,
    since: Option<Instant>,
    tries: usize,
}

impl<'a> Outage<'a> {
    /// None yet. A template that gives a script longer to start gives the machine as long to come back.
    pub(super) fn none(start_retry_timeout: GoDuration, cx: &'a ProvisionContext) -> Self {
        Self {
            cx,
            patience: PATIENCE.max(start_retry_timeout.to_std()),
            since: None,
            tries: 0,
        }
    }

    /// Waits before the next try; gives up where `cause` is none that time heals, or after too long.
    pub(super) async fn bear(&mut self, cause: RemoteError) -> Result<(), ProvisionError> {
        if !cause.may_pass() {
            return Err(failed(cause));
        }
        let ui = &self.cx.ui;
        let since = *self.since.get_or_insert_with(|| {
            ui.error(&format!(
                "The connection to the machine was lost. The script goes on there; trying to connect again for up to {}.",
                human::duration(self.patience)
            ));
            Instant::now()
        });
        let elapsed = since.elapsed();
        if elapsed >= self.patience {
            return Err(ProvisionError::OutOfReach {
                waited: elapsed,
                cause,
            });
        }
        if self.tries > 0 {
            ui.progress(&Progress {
                awaited: &format!("the machine to answer again ({})", in_one_line(&cause)),
                elapsed,
                percent: None,
            });
        }
        let pause = PACE[self.tries.min(PACE.len() - 1)];
        self.tries += 1;
        self.cx
            .stop
            .sleep(pause.min(self.patience.saturating_sub(elapsed)))
            .await
            .map_err(|_| ProvisionError::Cancelled)
    }

    /// The machine answered.
    pub(super) fn end(&mut self) {
        let Some(since) = self.since.take() else {
            return;
        };
        self.tries = 0;
        self.cx.ui.say(&format!(
            "Connected again after {}; the script's output goes on where it stopped.",
            human::duration(since.elapsed())
        ));
    }
}
