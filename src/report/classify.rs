//! Which conclusion a build's error comes to.

use super::conclusion::Conclusion;
use crate::build::BuildError;
use crate::cloud::CloudError;
use crate::cloud::error::Refusal;
use crate::wait::WaitError;

/// Calls that make, copy or share an image, or what it is made of.
const IMAGE_CALLS: [&str; 11] = [
    "AttachVolume",
    "DetachVolume",
    "CreateSnapshot",
    "CreateImage",
    "CopyImage",
    "ModifyImageAttribute",
    "ModifySnapshotAttribute",
    "RegisterImage",
    "EnableImageDeprecation",
    "EnableImageDeregistrationProtection",
    "EnableFastLaunch",
];

/// The conclusion of a failed build.
pub(crate) fn of_build(error: &BuildError) -> Conclusion {
    match error {
        BuildError::Stopped(_) => Conclusion::Cancelled,
        BuildError::Unsupported(_)
        | BuildError::UnknownRegions { .. }
        | BuildError::NameTaken { .. }
        | BuildError::OldImageProtected { .. }
        | BuildError::DeprecatedAlready(_)
        | BuildError::NetworkFilter(_)
        | BuildError::FastLaunch(_)
        | BuildError::SubnetNeeded(_)
        | BuildError::TooManyTags { .. }
        | BuildError::Source(_)
        | BuildError::RootSpeedGiven(_)
        | BuildError::NotRegistrable { .. }
        | BuildError::LateText { .. } => Conclusion::Invalid,
        BuildError::Caller { .. } => Conclusion::Credentials,
        BuildError::NoAddress(_) | BuildError::Connect { .. } => Conclusion::Connect,
        BuildError::Interrupted { .. } => Conclusion::Capacity,
        BuildError::Provision(_) | BuildError::MachineGone(_) => Conclusion::Provision,
        BuildError::Launch { source, .. } | BuildError::Call { source, .. } => of_call(source),
        BuildError::Wait { doing, source } => of_wait(doing, source),
        BuildError::NoVolume(_) => Conclusion::Image,
        BuildError::Key(_) | BuildError::Journal(_) => Conclusion::Failure,
    }
}

fn of_wait(doing: &str, error: &WaitError) -> Conclusion {
    let told = match error {
        WaitError::Refused { source, .. }
        | WaitError::TimedOut {
            last: Some(source), ..
        } => of_call(source),
        WaitError::Stopped { .. } => Conclusion::Cancelled,
        WaitError::TimedOut { last: None, .. } | WaitError::Failed { .. } => Conclusion::Failure,
    };
    // `doing` is a fixed text of the build's own steps, not EC2's.
    let of_image = ["AMI", "snapshot", "root volume"];
    if told == Conclusion::Failure && of_image.iter().any(|word| doing.contains(word)) {
        Conclusion::Image
    } else {
        told
    }
}

/// The conclusion of a call that failed.
pub(crate) fn of_call(error: &CloudError) -> Conclusion {
    let call = match error {
        CloudError::Refused { call, .. }
        | CloudError::NoAnswer { call, .. }
        | CloudError::Incomplete { call, .. } => call,
        // A request that cannot be sent has nobody to sign it.
        CloudError::NotSent { .. } => return Conclusion::Credentials,
    };
    match error.refusal() {
        Some(Refusal::Credentials) => Conclusion::Credentials,
        Some(Refusal::Denied) => Conclusion::Permission,
        Some(Refusal::Capacity) => Conclusion::Capacity,
        // `VcpuLimitExceeded`, `InstanceLimitExceeded`, `MaxSpotInstanceCountExceeded`, …; too many requests are another refusal.
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        Some(Refusal::Other)
            if error.code().is_some_and(|code| {
                code.ends_with("LimitExceeded") || code.ends_with("CountExceeded")
            }) =>
        {
            Conclusion::Quota
        }
        _ if IMAGE_CALLS.contains(call) => Conclusion::Image,
        _ => Conclusion::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Region;

    fn refused(call: &'static str, refusal: Refusal, code: &str) -> CloudError {
        CloudError::Refused {
            call,
            region: Region::new("us-east-1"),
            refusal,
            code: code.to_owned(),
            message: String::new(),
            request_id: String::new(),
        }
    }

    fn launch(refusal: Refusal, code: &str) -> Conclusion {
        let source = refused("RunInstances", refusal, code);
        of_build(&BuildError::Launch {
            region: Region::new("us-east-1"),
            source: Box::new(source),
        })
    }

    #[test]
    fn a_refused_launch_tells_what_is_missing() {
        assert_eq!(
            launch(Refusal::Capacity, "InsufficientInstanceCapacity"),
            Conclusion::Capacity
        );
        assert_eq!(
            launch(Refusal::Other, "VcpuLimitExceeded"),
            Conclusion::Quota
        );
        assert_eq!(
            launch(Refusal::Throttled, "RequestLimitExceeded"),
            Conclusion::Failure
        );
        assert_eq!(
            launch(Refusal::Denied, "UnauthorizedOperation"),
            Conclusion::Permission
        );
        assert_eq!(
            launch(Refusal::Credentials, "ExpiredToken"),
            Conclusion::Credentials
        );
    }

    #[test]
    fn an_image_that_never_gets_ready_is_the_images_failure() {
        let source = WaitError::Failed {
            what: "ami-1".to_owned(),
            reason: "state".to_owned(),
        };
        assert_eq!(
            of_build(&BuildError::Wait {
                doing: "Error waiting for AMI",
                source
            }),
            Conclusion::Image
        );
    }

    #[test]
    fn a_copy_that_is_refused_is_the_images_failure() {
        let source = refused("CopyImage", Refusal::Other, "InvalidParameter");
        assert_eq!(
            of_build(&BuildError::Call {
                doing: "copy".to_owned(),
                source: Box::new(source),
            }),
            Conclusion::Image
        );
    }
}
