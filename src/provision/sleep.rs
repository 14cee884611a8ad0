//! `sleep`: a wait.

use crate::plan::provision::SleepSettings;

use super::ProvisionError;

/// Waits; the attempt cuts it short.
pub(super) async fn run(settings: &SleepSettings) -> Result<(), ProvisionError> {
    tokio::time::sleep(settings.duration.to_std()).await;
    Ok(())
}
