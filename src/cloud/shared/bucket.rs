//! EC2's token buckets: how many calls at once, and how many a second after that.
//!
//! Sizes: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>. They are the defaults of an account and a
//! region; whoever else uses the account draws from the same buckets.

use std::time::Duration;

use tokio::time::Instant;

/// The bucket that a call draws from. Calls with a size of their own have a bucket of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    /// Calls that change nothing, with ids, filters or pages.
    Describe,
    /// Calls that change something and are not named below.
    Mutating,
    /// Those among them that cost EC2 more.
    Intensive,
    /// `RunInstances`, dry runs included.
    Launch,
    /// `TerminateInstances`.
    Terminate,
    /// `CopyImage`.
    CopyImage,
    /// `CreateSnapshot`.
    CreateSnapshot,
    /// `DeleteSnapshot`.
    DeleteSnapshot,
    /// `DeregisterImage`.
    DeregisterImage,
    /// `ModifyImageAttribute`.
    ModifyImage,
    /// `ModifySnapshotAttribute`.
    ModifySnapshot,
    /// `CreateTags` and `DeleteTags`.
    Tags,
    /// `EnableFastLaunch` and `DisableFastLaunch`.
    FastLaunch,
}

impl Bucket {
    /// The published size and the tokens that come back every second.
    fn published(self) -> (f64, f64) {
        match self {
            Self::Describe => (100.0, 20.0),
            Self::Mutating | Self::Intensive => (50.0, 5.0),
            Self::Launch | Self::FastLaunch => (5.0, 2.0),
            Self::CopyImage => (100.0, 1.0),
            Self::Tags => (100.0, 10.0),
            Self::Terminate
            | Self::CreateSnapshot
            | Self::DeleteSnapshot
            | Self::DeregisterImage
            | Self::ModifyImage
            | Self::ModifySnapshot => (100.0, 5.0),
        }
    }
}

/// What stays in the bucket, since calls come closer together at EC2 than they left here.
const RESERVE: f64 = 0.1;
/// The share of the refill that is counted on.
const COUNTED_ON: f64 = 0.95;
/// The refill that is left after EC2 throttled nonetheless: others use the account too.
const AFTER_THROTTLING: f64 = 0.5;
/// How long until all of the refill is counted on again.
const RECOVERY: Duration = Duration::from_secs(60);
/// No call waits longer for its turn: a model that is so far off is of no use.
const LONGEST: Duration = Duration::from_secs(60);

/// How full a bucket is. Below zero stand the calls that wait already, in their order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    bucket: Bucket,
    tokens: f64,
    at: Instant,
    throttled: Option<Instant>,
}

impl Level {
    /// A full bucket.
    pub(super) fn full(bucket: Bucket) -> Self {
        Self {
            bucket,
            tokens: Self::size(bucket),
            at: Instant::now(),
            throttled: None,
        }
    }

    /// Takes one token and tells how long the call has to wait for it.
    pub(super) fn take(&mut self) -> Duration {
        self.refill();
        self.tokens -= 1.0;
        if self.tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64(-self.tokens / self.rate()).min(LONGEST)
    }

    /// Takes one token where at least half of them stay for the calls that cannot be left out.
    pub(super) fn take_spare(&mut self) -> bool {
        self.refill();
        let is_spare = self.tokens - 1.0 >= Self::size(self.bucket) / 2.0;
        if is_spare {
            self.tokens -= 1.0;
        }
        is_spare
    }

    /// EC2 throttled: there was nothing left, and others draw from it too.
    pub(super) fn throttled(&mut self) {
        self.refill();
        self.tokens = self.tokens.min(0.0);
        self.throttled = Some(Instant::now());
    }

    fn size(bucket: Bucket) -> f64 {
        (bucket.published().0 * (1.0 - RESERVE)).floor()
    }

    fn refill(&mut self) {
        let now = Instant::now();
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate()).min(Self::size(self.bucket));
        self.at = now;
    }

    /// Tokens a second that are counted on now.
    fn rate(&self) -> f64 {
        let recovered = self.throttled.map_or(1.0, |since| {
            let passed = since.elapsed().as_secs_f64() / RECOVERY.as_secs_f64();
            AFTER_THROTTLING + (1.0 - AFTER_THROTTLING) * passed.min(1.0)
        });
        self.bucket.published().1 * COUNTED_ON * recovered
    }
}
