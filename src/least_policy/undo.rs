//! The calls that a build may have to make besides: what removes its things where it fails, and what looks for them.

use crate::cloud::model::LoggedCall;
use crate::plan::amazon::settings::{EbsSettings, Replace};

/// What undoes these calls, and what a failed connection asks.
pub(super) fn calls(done: &[LoggedCall], settings: &EbsSettings) -> Vec<LoggedCall> {
    let undoing = done.iter().flat_map(|call| {
        undone_by(call.name, settings)
            .iter()
            .map(|name| LoggedCall {
                name,
                region: call.region.clone(),
            })
    });
    undoing.collect()
}

fn undone_by(call: &str, settings: &EbsSettings) -> &'static [&'static str] {
    match call {
        "ImportKeyPair" | "CreateKeyPair" => &["DeleteKeyPair", "DescribeKeyPairs"],
        "CreateSecurityGroup" => &["DeleteSecurityGroup", "DescribeSecurityGroups"],
        "CreateLaunchTemplate" => &["DeleteLaunchTemplate", "DescribeLaunchTemplates"],
        "RunInstances" | "CreateFleet" => &[
            "DeleteVolume",
            "DescribeInstances",
            "DescribeVolumes",
            "GetConsoleOutput",
            "TerminateInstances",
        ],
        "CreateImage" | "CopyImage" | "RegisterImage" => &[
            "DeleteSnapshot",
            "DeregisterImage",
            "DescribeImages",
            "DescribeSnapshots",
        ],
        "CreateSnapshot" => &["DeleteSnapshot", "DescribeSnapshots"],
        "EnableFastLaunch" => &["DescribeFastLaunchImages", "DisableFastLaunch"],
        "EnableImageDeregistrationProtection" => &["DisableImageDeregistrationProtection"],
        "CreateRole" => &[
            "DeleteRole",
            "DeleteRolePolicy",
            "RemoveRoleFromInstanceProfile",
            "TagRole",
        ],
        "CreateInstanceProfile" => &["DeleteInstanceProfile", "TagInstanceProfile"],
        // The model's account has no old image; a real one may.
        "DescribeImages" if settings.image.replace != Replace::Refuse => {
            &["DeleteSnapshot", "DeregisterImage", "DescribeVolumes"]
        }
        _ => &[],
    }
}
