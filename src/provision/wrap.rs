//! What goes around a provisioner: `retry(pause(p))` or `retry(timeout(p))`, with Packer's lines.

use std::ops::ControlFlow;

use crate::plan::Wrap;

use super::{Attempt, ProvisionContext, ProvisionError};

/// The attempts of one provisioner.
pub(super) struct Attempts {
    wrap: Wrap,
    left: i64,
    timed_out: bool,
}

impl Attempts {
    /// As many as `wrap` allows.
    pub(super) fn new(wrap: Wrap) -> Self {
        Self {
            wrap,
            left: wrap.max_retries,
            timed_out: false,
        }
    }

    /// Begins the next attempt, after its pause.
    pub(super) async fn begin(&self, cx: &ProvisionContext) -> Result<Attempt, ProvisionError> {
        if let Some(pause) = self.wrap.pause_before.filter(|pause| !pause.is_zero()) {
            // Packer ignores the timeout where there is a pause.
            cx.ui
                .say(&format!("Pausing {pause} before the next provisioner..."));
            cx.stop
                .sleep(pause.to_std())
                .await
                .map_err(|_| ProvisionError::Cancelled)?;
            return Ok(Attempt::unlimited(&cx.stop));
        }
        let Some(timeout) = self.wrap.timeout.filter(|timeout| !timeout.is_zero()) else {
            return Ok(Attempt::unlimited(&cx.stop));
        };
        cx.ui.say(&format!(
            "Setting a {timeout} timeout for the next provisioner..."
        ));
        Ok(if self.timed_out {
            Attempt::spent(&cx.stop)
        } else {
            Attempt::limited(&cx.stop, timeout.to_std())
        })
    }

    /// Whether `result` is final.
    pub(super) fn end(
        &mut self,
        result: Result<(), ProvisionError>,
        attempt: &Attempt,
        cx: &ProvisionContext,
    ) -> ControlFlow<Result<(), ProvisionError>> {
        let Err(error) = result else {
            return ControlFlow::Break(Ok(()));
        };
        self.timed_out |= attempt.is_over();
        if cx.stop.requested().is_some() || self.wrap.max_retries == 0 {
            return ControlFlow::Break(Err(error));
        }
        if self.left <= 0 {
            cx.ui.error("retry limit reached.");
            return ControlFlow::Break(Err(error));
        }
        cx.ui.say(&format!(
            "Provisioner failed with {:?}, retrying with {} trie(s) left",
            error.to_string(),
            self.left
        ));
        self.left -= 1;
        ControlFlow::Continue(())
    }
}
