//! Says in time that credentials will end which nobody can renew.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use crate::cloud::unrenewable::Unrenewable;
use crate::report::human;
use crate::report::ui::Ui;

/// A build takes some minutes, with a large image or copies half an hour.
const NEAR: Duration = Duration::from_secs(30 * 60);

/// Does `work`, and tells meanwhile.
pub(super) async fn told_during<T>(
    work: impl Future<Output = T>,
    unrenewable: Option<&Unrenewable>,
    ui: &Ui,
) -> T {
    tokio::select! {
        biased;
        done = work => done,
        never = tell(unrenewable, ui) => match never {},
    }
}

/// Tells at once where the end is near, otherwise when it comes near; then waits for ever.
async fn tell(unrenewable: Option<&Unrenewable>, ui: &Ui) -> Infallible {
    if let Some(credentials) = unrenewable
        && let Some(left) = credentials.time_left().await
    {
        let ahead = left.saturating_sub(NEAR);
        tokio::time::sleep(ahead).await;
        ui.error(&warning(credentials, left - ahead));
    }
    std::future::pending().await
}

fn warning(credentials: &Unrenewable, left: Duration) -> String {
    let when = if left.is_zero() {
        "have ended".to_owned()
    } else {
        format!("end in {}", human::duration(left))
    };
    format!(
        "Warning: {} {when} and cannot be renewed. A call after that fails, also those that clean up. For a longer build {}.",
        credentials.what, credentials.advice
    )
}
