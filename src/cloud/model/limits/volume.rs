//! Volumes: their types, and what each of them can be.
//!
//! <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html>, and the words of EC2's own refusals.

use super::super::place::{Outcome, Refused};
use crate::cloud::image::EbsSettings;

/// One type.
struct Limits {
    name: &'static str,
    /// GiB.
    size: (i32, i32),
    iops: Iops,
}

/// Operations a second.
enum Iops {
    /// They come with the size.
    Given,
    /// They are asked for.
    Needed { range: (i32, i32), ratio: i32 },
    /// They can be asked for, above what comes with the volume.
    Above { range: (i32, i32), ratio: i32 },
}

/// gp3 is the only one whose throughput can be asked for: MiB a second, and a share of the operations.
const THROUGHPUT: (i32, i32) = (125, 2_000);
const OPERATIONS_FOR_A_MIB: i32 = 4;

const TYPES: [Limits; 7] = [
    Limits {
        name: "gp2",
        size: (1, 16_384),
        iops: Iops::Given,
    },
    Limits {
        name: "gp3",
        size: (1, 65_536),
        iops: Iops::Above {
            range: (3_000, 80_000),
            ratio: 500,
        },
    },
    Limits {
        name: "io1",
        size: (4, 16_384),
        iops: Iops::Needed {
            range: (100, 64_000),
            ratio: 50,
        },
    },
    Limits {
        name: "io2",
        size: (4, 65_536),
        iops: Iops::Needed {
            range: (100, 256_000),
            ratio: 1_000,
        },
    },
    Limits {
        name: "st1",
        size: (125, 16_384),
        iops: Iops::Given,
    },
    Limits {
        name: "sc1",
        size: (125, 16_384),
        iops: Iops::Given,
    },
    Limits {
        name: "standard",
        size: (1, 1_024),
        iops: Iops::Given,
    },
];

/// Whether a machine can boot from the type.
pub(super) fn boots(volume_type: &str) -> bool {
    !["st1", "sc1"].contains(&volume_type)
}

/// A volume of this type with these settings.
pub(super) fn check(volume_type: &str, size: Option<i32>, ebs: &EbsSettings) -> Outcome<()> {
    let limits = TYPES.iter().find(|limits| limits.name == volume_type);
    let limits = limits.ok_or_else(|| {
        Refused::new(
            "UnknownVolumeType",
            format!("Unknown volume type '{volume_type}'"),
        )
    })?;
    if let Some(size) = size {
        let (least, most) = limits.size;
        if !(least..=most).contains(&size) {
            return invalid(format!(
                "Volume size of {size} GiB is invalid for {volume_type}; it is {least} to {most} GiB"
            ));
        }
    }
    iops(limits, size, ebs)?;
    throughput(limits, ebs)
}

fn iops(limits: &Limits, size: Option<i32>, ebs: &EbsSettings) -> Outcome<()> {
    let name = limits.name;
    let (range, ratio, free) = match (&limits.iops, ebs.iops) {
        (Iops::Given, Some(_)) => {
            return Err(Refused::new(
                "InvalidParameterCombination",
                format!("The parameter iops is not supported for {name} volumes."),
            ));
        }
        (Iops::Needed { .. }, None) => {
            return Err(Refused::new(
                "MissingParameter",
                format!("The parameter iops must be specified for {name} volumes."),
            ));
        }
        (Iops::Given, None) | (Iops::Above { .. }, None) => return Ok(()),
        (Iops::Needed { range, ratio }, Some(_)) => (range, *ratio, 0),
        (Iops::Above { range, ratio }, Some(_)) => (range, *ratio, range.0),
    };
    let asked = ebs.iops.unwrap_or_default();
    if asked < range.0 {
        let least = range.0;
        return invalid(format!(
            "Volume iops of {asked} is too low; minimum is {least}."
        ));
    }
    if asked > range.1 {
        let most = range.1;
        return invalid(format!(
            "Volume iops of {asked} is too high; maximum is {most}."
        ));
    }
    match size {
        Some(size) if asked > free && asked > size.saturating_mul(ratio) => {
            let actual = f64::from(asked) / f64::from(size.max(1));
            invalid(format!(
                "Iops to volume size ratio of {actual:.6} is too high; maximum is {ratio}"
            ))
        }
        _ => Ok(()),
    }
}

