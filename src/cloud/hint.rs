//! What a person can do about a call that failed.

use super::CloudError;
use super::attempts::never_connected;
use super::classify::{chain, credentials_failed};
use super::error::Refusal;
use super::sign_in::SignInError;

impl CloudError {
    /// One piece of advice, where there is any that holds whatever the template says.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Refused {
                call,
                refusal,
                code,
                ..
            } => advice(call, *refusal, code),
            Self::NotSent { source, .. } if credentials_failed(source.as_ref()) => {
                let signing_in = chain(source.as_ref()).find_map(|error| error.downcast_ref());
                match signing_in.map(SignInError::hint) {
                    Some(hint) => hint,
                    None => Some(NO_CREDENTIALS.to_owned()),
                }
            }
            Self::NotSent { source, .. } if never_connected(source.as_ref()) => {
                Some(NO_CONNECTION.to_owned())
            }
            Self::NotSent { .. } | Self::NoAnswer { .. } | Self::Incomplete { .. } => None,
        }
    }
}

/// The hop limit: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html>.
const NO_CREDENTIALS: &str = "in a workflow set `role-to-assume`; elsewhere set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a \
     `profile`; on a runner that is an EC2 instance, a container reaches the metadata service only where the instance's \
     HttpPutResponseHopLimit is 2 or more";

const SESSION_OVER: &str = "the session has ended, and there is no newer one: keys of the environment or of the template cannot be renewed. In a workflow let the input \
     `role-to-assume` sign in; elsewhere sign in for longer (`role-duration-seconds` of aws-actions/configure-aws-credentials), or use a `profile` with a role or a `credential_process`, `assume_role`, \
     a web identity or the role of the machine, all of which are renewed";

const NO_CONNECTION: &str = "check the region's name, the network, the proxy variables and `custom_endpoint_ec2`; behind a proxy \
     that shows a certificate of its own, let SSL_CERT_FILE name its root";

const NO_VPC: &str = "the account has no default VPC in this region: set `subnet_id`, or `vpc_filter` and `subnet_filter`";

fn advice(call: &str, refusal: Refusal, code: &str) -> Option<String> {
    if code == "VPCIdNotSpecified" {
        return Some(NO_VPC.to_owned());
    }
    let advice = match refusal {
        Refusal::Denied if code == "OptInRequired" => "subscribe to the image's product in AWS Marketplace first".to_owned(),
        Refusal::Denied => return Some(format!("the caller's policy needs `{}`, and no SCP or boundary may deny it", action(call))),
        Refusal::Capacity if call == "CreateFleet" => "list more types in `spot_instance_types`, leave `availability_zone` and `subnet_id` open, or try the same again later".to_owned(),
        Refusal::Capacity => "try another `instance_type`, another `availability_zone` or `subnet_id`, or the same again later".to_owned(),
        Refusal::Credentials => credentials_advice(code).to_owned(),
        Refusal::Throttled => "the account makes too many calls in this region; raise `max_retries` or run fewer builds at once".to_owned(),
        Refusal::Duplicate if code.starts_with("InvalidAMIName") => {
            "choose another `ami_name` (`{{timestamp}}` makes it unique) or set `force_deregister`".to_owned()
        }
        Refusal::Duplicate => "something of this name exists already; remove it if an earlier run left it, or choose another name".to_owned(),
        Refusal::Server => "the fault is on the side of AWS; try again".to_owned(),
        Refusal::Other if matches!(code, "SpotMaxPriceTooLow" | "BidTooLow") => "raise `spot_price`, or set it to `auto`".to_owned(),
        Refusal::NotFound | Refusal::InUse | Refusal::WouldSucceed | Refusal::WrongState | Refusal::Other => return None,
    };
    Some(advice)
}

/// The IAM action of a call: they have the same name in EC2, IAM and STS.
fn action(call: &str) -> String {
    let service = match call {
        "GetCallerIdentity" | "AssumeRole" | "DecodeAuthorizationMessage" => "sts",
        call if call.contains("Role") || call.ends_with("InstanceProfile") => "iam",
        _ => "ec2",
    };
    format!("{service}:{call}")
}

fn credentials_advice(code: &str) -> &'static str {
    match code {
        "ExpiredToken" | "ExpiredTokenException" => SESSION_OVER,
        "RequestExpired" => {
            "the session has ended, or this machine's clock is wrong; new credentials were looked for before, and there are none"
        }
        "SignatureDoesNotMatch" | "IncompleteSignature" => {
            "check the secret key and this machine's clock"
        }
        _ => "check the access key, and that the region is enabled for the account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Region;

    fn refused(call: &'static str, refusal: Refusal, code: &str) -> CloudError {
        CloudError::Refused {
            call,
            region: Region::new("eu-west-1"),
            refusal,
            code: code.to_owned(),
            message: String::new(),
            request_id: String::new(),
        }
    }

    #[test]
    fn a_denied_call_names_the_action_that_the_policy_needs() {
        let hint = refused("RunInstances", Refusal::Denied, "UnauthorizedOperation")
            .hint()
            .unwrap();
        assert!(hint.contains("`ec2:RunInstances`"), "{hint}");
    }

    #[test]
    fn who_am_i_is_an_action_of_sts() {
        let hint = refused("GetCallerIdentity", Refusal::Denied, "AccessDenied")
            .hint()
            .unwrap();
        assert!(hint.contains("`sts:GetCallerIdentity`"), "{hint}");
    }

    #[test]
    fn a_taken_image_name_points_to_ami_name() {
        let hint = refused(
            "CreateImage",
            Refusal::Duplicate,
            "InvalidAMIName.Duplicate",
        )
        .hint()
        .unwrap();
        assert!(hint.contains("`ami_name`"), "{hint}");
    }

    #[test]
    fn without_a_default_vpc_a_subnet_helps() {
        let hint = refused("RunInstances", Refusal::Other, "VPCIdNotSpecified").hint();
        assert!(hint.unwrap().contains("`subnet_id`"));
    }

    #[test]
    fn an_unknown_code_gets_no_advice() {
        assert_eq!(
            refused("RunInstances", Refusal::Other, "Brand.New").hint(),
            None
        );
    }
}
