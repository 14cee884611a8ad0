//! Which class of failure an error is: the output `conclusion`.

use crate::build::BuildError;
use crate::cloud::CloudError;
use crate::cloud::error::Refusal;
use crate::report::conclusion::Conclusion;

/// The class of a build's error. What EC2 refused says more than what was being done.
pub(super) fn of_build(error: &BuildError) -> Conclusion {
    if let Some(conclusion) = cloud_error(error).and_then(of_refusal) {
        return conclusion;
    }
    match error {
        BuildError::Stopped(_) => Conclusion::Cancelled,
        BuildError::Unsupported(_) | BuildError::UnknownRegions { .. } | BuildError::NameTaken { .. } | BuildError::SubnetNeeded(_) | BuildError::Source(_) | BuildError::LateText { .. } => Conclusion::Invalid,
        BuildError::Caller { .. } => Conclusion::Credentials,
        BuildError::Launch { .. } | BuildError::NoAddress(_) | BuildError::Connect { .. } | BuildError::MachineGone(_) => Conclusion::Connect,
        BuildError::Provision(_) => Conclusion::Provision,
        BuildError::Wait { .. } | BuildError::Call { .. } => Conclusion::Image,
        BuildError::Key(_) | BuildError::Journal(_) => Conclusion::Failure,
    }
}

fn of_refusal(error: &CloudError) -> Option<Conclusion> {
    match error.refusal()? {
        Refusal::Credentials => Some(Conclusion::Credentials),
        Refusal::Denied => Some(Conclusion::Permission),
        Refusal::Capacity => Some(Conclusion::Capacity),
        _ if error.code().is_some_and(|code| code.contains("LimitExceeded") || code == "MaxSpotInstanceCountExceeded") => Some(Conclusion::Quota),
        _ => None,
    }
}

/// The first of EC2's answers among an error's causes.
fn cloud_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a CloudError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<CloudError>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Region;

    fn refused(refusal: Refusal, code: &str) -> BuildError {
        let region = Region::new("eu-west-1");
        let source = CloudError::Refused { call: "RunInstances", region: region.clone(), refusal, code: code.to_owned(), message: String::new(), request_id: String::new() };
        BuildError::Launch { region, source }
    }

    #[test]
    fn ec2s_own_code_decides_before_the_step_does() {
        assert_eq!(of_build(&refused(Refusal::Capacity, "InsufficientInstanceCapacity")), Conclusion::Capacity);
        assert_eq!(of_build(&refused(Refusal::Denied, "UnauthorizedOperation")), Conclusion::Permission);
        assert_eq!(of_build(&refused(Refusal::Other, "VcpuLimitExceeded")), Conclusion::Quota);
        assert_eq!(of_build(&refused(Refusal::Other, "InvalidParameterValue")), Conclusion::Connect);
    }
}
