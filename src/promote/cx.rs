//! What every step of a promotion may touch.

use std::future::Future;
use std::time::Duration;

use super::error::PromoteError;
use crate::cloud::api::AccountCalls;
use crate::cloud::{CloudError, Region, Tags};
use crate::ledger::Ledger;
use crate::report::ui::{Progress, Ui};
use crate::stop::Stop;
use crate::wait::{self, Pace, Patience, Polled, Wait};

/// The world of one promotion.
pub(crate) struct PromoteCx<'a, C, P> {
    /// EC2.
    pub(crate) cloud: &'a C,
    /// Systems Manager.
    pub(crate) parameters: &'a P,
    /// Where the image was built.
    pub(crate) region: &'a Region,
    /// What was made.
    pub(crate) ledger: &'a Ledger,
    /// The stop signal.
    pub(crate) stop: &'a Stop,
    /// The voice.
    pub(crate) ui: &'a Ui,
}

impl<C, P> PromoteCx<'_, C, P> {
    /// Tells how far a wait is.
    pub(super) fn progress(&self, awaited: &str) -> impl Fn(Duration, Option<u8>) + Sync {
        let (ui, awaited) = (self.ui.clone(), awaited.to_owned());
        move |elapsed, percent| {
            ui.progress(&Progress {
                awaited: &awaited,
                elapsed,
                percent,
            });
        }
    }

    /// Makes a call that may be repeated; `what` names the thing that it changes.
    pub(super) async fn change<F, Fut>(&self, what: &str, mut call: F) -> Result<(), PromoteError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<(), CloudError>>,
    {
        let progress = self.progress(what);
        let wait = Wait {
            what,
            pace: Pace::BRISK,
            patience: Patience::Total(wait::GRACE),
            grace: wait::GRACE,
            stop: self.stop,
            progress: &progress,
        };
        let done = wait::until(&wait, || {
            let call = call();
            async { call.await.map(Polled::Ready) }
        });
        done.await
            .map_err(PromoteError::wait("cannot finish the release"))
    }
}

impl<C: AccountCalls, P> PromoteCx<'_, C, P> {
    /// Tags things of a region.
    pub(super) async fn tag(
        &self,
        region: &Region,
        ids: &[String],
        tags: &Tags,
    ) -> Result<(), PromoteError> {
        let what = format!("the tags of {} in {region}", ids.join(", "));
        self.change(&what, || self.cloud.create_tags(region, ids, tags))
            .await
    }
}
