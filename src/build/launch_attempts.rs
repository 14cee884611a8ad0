//! A launch is repeated while what stands in its way may pass: no spot capacity, or an instance profile that EC2 does not
//! know yet.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::access::Access;
use super::cx::Cx;
use super::error::BuildError;
use super::profile;
use crate::cloud::{Cloud, CloudError, InstanceId};
use crate::wait::{self, Pace, Patience, Polled, WaitError};

/// How long spot capacity is waited for: Packer's eleven attempts, half a second apart at first and 30 s at last.
const SPOT_CAPACITY: Duration = Duration::from_secs(180);
/// How long a profile that the dry run has seen may still be unknown to the launch.
const PROFILE: Duration = Duration::from_secs(30);
const PACE: Pace = Pace {
    first: Duration::from_millis(500),
    longest: Duration::from_secs(30),
    usual: None,
};
/// EC2 has no spot machine at this moment. Other refusals of a fleet do not pass by waiting.
const NO_CAPACITY: [&str; 2] = ["InsufficientInstanceCapacity", "UnfulfillableCapacity"];

/// Launches; a refusal made nothing, so the next attempt is a call of its own. What may have made something is final.
pub(super) async fn until_launched<C: Cloud, D, F, Fut>(
    cx: &Cx<'_, C, D>,
    access: &Access,
    mut attempt: F,
) -> Result<InstanceId, BuildError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<InstanceId, CloudError>>,
{
    let (begin, last) = (Instant::now(), Mutex::new(None));
    let what = "the instance to be launched";
    let progress = cx.progress(what);
    let wait = cx.wait(what, PACE, Patience::Total(SPOT_CAPACITY), &progress);
    let launched = wait::until(&wait, || {
        let (attempt, last) = (attempt(), &last);
        async move {
            match attempt.await {
                Err(error) if may_pass(cx, access, &error, begin.elapsed()) => {
                    remember(cx, last, error);
                    Ok(Polled::PENDING)
                }
                answer => Ok::<_, CloudError>(Polled::Ready(answer)),
            }
        }
    });
    let refused = |source| BuildError::Launch {
        region: cx.region.clone(),
        source: Box::new(source),
    };
    let last = || last.lock().unwrap_or_else(PoisonError::into_inner).take();
    match launched.await {
        Ok(answer) => answer.map_err(refused),
        Err(error @ WaitError::TimedOut { .. }) => Err(last().map_or_else(
            || BuildError::wait("Error launching source instance")(error),
            refused,
        )),
        Err(error) => Err(BuildError::wait("Error launching source instance")(error)),
    }
}

fn may_pass<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    access: &Access,
    error: &CloudError,
    elapsed: Duration,
) -> bool {
    let no_capacity = error.code().is_some_and(|code| NO_CAPACITY.contains(&code));
    (cx.settings.launch.spot.is_some() && no_capacity)
        || (elapsed < PROFILE && profile::is_unknown(cx, access, error))
}

/// Says once why it takes longer.
fn remember<C, D>(cx: &Cx<'_, C, D>, last: &Mutex<Option<CloudError>>, error: CloudError) {
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    if last.as_ref().and_then(CloudError::code) != error.code() {
        cx.ui.message(&format!("{error}; it is tried again"));
    }
    *last = Some(error);
}
