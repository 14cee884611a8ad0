//! The policy's `max-duration`: builds that take longer are cancelled, as by a signal.

use std::time::Duration;

use crate::action::commands::{self, Level};
use crate::report::console::Console;
use crate::report::human;
use crate::stop::{Stop, StopHandle, StopReason};

/// The stop signal of builds that have to end in time.
pub(super) fn bounded(stop: &Stop, limit: Option<Duration>) -> Stop {
    let Some(limit) = limit else {
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

/// Says what the time was over for, where it was.
pub(super) fn tell(stop: &Stop, limit: Option<Duration>, console: &Console) {
    let is_over = stop
        .requested()
        .is_some_and(|request| request.reason == StopReason::TimeLimit);
    if let (true, Some(limit)) = (is_over, limit) {
        let text = format!(
            "the builds took longer than the {} that `max-duration` of the policy gives them",
            human::duration(limit)
        );
        console.error(&format!("Error: {text}"));
        console.command(&commands::annotation(Level::Error, "Policy", None, &text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_time_is_a_stop_and_a_signal_before_it_counts_as_itself() {
        let limit = Some(Duration::from_secs(60));
        let late = bounded(&Stop::never(), limit);
        assert!(late.requested().is_none());
        assert_eq!(late.wait().await.reason, StopReason::TimeLimit);
        let (handle, stop) = StopHandle::new();
        let signalled = bounded(&stop, limit);
        handle.request(StopReason::Interrupt);
        assert_eq!(signalled.wait().await.reason, StopReason::Interrupt);
    }
}
