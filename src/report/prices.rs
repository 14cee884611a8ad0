//! AWS's list prices, as far as the comment estimates with them. One region, and the families that images are mostly built on: what
//! is not here gets no estimate, and the comment says so.
//!
//! <https://aws.amazon.com/ec2/pricing/on-demand/>, <https://aws.amazon.com/ebs/pricing/>

use std::time::Duration;

/// When these prices were written down.
pub(super) const DATE: &str = "January 2026";
/// Where they hold.
pub(super) const REGION: &str = "us-east-1";
/// The platform that they are for, as the bill calls it.
pub(super) const PLATFORM: &str = "Linux/UNIX";
/// A month of AWS's bills.
pub(super) const MONTH: Duration = Duration::from_secs(730 * 3600);
/// Machines and volumes are paid by the second, and for a minute at least.
pub(super) const LEAST: Duration = Duration::from_secs(60);
/// Dollars a month for a GiB of snapshots in the standard tier.
pub(super) const SNAPSHOT: f64 = 0.05;

/// Dollars an hour on demand for the size `large` of a family. The other sizes cost in proportion.
const LARGE: [(&str, f64); 24] = [
    ("c5", 0.085),
    ("c5a", 0.077),
    ("c6a", 0.0765),
    ("c6g", 0.068),
    ("c6i", 0.085),
    ("c7g", 0.0725),
    ("c7i", 0.08925),
    ("m5", 0.096),
    ("m5a", 0.086),
    ("m6a", 0.0864),
    ("m6g", 0.077),
    ("m6i", 0.096),
    ("m7g", 0.0816),
    ("m7i", 0.1008),
    ("r5", 0.126),
    ("r5a", 0.113),
    ("r6g", 0.1008),
    ("r6i", 0.126),
    ("r7g", 0.1071),
    ("r7i", 0.1323),
    ("t2", 0.0928),
    ("t3", 0.0832),
    ("t3a", 0.0752),
    ("t4g", 0.0672),
];

/// The one that does not cost in proportion.
const ODD: [(&str, f64); 1] = [("t2.small", 0.023)];

/// Dollars a month for a GiB of a volume. io1 and io2 are paid by their speed too.
const VOLUMES: [(&str, f64); 5] = [
    ("gp2", 0.10),
    ("gp3", 0.08),
    ("sc1", 0.015),
    ("st1", 0.045),
    ("standard", 0.05),
];

/// Dollars an hour for a machine.
pub(super) fn machine(instance_type: &str) -> Option<f64> {
    if let Some(price) = of(&ODD, instance_type) {
        return Some(price);
    }
    let (family, size) = instance_type.split_once('.')?;
    Some(of(&LARGE, family)? * times_large(size)?)
}

/// Dollars a month for a GiB of a volume.
pub(super) fn volume(kind: &str) -> Option<f64> {
    of(&VOLUMES, kind)
}

fn of(table: &[(&str, f64)], name: &str) -> Option<f64> {
    let row = table.iter().find(|(own, _)| *own == name)?;
    Some(row.1)
}

fn times_large(size: &str) -> Option<f64> {
    Some(match size {
        "nano" => 1.0 / 16.0,
        "micro" => 0.125,
        "small" => 0.25,
        "medium" => 0.5,
        "large" => 1.0,
        "xlarge" => 2.0,
        _ => {
            let count: u8 = size.strip_suffix("xlarge")?.parse().ok()?;
            2.0 * f64::from(count)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_cost_what_the_list_says() {
        // As AWS's list has them, each on its own.
        for (instance_type, price) in [
            ("t3.nano", 0.0052),
            ("t3.micro", 0.0104),
            ("t3.2xlarge", 0.3328),
            ("t2.micro", 0.0116),
            ("t2.small", 0.023),
            ("t3a.nano", 0.0047),
            ("t4g.small", 0.0168),
            ("m5.large", 0.096),
            ("m5.24xlarge", 4.608),
            ("m6g.medium", 0.0385),
            ("c5.9xlarge", 1.53),
            ("c6i.32xlarge", 5.44),
            ("r5a.12xlarge", 2.712),
        ] {
            let found = machine(instance_type).unwrap();
            assert!((found - price).abs() < 1e-9, "{instance_type}: {found}");
        }
    }

    #[test]
    fn what_is_not_in_the_list_has_no_price() {
        for unknown in [
            "m5.metal",
            "p5.48xlarge",
            "t3",
            "t3.",
            "t3.-1xlarge",
            "x.large",
        ] {
            assert_eq!(machine(unknown), None, "{unknown}");
        }
        assert_eq!(volume("io2"), None);
    }
}
