//! Why nobody could be signed in, and what to do about it.

use super::claims::Claims;
use crate::cloud::CloudError;
use crate::http::HttpError;

/// No credentials by the job's identity.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// The runner offers none.
    #[error("the job may not ask for an identity token, which `role-to-assume` needs")]
    NotPermitted,
    /// The runner's address is none.
    #[error("the address of GitHub's token service cannot be used")]
    Address(#[source] http::Error),
    /// No answer.
    #[error("no answer from GitHub's token service")]
    Silent(#[source] HttpError),
    /// An answer that is no token.
    #[error("GitHub's token service answered with HTTP {0} and without a token")]
    Answer(u16),
    /// STS does not take the token, or does not answer.
    #[error("cannot assume the role `{role}` with the job's identity")]
    Sts {
        /// Its ARN.
        role: String,
        /// What the token says.
        claims: Box<Claims>,
        /// STS's own words.
        #[source]
        source: Box<CloudError>,
    },
    /// STS says nothing.
    #[error("no answer from STS within {0} s")]
    Deadline(u64),
}

impl SignInError {
    /// What to do.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::NotPermitted => Some(NOT_PERMITTED.to_owned()),
            Self::Sts {
                role,
                claims,
                source,
            } => of_sts(role, claims, source),
            Self::Answer(401 | 403) => Some(TOO_OLD.to_owned()),
            Self::Silent(_) | Self::Answer(_) => {
                Some("see https://www.githubstatus.com, and run the job again".to_owned())
            }
            Self::Address(_) | Self::Deadline(_) => None,
        }
    }
}

const NOT_PERMITTED: &str = "give the job `permissions: id-token: write`, beside `contents: read`; a run for a pull request from a fork, and one that Dependabot \
     started, never gets it";

/// The request's own token ends about six hours after the job began.
const TOO_OLD: &str = "GitHub gives identity tokens for about six hours after a job began; a longer job needs credentials of another kind";

fn of_sts(role: &str, claims: &Claims, error: &CloudError) -> Option<String> {
    let (provider, audience) = (claims.provider(), &claims.audience);
    match error.code()? {
        "AccessDenied" => Some(format!(
            "the trust policy of `{role}` has to allow `sts:AssumeRoleWithWebIdentity` to the provider `{provider}` where `{provider}:aud` is \
             `{audience}` and `{provider}:sub` is `{}`{}",
            claims.subject,
            other_form(claims)
        )),
        "InvalidIdentityToken" => Some(format!(
            "the role's account needs an identity provider of IAM for `{}` with the audience `{audience}`; then the trust policy of `{role}` has to \
             allow `{provider}:sub` `{}`{}",
            claims.issuer,
            claims.subject,
            other_form(claims)
        )),
        "ValidationError" => Some(
            "leave `role-duration-seconds` out: the session is renewed as long as the build lasts"
                .to_owned(),
        ),
        "ExpiredTokenException" | "ExpiredToken" => {
            Some("the token was new; check this machine's clock".to_owned())
        }
        _ => error.hint(),
    }
}

/// Both forms are told, since a policy that was copied from elsewhere has the wrong one.
fn other_form(claims: &Claims) -> String {
    claims.other_subject.as_ref().map_or_else(String::new, |other| {
        format!("; that is what this job's token says, and a policy with GitHub's other form of it, `{other}`, does not let it in")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Region;
    use crate::cloud::error::Refusal;

    fn refused(code: &str) -> String {
        let error = SignInError::Sts {
            role: "arn:aws:iam::1:role/r".to_owned(),
            claims: Box::new(Claims {
                issuer: "https://token.actions.githubusercontent.com".to_owned(),
                audience: "sts.amazonaws.com".to_owned(),
                subject: "repo:o/r:pull_request".to_owned(),
                other_subject: Some("repo:o@1/r@2:pull_request".to_owned()),
            }),
            source: Box::new(CloudError::Refused {
                call: "AssumeRoleWithWebIdentity",
                region: Region::new("eu-west-1"),
                refusal: Refusal::Denied,
                code: code.to_owned(),
                message: String::new(),
                request_id: String::new(),
            }),
        };
        error.hint().unwrap()
    }

    #[test]
    fn a_refusal_says_what_the_trust_policy_has_to_allow_in_both_forms() {
        for code in ["AccessDenied", "InvalidIdentityToken"] {
            let hint = refused(code);
            for part in [
                "repo:o/r:pull_request",
                "repo:o@1/r@2:pull_request",
                "`sts.amazonaws.com`",
                "token.actions.githubusercontent.com:sub",
            ] {
                assert!(hint.contains(part), "{code}: no `{part}` in {hint}");
            }
        }
    }

    #[test]
    fn a_job_without_the_permission_is_told_which_line_it_needs() {
        let hint = SignInError::NotPermitted.hint().unwrap();
        assert!(hint.contains("id-token: write"), "{hint}");
    }
}
