//! One attempt of a provisioner: what may cut it short.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::stop::Stop;

use super::ProvisionError;

/// Why an attempt has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// A stop was asked for.
    Stop,
    /// Its time is over.
    Timeout,
    /// The time of an earlier attempt was over. Packer cancels a provisioner for good: later attempts begin and end at once.
    Already,
}

/// One attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    stop: Stop,
    deadline: Option<Instant>,
    spent: bool,
}

impl Attempt {
    /// An attempt that only a stop ends.
    pub(crate) fn unlimited(stop: &Stop) -> Self {
        Self {
            stop: stop.clone(),
            deadline: None,
            spent: false,
        }
    }

    /// One that is also over after `limit`.
    pub(super) fn limited(stop: &Stop, limit: Duration) -> Self {
        Self {
            stop: stop.clone(),
            deadline: Some(Instant::now() + limit),
            spent: false,
        }
    }

    /// One that is over from the beginning.
    pub(super) fn spent(stop: &Stop) -> Self {
        Self {
            stop: stop.clone(),
            deadline: None,
            spent: true,
        }
    }

    /// Waits until the attempt has to end.
    pub(crate) async fn cancelled(&self) -> Cancelled {
        if self.spent {
            return Cancelled::Already;
        }
        let deadline = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = self.stop.wait() => Cancelled::Stop,
            () = deadline => Cancelled::Timeout,
        }
    }

    /// Whether it was over before it began. Go does not start a process for such an attempt.
    pub(super) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Whether its time is over.
    pub(super) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Runs `work` until it ends or the attempt has to. The work begins in any case, as in Packer.
    pub(super) async fn cut<T>(
        &self,
        work: impl Future<Output = Result<T, ProvisionError>>,
    ) -> Result<T, ProvisionError> {
        tokio::select! {
            biased;
            result = work => result,
            _ = self.cancelled() => Err(ProvisionError::Cancelled),
        }
    }
}
