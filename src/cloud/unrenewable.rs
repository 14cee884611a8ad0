//! Credentials that nobody can renew: what a person can do about their end has to be done before the build.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::credentials::environment_keys;
use super::environment::Environment;
use crate::plan::amazon::settings::Access;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Unrenewable {
    /// What they are, such as `the credentials of the environment`.
    pub(crate) what: &'static str,
    /// What can be done, as the end of a sentence.
    pub(crate) advice: &'static str,
    provider: SharedCredentialsProvider,
}

const IN_THE_ENVIRONMENT: &str = "let the action's input `role-to-assume` sign in, sign in for longer (`role-duration-seconds` of aws-actions/configure-aws-credentials, up to the role's own maximum), or name a \
     `profile`, whose files are read again";

impl Unrenewable {
    /// What `access` leads to, where that is a fixed pair of keys.
    pub(super) fn of(
        access: &Access,
        environment: Environment<'_>,
        provider: &SharedCredentialsProvider,
    ) -> Option<Self> {
        let (what, advice) = if access.keys.is_some() && access.issued_by_vault {
            (
                "the credentials that Vault made",
                "raise `ttl` of `vault_aws_engine`, or the TTL of Vault's role",
            )
        } else if access.keys.is_some() {
            ("the keys of the template", "name a `profile` instead")
        } else if access.profile.is_none() && environment_keys(environment).is_some() {
            ("the credentials of the environment", IN_THE_ENVIRONMENT)
        } else {
            return None;
        };
        Some(Self {
            what,
            advice,
            provider: provider.clone(),
        })
    }

    /// A session that a one-time code opened.
    pub(super) fn session(provider: &SharedCredentialsProvider) -> Self {
        Self {
            what: "the session that `mfa_code` opened",
            advice: "raise `duration_seconds` of `assume_role`",
            provider: provider.clone(),
        }
    }

    /// How much time is left; `None` where nobody knows, or where they do not end.
    pub(crate) async fn time_left(&self) -> Option<Duration> {
        let credentials = self.provider.provide_credentials().await.ok()?;
        let end = credentials.expiry()?;
        Some(end.duration_since(SystemTime::now()).unwrap_or_default())
    }
}
