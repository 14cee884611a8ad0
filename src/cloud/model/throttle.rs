//! EC2's token buckets, as it publishes them: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>.
//!
//! Told by the call's name, so that it shares nothing with what it is there to test.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::place::Refused;
use crate::cloud::Region;

/// The buckets of the account, by region and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Throttle {
    levels: BTreeMap<(Region, &'static str), Level>,
    /// How many calls were refused.
    pub(super) refused: usize,
}

#[derive(Clone, Debug)]
struct Level {
    tokens: f64,
    at: Instant,
}

impl Throttle {
    /// Takes a token for the call, or refuses it.
    pub(super) fn check(&mut self, call: &'static str, region: &Region) -> Result<(), Refused> {
        let Some((bucket, size, refill)) = published(call) else {
            return Ok(());
        };
        let now = Instant::now();
        let level = self
            .levels
            .entry((region.clone(), bucket))
            .or_insert(Level {
                tokens: size,
                at: now,
            });
        let passed = (now - level.at).as_secs_f64();
        level.tokens = (level.tokens + passed * refill).min(size);
        level.at = now;
        if level.tokens < 1.0 {
            self.refused += 1;
            return Err(Refused::new("RequestLimitExceeded", call));
        }
        level.tokens -= 1.0;
        Ok(())
    }
}

/// A call's bucket, its size and its refill a second; `None` for calls to other services.
fn published(call: &'static str) -> Option<(&'static str, f64, f64)> {
    Some(match call {
        "GetCallerIdentity" | "DecodeAuthorizationMessage" => return None,
        "RunInstances" => (call, 5.0, 2.0),
        "CopyImage" => (call, 100.0, 1.0),
        "CreateTags" | "DeleteTags" => (call, 100.0, 10.0),
        "EnableFastLaunch" => (call, 5.0, 2.0),
        "TerminateInstances"
        | "CreateSnapshot"
        | "DeleteSnapshot"
        | "DeregisterImage"
        | "ModifyImageAttribute"
        | "ModifySnapshotAttribute" => (call, 100.0, 5.0),
        "AuthorizeSecurityGroupIngress" | "CreateKeyPair" => ("resource-intensive", 50.0, 5.0),
        call if call.starts_with("Describe") || call.starts_with("Get") => {
            ("non-mutating", 100.0, 20.0)
        }
        _ => ("mutating", 50.0, 5.0),
    })
}
