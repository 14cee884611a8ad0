//! The stop signal: who asked the program to end, how often and when.
//!
//! Everything that waits takes a [`Stop`]. The runner sends SIGINT, SIGTERM 7.5 s later and SIGKILL 2.5 s after that
//! (actions/runner, `ProcessInvoker.cs`), so what has to happen after a stop has seconds, not minutes.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// Why the program was asked to stop. The words are Packer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// SIGINT: Ctrl-C or a cancelled job.
    Interrupt,
    /// SIGTERM.
    Terminated,
    /// SIGHUP: the terminal was closed, or the way to it went.
    HungUp,
    /// No signal: the time that the policy gives is over.
    TimeLimit,
}

impl StopReason {
    /// The word that Packer prints: `Cancelling build after receiving interrupt`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupt",
            Self::Terminated => "terminated",
            Self::HungUp => "hangup",
            Self::TimeLimit => "time limit",
        }
    }
}

/// The first request to stop.
#[derive(Clone, Copy, Debug)]
pub struct StopRequest {
    /// The first signal that came.
    pub reason: StopReason,
    /// When it came.
    pub at: Instant,
}

/// The listening end. Clones hear the same signal.
#[derive(Clone, Debug)]
pub struct Stop {
    receiver: watch::Receiver<Option<StopRequest>>,
}

/// The asking end; kept by the signal handlers.
#[derive(Debug)]
pub struct StopHandle {
    sender: watch::Sender<Option<StopRequest>>,
}

impl StopHandle {
    /// A new pair of ends.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(None);
        (Self { sender }, Stop { receiver })
    }

    /// Asks to stop. Only the first request counts: Packer swallows a second signal.
    pub fn request(&self, reason: StopReason) {
        self.sender.send_if_modified(|state| {
            let first = state.is_none();
            if first {
                *state = Some(StopRequest {
                    reason,
                    at: Instant::now(),
                });
            }
            first
        });
    }
}

impl Stop {
    /// A stop signal that never comes, for tests and for work that must finish.
    pub fn never() -> Self {
        let (sender, receiver) = watch::channel(None);
        drop(sender);
        Self { receiver }
    }

    /// The request, where one came.
    pub fn requested(&self) -> Option<StopRequest> {
        *self.receiver.borrow()
    }

    /// Waits until somebody asks to stop; for ever where nobody can.
    pub async fn wait(&self) -> StopRequest {
        let mut receiver = self.receiver.clone();
        loop {
            if let Some(request) = *receiver.borrow_and_update() {
                return request;
            }
            if receiver.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Sleeps for `duration`, or less if a stop is asked for.
    pub async fn sleep(&self, duration: Duration) -> Result<(), StopRequest> {
        tokio::select! {
            biased;
            request = self.wait() => Err(request),
            () = tokio::time::sleep(duration) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_request_counts_and_the_second_is_swallowed() {
        let (handle, stop) = StopHandle::new();
        handle.request(StopReason::Interrupt);
        handle.request(StopReason::Terminated);
        assert_eq!(stop.wait().await.reason, StopReason::Interrupt);
    }

    #[tokio::test]
    async fn a_sleep_ends_at_once_when_a_stop_is_asked_for() {
        let (handle, stop) = StopHandle::new();
        handle.request(StopReason::Interrupt);
        assert!(stop.sleep(Duration::from_secs(3600)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_that_never_comes_lets_a_sleep_end() {
        assert!(Stop::never().sleep(Duration::from_secs(1)).await.is_ok());
    }
}