fn throughput(limits: &Limits, ebs: &EbsSettings) -> Outcome<()> {
    let Some(asked) = ebs.throughput else {
        return Ok(());
    };
    let name = limits.name;
    let Iops::Above { range, .. } = &limits.iops else {
        return Err(Refused::new(
            "InvalidParameterCombination",
            format!("The parameter throughput is not supported for {name} volumes."),
        ));
    };
    let (least, most) = THROUGHPUT;
    if !(least..=most).contains(&asked) {
        return invalid(format!(
            "Volume throughput of {asked} MiBps is invalid; it is {least} to {most} MiBps"
        ));
    }
    let operations = ebs.iops.unwrap_or(range.0);
    if asked.saturating_mul(OPERATIONS_FOR_A_MIB) > operations {
        let ratio = f64::from(asked) / f64::from(operations);
        return invalid(format!(
            "Throughput (MiBps) to iops ratio of {ratio:.6} is too high; maximum is 0.250000 MiBps per iops"
        ));
    }
    Ok(())
}

fn invalid(why: String) -> Outcome<()> {
    Err(Refused::new("InvalidParameterValue", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(volume_type: &str, size: i32, iops: Option<i32>, throughput: Option<i32>) -> String {
        let ebs = EbsSettings {
            iops,
            throughput,
            ..EbsSettings::default()
        };
        let refused = check(volume_type, Some(size), &ebs).err();
        refused.map_or_else(|| "fine".to_owned(), |refused| refused.code)
    }

    #[test]
    fn every_type_has_its_sizes() {
        for (volume_type, iops, least, most) in [
            ("gp2", None, 1, 16_384),
            ("gp3", None, 1, 65_536),
            ("io1", Some(100), 4, 16_384),
            ("io2", Some(100), 4, 65_536),
            ("st1", None, 125, 16_384),
            ("sc1", None, 125, 16_384),
            ("standard", None, 1, 1_024),
        ] {
            for size in [least, most] {
                assert_eq!(
                    code(volume_type, size, iops, None),
                    "fine",
                    "{volume_type} {size}"
                );
            }
            for size in [least - 1, most + 1] {
                let code = code(volume_type, size, iops, None);
                assert_eq!(code, "InvalidParameterValue", "{volume_type} {size}");
            }
        }
        assert_eq!(code("gp9", 8, None, None), "UnknownVolumeType");
    }

    #[test]
    fn operations_are_needed_for_io1_and_io2_and_not_taken_for_what_has_its_own() {
        assert_eq!(code("io1", 8, None, None), "MissingParameter");
        assert_eq!(code("io2", 8, None, None), "MissingParameter");
        assert_eq!(
            code("gp2", 8, Some(3_000), None),
            "InvalidParameterCombination"
        );
        assert_eq!(
            code("st1", 500, Some(500), None),
            "InvalidParameterCombination"
        );
    }

    #[test]
    fn operations_have_a_range_and_a_ratio_to_the_size() {
        assert_eq!(code("io1", 8, Some(99), None), "InvalidParameterValue");
        assert_eq!(code("io1", 8, Some(400), None), "fine");
        assert_eq!(code("io1", 8, Some(401), None), "InvalidParameterValue");
        assert_eq!(code("io2", 8, Some(8_000), None), "fine");
        assert_eq!(code("io2", 8, Some(8_001), None), "InvalidParameterValue");
        assert_eq!(
            code("gp3", 1, Some(3_000), None),
            "fine",
            "that is what it has"
        );
        assert_eq!(code("gp3", 8, Some(4_000), None), "fine");
        assert_eq!(code("gp3", 8, Some(4_001), None), "InvalidParameterValue");
        assert_eq!(code("gp3", 8, Some(2_999), None), "InvalidParameterValue");
    }

    #[test]
    fn throughput_is_gp3s_and_a_quarter_of_its_operations() {
        assert_eq!(code("gp3", 8, None, Some(750)), "fine");
        assert_eq!(code("gp3", 8, None, Some(751)), "InvalidParameterValue");
        assert_eq!(code("gp3", 8, Some(4_000), Some(1_000)), "fine");
        assert_eq!(code("gp3", 8, None, Some(124)), "InvalidParameterValue");
        assert_eq!(
            code("io2", 8, Some(100), Some(125)),
            "InvalidParameterCombination"
        );
    }
}
