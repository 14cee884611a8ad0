//! `shell-local`: scripts on this side. It needs no machine.

use crate::plan::provision::ShellLocalSettings;

use super::{Attempt, ProvisionContext, ProvisionError, local_script};

/// Runs all scripts.
pub(super) async fn run(
    settings: &ShellLocalSettings,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), ProvisionError> {
    local_script::run(settings, cx, attempt).await
}
