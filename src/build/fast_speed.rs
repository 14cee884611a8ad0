//! How fast the root of `fast_build_volume` is, and what that costs. Pure.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cloud::image::EbsSettings;
use crate::report::human;

/// What every gp3 volume has. <https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html>
const BASELINE: Speed = Speed {
    iops: 3_000,
    throughput: 125,
};
/// More is for larger volumes and machines only, and the snapshot is not seen to gain by it.
const MOST: Speed = Speed {
    iops: 16_000,
    throughput: 1_000,
};
/// EC2 takes at most so many I/O operations for a GiB above the baseline.
const IOPS_PER_GIB: i32 = 500;
/// EC2 takes at most a MiB a second for so many I/O operations.
const IOPS_PER_MIB: i32 = 4;

/// Dollars a month above the baseline, in us-east-1. <https://aws.amazon.com/ebs/pricing/>
const DOLLARS_PER_IOPS: f64 = 0.005;
/// The same for each MiB a second.
const DOLLARS_PER_MIB: f64 = 0.04;
/// When these prices were written down.
const PRICED: &str = "November 2026";
/// A month of AWS's bills has 730 hours.
const MONTH: Duration = Duration::from_secs(730 * 3600);

/// The speed of a gp3 volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Speed {
    /// I/O operations a second.
    pub(crate) iops: i32,
    /// MiB a second.
    pub(crate) throughput: i32,
}

impl Speed {
    /// The fastest that EC2 gives a root of so many GiB; where the size is not known, what it gives to any.
    pub(super) fn of_size(gib: Option<i32>) -> Self {
        let allowed = gib.unwrap_or_default().saturating_mul(IOPS_PER_GIB);
        let iops = allowed.clamp(BASELINE.iops, MOST.iops);
        Self {
            iops,
            throughput: (iops / IOPS_PER_MIB).min(MOST.throughput),
        }
    }

    /// This speed for a root that the source image maps so; `None` where that is as fast by itself. io1 and io2 are bought for
    /// their speed, and gp3 may be slower.
    pub(super) fn above(self, source: &EbsSettings) -> Option<Self> {
        match source.volume_type.as_deref() {
            Some("io1" | "io2") => None,
            Some("gp3") => {
                let own = Self {
                    iops: source.iops.unwrap_or(BASELINE.iops),
                    throughput: source.throughput.unwrap_or(BASELINE.throughput),
                };
                let faster = Self {
                    iops: self.iops.max(own.iops),
                    throughput: self.throughput.max(own.throughput),
                };
                (faster != own).then_some(faster)
            }
            _ => Some(self),
        }
    }

    /// Dollars above the price of a gp3 volume of the same size, for so long.
    fn dollars(self, lived: Duration) -> f64 {
        let iops = f64::from(self.iops - BASELINE.iops) * DOLLARS_PER_IOPS;
        let throughput = f64::from(self.throughput - BASELINE.throughput) * DOLLARS_PER_MIB;
        (iops + throughput) * lived.as_secs_f64() / MONTH.as_secs_f64()
    }
}

/// What `fast_build_volume` came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FastVolume {
    /// How fast the root was.
    pub(crate) speed: Speed,
    /// From the launch until the machine was told to go.
    pub(crate) lived: Duration,
    /// Until the last of the machine's snapshots was complete.
    pub(crate) snapshots: Duration,
}

impl fmt::Display for FastVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Speed { iops, throughput } = self.speed;
        write!(
            f,
            "Fast build volume: gp3 with {iops} IOPS and {throughput} MiB/s for {}, about ${:.3} above the baseline of gp3 \
             (an estimate by the prices of us-east-1 in {PRICED}). The snapshots took {}.",
            human::duration(self.lived),
            self.speed.dollars(self.lived),
            human::duration(self.snapshots)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(iops: i32, throughput: i32) -> Speed {
        Speed { iops, throughput }
    }

    fn source(volume_type: &str, own: Option<Speed>) -> EbsSettings {
        EbsSettings {
            volume_type: Some(volume_type.to_owned()),
            iops: own.map(|speed| speed.iops),
            throughput: own.map(|speed| speed.throughput),
            ..EbsSettings::default()
        }
    }

    #[test]
    fn a_root_is_as_fast_as_its_size_allows() {
        for (gib, wanted) in [
            (None, speed(3_000, 750)),
            (Some(1), speed(3_000, 750)),
            (Some(7), speed(3_500, 875)),
            (Some(8), speed(4_000, 1_000)),
            (Some(32), speed(16_000, 1_000)),
            (Some(i32::MAX), speed(16_000, 1_000)),
        ] {
            assert_eq!(Speed::of_size(gib), wanted, "{gib:?} GiB");
        }
    }

    #[test]
    fn no_root_gets_slower_than_its_source() {
        let ours = speed(4_000, 1_000);
        assert_eq!(ours.above(&source("gp2", None)), Some(ours));
        assert_eq!(ours.above(&source("gp3", None)), Some(ours));
        assert_eq!(ours.above(&EbsSettings::default()), Some(ours));
        let more_iops = source("gp3", Some(speed(20_000, 500)));
        assert_eq!(ours.above(&more_iops), Some(speed(20_000, 1_000)));
        let faster = source("gp3", Some(speed(20_000, 1_500)));
        assert_eq!(ours.above(&faster), None);
        assert_eq!(ours.above(&source("io2", Some(speed(500, 0)))), None);
    }

    #[test]
    fn the_cost_is_that_of_what_is_above_the_baseline_for_as_long_as_it_lived() {
        let lived = Duration::from_secs(1800);
        assert!((MOST.dollars(lived) - 0.0685).abs() < 0.0001);
        assert!(BASELINE.dollars(lived).abs() < f64::EPSILON);
        let told = FastVolume {
            speed: MOST,
            lived,
            snapshots: Duration::from_secs(62),
        };
        assert_eq!(
            told.to_string(),
            "Fast build volume: gp3 with 16000 IOPS and 1000 MiB/s for 30 minutes, about $0.068 above the baseline of gp3 \
             (an estimate by the prices of us-east-1 in November 2026). The snapshots took 1 minute 2 seconds."
        );
    }
}
