//! The only polling loop: waits until EC2 says that something is so.
//!
//! It knows what every wait has in common: a new id that is not visible yet, throttling, a deadline, the stop signal and
//! somebody who wants to hear how far it is. What is asked, and what the answer means, is the caller's.

mod pace;
mod progress;

use std::future::Future;
use std::time::Duration;

pub(crate) use pace::Pace;
use progress::Course;

use tokio::time::Instant;

use crate::cloud::CloudError;
use crate::cloud::error::Refusal;
use crate::stop::{Stop, StopRequest};

/// For so long "not found" about a new id counts as "not yet": EC2 answers from replicas that lag behind
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>). Packer's waiters treat only some ids so.
pub(crate) const GRACE: Duration = Duration::from_secs(120);
/// The longest pause after EC2 asked to be called less often.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Polled<T> {
    /// It is so.
    Ready(T),
    /// Not yet.
    Pending {
        /// How far, where EC2 tells.
        percent: Option<u8>,
    },
    /// It will never be so.
    Failed(String),
}

impl<T> Polled<T> {
    /// Not yet, and nobody knows how far.
    pub(crate) const PENDING: Self = Self::Pending { percent: None };
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// In all.
    Total(Duration),
    /// Since the last time that it moved: what moves is never given up.
    WithoutProgress(Duration),
}

/// One wait.
pub(crate) struct Wait<'a> {
    /// What is awaited, to read after "waiting for".
    pub(crate) what: &'a str,
    /// How often to ask.
    pub(crate) pace: Pace,
    /// How long.
    pub(crate) patience: Patience,
    /// For how long "not found" means "not yet".
    pub(crate) grace: Duration,
    /// Ends the wait at once.
    pub(crate) stop: &'a Stop,
    /// Told after every answer: elapsed, percent.
    pub(crate) progress: &'a (dyn Fn(Duration, Option<u8>) + Sync),
}

/// Why a wait ended without its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WaitError {
    /// Somebody asked to stop.
    #[error("stopped while waiting for {what}")]
    Stopped {
        /// What was awaited.
        what: String,
        /// The request.
        request: StopRequest,
    },
    /// Patience ended.
    #[error("gave up waiting for {what} after {} s", waited.as_secs())]
    TimedOut {
        /// What was awaited.
        what: String,
        /// How long.
        waited: Duration,
        /// What EC2 last answered, where that was a refusal.
        #[source]
        last: Option<Box<CloudError>>,
    },
    /// It will never be so.
    #[error("waiting for {what} is in vain: {reason}")]
    Failed {
        /// What was awaited.
        what: String,
        /// EC2's words.
        reason: String,
    },
    /// EC2 refused to tell.
    #[error("cannot wait for {what}")]
    Refused {
        /// What was awaited.
        what: String,
        /// Its answer.
        #[source]
        source: Box<CloudError>,
    },
}

/// Asks until the answer is yes, no, or patience ends. Throttling, EC2's own faults and lost answers are no answers:
/// they only make the pauses longer.
pub(crate) async fn until<T, F, Fut>(wait: &Wait<'_>, mut poll: F) -> Result<T, WaitError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Polled<T>, CloudError>>,
{
    let mut watch = Watch::start(wait);
    loop {
        let answer = tokio::select! {
            biased;
            request = wait.stop.wait() => return Err(wait.stopped(request)),
            answer = poll() => answer,
        };
        let pause = match answer {
            Ok(Polled::Ready(value)) => return Ok(value),
            Ok(Polled::Failed(reason)) => {
                return Err(WaitError::Failed {
                    what: wait.what.to_owned(),
                    reason,
                });
            }
            Ok(Polled::Pending { percent }) => watch.pending(percent),
            Err(error) => watch.refused(error)?,
        };
        (wait.progress)(watch.begin.elapsed(), watch.percent);
        let pause = watch.within_patience(pause)?;
        wait.stop
            .sleep(pause)
            .await
            .map_err(|request| wait.stopped(request))?;
    }
}

impl Wait<'_> {
    fn stopped(&self, request: StopRequest) -> WaitError {
        WaitError::Stopped {
            what: self.what.to_owned(),
            request,
        }
    }
}

/// What one wait remembers between two answers.
struct Watch<'a> {
    wait: &'a Wait<'a>,
    begin: Instant,
    moved: Instant,
    percent: Option<u8>,
    course: Course,
    pause: Duration,
    backoff: Duration,
    last: Option<CloudError>,
}

impl<'a> Watch<'a> {
    fn start(wait: &'a Wait<'a>) -> Self {
        let begin = Instant::now();
        Self {
            wait,
            begin,
            moved: begin,
            percent: None,
            course: Course::default(),
            pause: wait.pace.first,
            backoff: wait.pace.first,
            last: None,
        }
    }

    fn pending(&mut self, percent: Option<u8>) -> Duration {
        if percent.is_some() && percent != self.percent {
            self.percent = percent;
            self.moved = Instant::now();
        }
        if let Some(percent) = percent {
            self.course.note(percent);
        }
        self.last = None;
        self.backoff = self.wait.pace.first;
        let grown = self.pause;
        self.pause = (grown * 3 / 2).min(self.wait.pace.longest);
        let pause = self.wait.pace.pause(self.begin.elapsed(), grown);
        self.course.pause(pause)
    }

    fn refused(&mut self, error: CloudError) -> Result<Duration, WaitError> {
        let new_id = error.is(Refusal::NotFound) && self.begin.elapsed() < self.wait.grace;
        let passing = error.is(Refusal::Throttled) || error.effect_is_unknown();
        if !new_id && !passing {
            return Err(WaitError::Refused {
                what: self.wait.what.to_owned(),
                source: Box::new(error),
            });
        }
        self.last = Some(error);
        if new_id {
            return Ok(self.pause);
        }
        self.backoff = (self.backoff * 2).min(LONGEST_BACKOFF);
        Ok(jittered(self.backoff))
    }

    /// The pause, cut so that the last question falls on the deadline; an error once that is past.
    fn within_patience(&mut self, pause: Duration) -> Result<Duration, WaitError> {
        let deadline = match self.wait.patience {
            Patience::Total(limit) => self.begin + limit,
            Patience::WithoutProgress(limit) => self.moved + limit,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(WaitError::TimedOut {
                what: self.wait.what.to_owned(),
                waited: self.begin.elapsed(),
                last: self.last.take().map(Box::new),
            });
        }
        Ok(pause.min(left))
    }
}

/// Between half of `pause` and all of it, so that builds that were throttled together do not come back together.
fn jittered(pause: Duration) -> Duration {
    pause / 2 + (pause / 2).mul_f64(chance())
}

/// From 0 to 1. In tests there is no chance: a build that is drawn from a seed has to come out the same again.
fn chance() -> f64 {
    if cfg!(test) {
        return 0.5;
    }
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(random) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
