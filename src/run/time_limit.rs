//! The policy's `max-duration`: builds that take longer are cancelled as by a signal, and have failed.

use super::context::RunContext;
use crate::policy::Policy;
use crate::report::human;
use crate::stop::{Stop, StopHandle, StopReason};

/// The stop signal of builds that have to end in time.
pub(super) fn bounded(stop: &Stop, policy: Option<&Policy>) -> Stop {
    let Some(limit) = policy.and_then(|policy| policy.max_duration) else {
        return stop.clone();
    };
    let (handle, bounded) = StopHandle::new();
    let stop = stop.clone();
    tokio::spawn(async move {
        let reason = tokio::select! {
            biased;
            request = stop.wait() => request.reason,
            () = tokio::time::sleep(limit) => StopReason::TimeLimit,
        };
        handle.request(reason);
    });
    bounded
}

/// Why a build that was stopped has failed; `None` where a person stopped it, which is no failure.
pub(super) fn failure(cx: &RunContext) -> Option<String> {
    let reason = cx.stop.requested()?.reason;
    let policy = cx.environment.policy()?;
    let limit = policy.max_duration?;
    (reason == StopReason::TimeLimit).then(|| {
        format!(
            "the builds took longer than the {} that `max-duration` in {} gives them",
            human::duration(limit),
            policy.source
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_time_is_a_stop_and_a_signal_before_it_counts_as_itself() {
        let policy = Policy {
            max_duration: Some(Duration::from_secs(60)),
            ..Policy::default()
        };
        let late = bounded(&Stop::never(), Some(&policy));
        assert!(late.requested().is_none());
        assert_eq!(late.wait().await.reason, StopReason::TimeLimit);
        let (handle, stop) = StopHandle::new();
        let signalled = bounded(&stop, Some(&policy));
        handle.request(StopReason::Interrupt);
        assert_eq!(signalled.wait().await.reason, StopReason::Interrupt);
    }
}
