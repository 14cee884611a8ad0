//! Lets every call wait for its turn: one model of EC2's buckets for each region of an account.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::bucket::{Bucket, Level};
use crate::cloud::Region;

/// The buckets of one account.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    levels: Mutex<HashMap<(Region, Bucket), Level>>,
}

impl Pacer {
    /// Waits until the bucket has a token for the call.
    pub(super) async fn turn(&self, bucket: Bucket, region: &Region) {
        let wait = self.with(bucket, region, Level::take);
        if !wait.is_zero() {
            log::debug!(
                "a call in {region} waits {} ms for its turn ({bucket:?})",
                wait.as_millis()
            );
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether a call that can be left out may be made now.
    pub(super) fn has_spare(&self, bucket: Bucket, region: &Region) -> bool {
        self.with(bucket, region, Level::take_spare)
    }

    /// EC2 throttled a call although it had its turn.
    pub(super) fn throttled(&self, bucket: Bucket, region: &Region) {
        log::debug!("EC2 throttles in {region} ({bucket:?}); calls come slower for a minute");
        self.with(bucket, region, Level::throttled);
    }

    fn with<T>(&self, bucket: Bucket, region: &Region, change: impl FnOnce(&mut Level) -> T) -> T {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels
            .entry((region.clone(), bucket))
            .or_insert_with(|| Level::full(bucket));
        change(level)
    }
}
