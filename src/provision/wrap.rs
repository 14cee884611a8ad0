//! What goes around a provisioner: `retry(pause(p))` or `retry(timeout(p))`, with Packer's lines.

use std::ops::AsyncFnMut;

use crate::plan::Wrap;

use super::{Attempt, ProvisionContext, ProvisionError};

/// Runs `provisioner` as often as `wrap` allows.
pub(super) async fn wrapped(
    wrap: Wrap,
    cx: &ProvisionContext,
    mut provisioner: impl AsyncFnMut(&Attempt) -> Result<(), ProvisionError>,
) -> Result<(), ProvisionError> {
    let mut left = wrap.max_retries;
    let mut timed_out = false;
    loop {
        let attempt = begin(wrap, cx, timed_out).await?;
        let result = provisioner(&attempt).await;
        let Err(error) = result else { return Ok(()) };
        timed_out |= attempt.is_over();
        if cx.stop.requested().is_some() || wrap.max_retries == 0 {
            return Err(error);
        }
        if left <= 0 {
            cx.ui.error("retry limit reached.");
            return Err(error);
        }
        cx.ui.say(&format!("Provisioner failed with {:?}, retrying with {left} trie(s) left", error.to_string()));
        left -= 1;
    }
}

async fn begin(wrap: Wrap, cx: &ProvisionContext, timed_out: bool) -> Result<Attempt, ProvisionError> {
    if let Some(pause) = wrap.pause_before.filter(|pause| !pause.is_zero()) {
        // Packer ignores the timeout where there is a pause.
        cx.ui.say(&format!("Pausing {pause} before the next provisioner..."));
        cx.stop.sleep(pause.to_std()).await.map_err(|_| ProvisionError::Cancelled)?;
        return Ok(Attempt::unlimited(&cx.stop));
    }
    let Some(timeout) = wrap.timeout.filter(|timeout| !timeout.is_zero()) else {
        return Ok(Attempt::unlimited(&cx.stop));
    };
    cx.ui.say(&format!("Setting a {timeout} timeout for the next provisioner..."));
    Ok(if timed_out { Attempt::spent(&cx.stop) } else { Attempt::limited(&cx.stop, timeout.to_std()) })
}
