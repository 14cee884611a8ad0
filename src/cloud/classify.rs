//! From the SDK's errors to ours, by code and never by text.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId;

use super::attempts::Attempts;
use super::error::Refusal;
use super::{CloudError, Region};

/// What came back is not what AWS answers.
#[derive(Debug, thiserror::Error)]
#[error(
    "what came back with HTTP {0} is not AWS's: something between here and AWS answers, such as a proxy or a login page"
)]
struct Unreadable(u16);

/// Our error for a call that failed after these attempts.
pub(crate) fn error<E>(
    call: &'static str,
    region: &Region,
    attempts: Attempts,
    error: SdkError<E, HttpResponse>,
) -> CloudError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let region = region.clone();
    let request_id = error
        .request_id()
        .or_else(|| error.meta().request_id())
        .unwrap_or_default()
        .to_owned();
    match error {
        // A success that cannot be read: the call may have worked, whatever spoiled the answer on its way.
        SdkError::ServiceError(ref context)
            if context.raw().status().is_success() && error.code().is_none() =>
        {
            CloudError::NoAnswer {
                call,
                region,
                source: Box::new(Unreadable(context.raw().status().as_u16())),
            }
        }
        SdkError::ServiceError(ref context) => {
            let status = context.raw().status().as_u16();
            // An answer without a code comes from something between us and EC2.
            let code = error
                .code()
                .map_or_else(|| format!("HTTP {status}"), str::to_owned);
            CloudError::Refused {
                call,
                region,
                refusal: refusal(&code, status),
                message: error.message().unwrap_or_default().to_owned(),
                code,
                request_id,
            }
        }
        SdkError::ConstructionFailure(_) => CloudError::NotSent {
            call,
            region,
            source: Box::new(error),
        },
        // No credentials, no address, no connection, no trust in the certificate: nothing was sent, not even once.
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) if !attempts.reached() => {
            CloudError::NotSent {
                call,
                region,
                source: Box::new(error),
            }
        }
        _ => CloudError::NoAnswer {
            call,
            region,
            source: Box::new(error),
        },
    }
}

/// Whether the search for credentials is what failed.
pub(super) fn credentials_failed(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| error.is::<CredentialsError>())
}

/// The error and what caused it, from the outside in.
pub(super) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What an error code means to us.
///
/// Codes: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.
pub(crate) fn refusal(code: &str, status: u16) -> Refusal {
    match code {
        "DryRunOperation" => Refusal::WouldSucceed,
        "DependencyViolation"
        | "InvalidSnapshot.InUse"
        | "VolumeInUse"
        | "InvalidGroup.InUse"
        // IAM's: a role that still has a policy or stands in a profile.
        | "DeleteConflict"
        | "ResourceInUse" => Refusal::InUse,
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "BandwidthLimitExceeded"
        | "SlowDown"
        | "PriorRequestNotComplete"
        | "ProvisionedThroughputExceededException"
        | "EC2ThrottledException"
        | "SnapshotCreationPerVolumeRateExceeded" => Refusal::Throttled,
        "UnauthorizedOperation"
        | "AccessDenied"
        | "AccessDeniedException"
        | "OperationNotPermitted"
        | "OptInRequired"
        | "PendingVerification"
        | "Blocked" => Refusal::Denied,
        "InsufficientInstanceCapacity"
        | "InsufficientHostCapacity"
        | "InsufficientReservedInstanceCapacity"
        | "InsufficientCapacity"
        | "InsufficientCapacityOnHost"
        | "Unsupported"
        | "UnfulfillableCapacity" => Refusal::Capacity,
        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "InvalidIdentityToken"
        | "IDPRejectedClaim" => Refusal::Credentials,
        "IncorrectState"
        | "IncorrectInstanceState"
        | "InvalidState"
        | "InvalidInstanceState"
        | "IncorrectSpotRequestState"
        // IAM's: another change of the same thing is not over yet.
        | "ConcurrentModification" => Refusal::WrongState,
        "InvalidAMIID.Unavailable" | "InvalidVpcID.Unknown" | "NoSuchEntity" => Refusal::NotFound,
        "EntityAlreadyExists" => Refusal::Duplicate,
        "InternalError"
        | "InternalFailure"
        | "Unavailable"
        | "ServiceUnavailable"
        | "InternalServerError" => Refusal::Server,
        code if code.ends_with(".NotFound")
            || code.ends_with(".NotFoundException")
            || code.ends_with(".Unknown") =>
        {
            Refusal::NotFound
        }
        code if code.ends_with(".Duplicate")
            || code.ends_with(".DuplicateName")
            || code.ends_with(".AlreadyExistsException") =>
        {
            Refusal::Duplicate
        }
        _ if status >= 500 => Refusal::Server,
        _ => Refusal::Other,
    }
}

#[cfg(test)]
mod tests;
