//! Where the credentials come from.
//!
//! Packer's order, which is that of AWS's Go SDK: keys in the template; the template's profile; keys in the environment; a web
//! identity in the environment; the environment's or the default profile; the container's credentials; the instance's.
//! The first source that has any counts. The chain is made here and not by the SDK, because the SDK's cannot leave out the
//! metadata service and takes empty variables for values.

use std::time::SystemTime;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::environment::Environment;
use super::profile_credentials::ProfileCredentials;
use super::shared_files::SharedFiles;
use crate::plan::amazon::settings::{Access, StaticKeys};

/// Beside the keys in what `aws configure export-credentials` and many sign-in tools print
/// (<https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html>).
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";

/// How the sources reach the network.
pub(crate) struct Ways {
    /// STS and SSO: with the proxy.
    pub(crate) services: ProviderConfig,
    /// The metadata services of the machine itself: never by a proxy, which has a metadata service of its own.
    pub(crate) local: ProviderConfig,
}

/// The credentials before any role is assumed.
pub(crate) fn base(
    access: &Access,
    files: &SharedFiles,
    environment: Environment<'_>,
    ways: &Ways,
) -> SharedCredentialsProvider {
    if let Some(keys) = &access.keys {
        return SharedCredentialsProvider::new(fixed(keys));
    }
    let mut chain = Chain::default();
    if access.profile.is_none() {
        chain.add("Environment", environment_keys(environment));
        chain.add(
            "WebIdentityToken",
            web_identity(environment, &ways.services),
        );
    }
    let profile = ProfileCredentials::new(files, &ways.services);
    chain.add("Profile", Some(profile));
    if environment
        .first(&[
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ])
        .is_some()
    {
        chain.add(
            "EcsContainer",
            Some(
                EcsCredentialsProvider::builder()
                    .configure(&ways.local)
                    .build(),
            ),
        );
    }
    if may_ask_metadata_service(access, environment) {
        chain.add(
            "Ec2InstanceMetadata",
            Some(
                ImdsCredentialsProvider::builder()
                    .configure(&ways.local)
                    .build(),
            ),
        );
    }
    chain.build()
}

/// Whether the instance's metadata service counts as a source.
pub(crate) fn may_ask_metadata_service(access: &Access, environment: Environment<'_>) -> bool {
    !access.skip_metadata_api_check && !environment.is_true("AWS_EC2_METADATA_DISABLED")
}

/// A chain that may still be empty.
#[derive(Default)]
struct Chain(Option<CredentialsProviderChain>);

impl Chain {
    fn add(&mut self, name: &'static str, source: Option<impl ProvideCredentials + 'static>) {
        let Some(source) = source else { return };
        self.0 = Some(match self.0.take() {
            None => CredentialsProviderChain::first_try(name, source),
            Some(chain) => chain.or_else(name, source),
        });
    }

    fn build(self) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(self.0.expect("the profile is always added"))
    }
}

fn fixed(keys: &StaticKeys) -> Credentials {
    let token = keys.token.as_ref().map(|token| token.expose().to_owned());
    Credentials::new(
        keys.access_key.expose(),
        keys.secret_key.expose(),
        token,
        keys.lasts.map(|lasts| SystemTime::now() + lasts),
        "Template",
    )
}

/// The names are those that AWS's Go SDK knows, old ones included.
pub(super) fn environment_keys(environment: Environment<'_>) -> Option<Credentials> {
    let access_key = environment.first(&["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"])?;
    let secret_key = environment.first(&["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"])?;
    let token = environment.get("AWS_SESSION_TOKEN").map(str::to_owned);
    Some(Credentials::new(
        access_key,
        secret_key,
        token,
        environment.get(EXPIRATION).and_then(end),
        "Environment",
    ))
}

fn end(text: &str) -> Option<SystemTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(Into::into)
}

fn web_identity(
    environment: Environment<'_>,
    config: &ProviderConfig,
) -> Option<WebIdentityTokenCredentialsProvider> {
    let configuration = StaticConfiguration {
        web_identity_token_file: environment.get("AWS_WEB_IDENTITY_TOKEN_FILE")?.into(),
        role_arn: environment.get("AWS_ROLE_ARN")?.to_owned(),
        session_name: environment
            .get("AWS_ROLE_SESSION_NAME")
            .unwrap_or("ami-build")
            .to_owned(),
    };
    Some(
        WebIdentityTokenCredentialsProvider::builder()
            .configure(config)
            .static_configuration(configuration)
            .build(),
    )
}

#[cfg(test)]
mod tests;
