//! `assume_role`: other credentials in exchange for the ones found, renewed whenever they end.
//!
//! The SDK's own provider knows no transitive tag keys and no MFA devices.

use std::time::SystemTime;

use tokio::sync::OnceCell;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleInputBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use super::attempts;
use super::mfa::MfaToken;
use crate::plan::amazon::settings::AssumeRole;

/// Assumes one role, anew for each call; `Renewing` keeps the answer while it lasts.
#[derive(Debug)]
pub(crate) struct RoleProvider {
    client: aws_sdk_sts::Client,
    request: AssumeRoleInputBuilder,
    mfa: Option<Mfa>,
}

/// A code is good for one call, so its answer is kept for all who ask.
#[derive(Debug)]
struct Mfa {
    token: MfaToken,
    session: OnceCell<Credentials>,
}

/// The session that a one-time code opened is over.
#[derive(Debug, thiserror::Error)]
#[error(
    "the session that `mfa_code` opened has ended, and the code cannot be used again: raise `duration_seconds` of `assume_role`"
)]
struct SessionOver;

impl RoleProvider {
    /// A provider that asks `client`, whose credentials are the ones to exchange.
    pub(crate) fn new(client: aws_sdk_sts::Client, role: &AssumeRole) -> Self {
        Self {
            client,
            request: request(role),
            mfa: None,
        }
    }

    /// The same with the code of an MFA device.
    pub(super) fn with_token(
        client: aws_sdk_sts::Client,
        role: &AssumeRole,
        token: MfaToken,
    ) -> Self {
        let session = OnceCell::new();
        Self {
            mfa: Some(Mfa { token, session }),
            ..Self::new(client, role)
        }
    }

    async fn provide(&self) -> provider::Result {
        let Some(mfa) = &self.mfa else {
            return self.assume(self.request.clone()).await;
        };
        let session = mfa.session.get_or_try_init(|| {
            let request = self.request.clone().serial_number(&mfa.token.serial);
            self.assume(request.token_code(mfa.token.code.expose()))
        });
        let session = session.await?;
        let is_over = session.expiry().is_some_and(|end| end <= SystemTime::now());
        if is_over {
            return Err(CredentialsError::provider_error(SessionOver));
        }
        Ok(session.clone())
    }

    async fn assume(&self, request: AssumeRoleInputBuilder) -> provider::Result {
        // A call of its own within the one that needs the role: its own credentials may have ended, too.
        let (sent, _) = attempts::counted(Box::pin(request.send_with(&self.client))).await;
        let output = sent.map_err(CredentialsError::provider_error)?;
        let credentials = output
            .credentials()
            .ok_or_else(|| CredentialsError::unhandled("the answer has no credentials"))?;
        let expires =
            SystemTime::try_from(*credentials.expiration()).map_err(CredentialsError::unhandled)?;
        Ok(Credentials::new(
            credentials.access_key_id(),
            credentials.secret_access_key(),
            Some(credentials.session_token().to_owned()),
            Some(expires),
            "AssumeRole",
        ))
    }
}

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

/// What `AssumeRole` sends. What the template leaves open is not sent, but for the session's name, which STS demands.
fn request(role: &AssumeRole) -> AssumeRoleInputBuilder {
    let policies = role
        .policy_arns
        .iter()
        .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
        .collect::<Vec<_>>();
    let tags = role
        .tags
        .iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok())
        .collect::<Vec<_>>();
    AssumeRoleInputBuilder::default()
        .role_arn(&role.role_arn)
        .role_session_name(role.session_name.as_deref().unwrap_or("ami-build"))
        .set_duration_seconds(Some(role.duration_seconds).filter(|seconds| *seconds > 0))
        .set_external_id(role.external_id.clone())
        .set_policy(role.policy.clone())
        .set_policy_arns(Some(policies).filter(|list| !list.is_empty()))
        .set_tags(Some(tags).filter(|list| !list.is_empty()))
        .set_transitive_tag_keys(
            Some(role.transitive_tag_keys.clone()).filter(|list| !list.is_empty()),
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_option_of_the_template_is_sent() {
        let role = AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/ci".to_owned(),
            duration_seconds: 900,
            external_id: Some("outside".to_owned()),
            policy: Some("{}".to_owned()),
            policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
            session_name: Some("me".to_owned()),
            tags: BTreeMap::from([("team".to_owned(), "images".to_owned())]),
            transitive_tag_keys: vec!["team".to_owned()],
        };
        let sent = request(&role).build().unwrap();
        assert_eq!(sent.role_arn(), Some("arn:aws:iam::123456789012:role/ci"));
        assert_eq!(sent.duration_seconds(), Some(900));
        assert_eq!(sent.external_id(), Some("outside"));
        assert_eq!(sent.policy(), Some("{}"));
        assert_eq!(
            sent.policy_arns()[0].arn(),
            Some("arn:aws:iam::aws:policy/ReadOnlyAccess")
        );
        assert_eq!(sent.role_session_name(), Some("me"));
        assert_eq!(
            (sent.tags()[0].key(), sent.tags()[0].value()),
            ("team", "images")
        );
        assert_eq!(sent.transitive_tag_keys(), ["team"]);
    }

    #[test]
    fn what_the_template_leaves_open_is_not_sent() {
        let sent = request(&AssumeRole {
            role_arn: "arn".to_owned(),
            ..AssumeRole::default()
        })
        .build()
        .unwrap();
        assert_eq!(sent.duration_seconds(), None);
        assert!(
            sent.policy_arns.is_none() && sent.tags.is_none() && sent.transitive_tag_keys.is_none()
        );
        assert_eq!(sent.role_session_name(), Some("ami-build"));
    }
}
