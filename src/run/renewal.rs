//! Keeps a build's things out of a sweep's reach for as long as this process lives.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use time::OffsetDateTime;

use crate::cloud::Cloud;
use crate::cloud::error::Refusal;
use crate::error::on_one_line;
use crate::ledger::{Ledger, deadline};
use crate::report::ui::Ui;

/// How often deadlines are compared with the clock on the wall. A timer of hours would stand still while a laptop sleeps.
const LOOK: Duration = Duration::from_secs(30);
/// The last word on what is held: after a stop signal there are seconds.
const LAST: Duration = Duration::from_secs(2);

/// The renewal of one build's deadlines.
pub(super) struct Renewal<'a, C> {
    ledger: &'a Ledger,
    cloud: &'a C,
    ui: &'a Ui,
    has_warned: AtomicBool,
}

impl<'a, C: Cloud> Renewal<'a, C> {
    /// Of this ledger's things.
    pub(super) fn new(ledger: &'a Ledger, cloud: &'a C, ui: &'a Ui) -> Self {
        Self {
            ledger,
            cloud,
            ui,
            has_warned: AtomicBool::new(false),
        }
    }

    /// Does `work`, and renews meanwhile what is due.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            biased;
            done = work => done,
            never = self.keep_on() => match never {},
        }
    }

    /// What is held gets a whole day from now, so that somebody can look at it.
    pub(super) async fn prolong(&self) {
        let until = OffsetDateTime::now_utc() + deadline::FIRST;
        let last = tokio::time::timeout(LAST, self.ledger.prolong(self.cloud, until));
        match last.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::warn!("{error}; what is kept has its old deadline"),
            Err(_) => log::warn!("no answer to `CreateTags`; what is kept has its old deadline"),
        }
    }

    async fn keep_on(&self) -> Infallible {
        loop {
            // The work that this goes with hears the stop signal.
            tokio::time::sleep(LOOK).await;
            let Err(error) = self
                .ledger
                .renew(self.cloud, OffsetDateTime::now_utc())
                .await
            else {
                continue;
            };
            if !self.has_warned.swap(true, Ordering::Relaxed) {
                let until = self.ledger.identity().deadline;
                self.ui.error(&format!(
                    "Warning: the deadlines of this build's machine and the like cannot be moved on, so from {until} on `ami-build sweep` may remove them: {}",
                    on_one_line(&error)
                ));
            }
            // What a policy forbids it forbids for good.
            if error.is(Refusal::Denied) {
                std::future::pending::<()>().await;
            }
        }
    }
}
