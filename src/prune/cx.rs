//! What every step of a run may touch.

use std::future::Future;
use std::time::Duration;

use super::aim::Aim;
use crate::cloud::error::Refusal;
use crate::cloud::{CloudError, Region};
use crate::stop::Stop;
use crate::wait::{self, Pace, Patience, Polled, Wait, WaitError};

/// How long an answer may take, with all repetitions.
const LONGEST_CALL: Duration = Duration::from_secs(180);

/// The world of one run.
pub(crate) struct PruneCx<'a, C, P> {
    /// EC2.
    pub(crate) cloud: &'a C,
    /// Systems Manager.
    pub(crate) parameters: &'a P,
    /// Where to look.
    pub(crate) regions: &'a [Region],
    /// Whose images.
    pub(crate) repository_id: &'a str,
    /// What is to go.
    pub(crate) aim: &'a Aim,
    /// How many images may go.
    pub(crate) limit: usize,
    /// The stop signal.
    pub(crate) stop: &'a Stop,
    /// Told what is about to be done.
    pub(crate) narrate: &'a (dyn Fn(&str) + Sync),
}

impl<C, P> PruneCx<'_, C, P> {
    /// Asks until there is an answer; `what` is what is asked for.
    pub(super) async fn ask<T, F, Fut>(&self, what: &str, call: F) -> Result<T, WaitError>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, CloudError>>,
    {
        let poll = || {
            let call = call();
            async { call.await.map(Polled::Ready) }
        };
        self.poll(what, poll).await
    }

    /// The same where an answer may be "not yet".
    pub(super) async fn poll<T, F, Fut>(&self, what: &str, poll: F) -> Result<T, WaitError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Polled<T>, CloudError>>,
    {
        let wait = Wait {
            what,
            pace: Pace::BRISK,
            patience: Patience::Total(LONGEST_CALL),
            // All of it was there before: what is not found is gone.
            grace: Duration::ZERO,
            stop: self.stop,
            progress: &|_, _| {},
        };
        wait::until(&wait, poll).await
    }
}

/// What EC2 said last, where it said something.
pub(super) fn answer(error: &WaitError) -> Option<&CloudError> {
    match error {
        WaitError::Refused { source, .. } => Some(source),
        WaitError::TimedOut { last, .. } => last.as_deref(),
        WaitError::Stopped { .. } | WaitError::Failed { .. } => None,
    }
}

/// Whether EC2 said that.
pub(super) fn is(error: &WaitError, refusal: Refusal) -> bool {
    answer(error).is_some_and(|answer| answer.is(refusal))
}
