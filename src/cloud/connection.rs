//! The way to EC2: region, endpoint, credentials, transport, patience.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;

use super::Region;
use super::announced::{Announced, OnSecret};
use super::assume_role::RoleProvider;
use super::credentials::{self, Ways, may_ask_metadata_service};
use super::environment::Environment;
use super::expired::OnceMoreWhenExpired;
use super::mfa;
use super::renewing::Renewing;
use super::shared_files::SharedFiles;
use super::sign_in;
use super::transport::{self, Proxies, Verification};
use super::unrenewable::Unrenewable;
use crate::action::environment::Environment as ProcessEnvironment;
use crate::plan::amazon::settings::Access;

pub(crate) use error::ConnectError;

/// All that a client needs.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// Shared by all clients.
    pub(crate) config: SdkConfig,
    /// Where the build takes place.
    pub(crate) region: Region,
    /// The credentials behind all calls, where nobody can renew them.
    pub(crate) unrenewable: Option<Unrenewable>,
    /// EC2's endpoint, in every region; `None` is EC2's own.
    pub(crate) ec2_endpoint: Option<String>,
    /// STS's endpoint.
    pub(crate) sts_endpoint: Option<String>,
    /// The endpoint of Secrets Manager.
    pub(crate) secrets_manager_endpoint: Option<String>,
    /// IAM's endpoint.
    pub(crate) iam_endpoint: Option<String>,
    /// The endpoint of Systems Manager.
    pub(crate) ssm_endpoint: Option<String>,
    /// KMS's endpoint.
    pub(crate) kms_endpoint: Option<String>,
    /// The endpoint of Service Quotas.
    pub(crate) service_quotas_endpoint: Option<String>,
}

/// A connection takes at most this long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// One attempt, with its answer. EC2 answers in seconds; DescribeImages without an owner is the slowest known, about 20 s.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(40);
/// A call with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_secs(300);
/// Between two attempts at most: AWS's own choice for its SDKs.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);
/// Packer's default for `max_retries`, which counts the first attempt too.
const DEFAULT_ATTEMPTS: u32 = 10;

/// Finds the way; `tell` hears every secret that is found on it. Reads the shared configuration, and asks the metadata service for the region where nothing else names one;
/// credentials are looked for with the first call, but for the job's identity, by which we sign in at once.
pub(crate) async fn connect(
    access: &Access,
    process: &ProcessEnvironment,
    tell: OnSecret,
) -> Result<Connection, ConnectError> {
    let environment = Environment(process.variables());
    let files = SharedFiles::find(
        access.shared_credentials_file.as_deref(),
        access.profile.as_deref(),
        environment,
    )?;
    let local = ProviderConfig::without_region()
        .with_http_client(transport::client(verification(access), Proxies::None));
    let region = match known_region(access, environment) {
        Some(region) => region,
        None => asked_region(access, &files, environment, &local)
            .await
            .ok_or(ConnectError::RegionMissing)?,
    };
    let config = base_config(access, environment, &region);
    let services = ProviderConfig::without_region()
        .with_region(config.region().cloned())
        .with_http_client(config.http_client().expect("base_config sets it"))
        .with_retry_config(retries(access))
        .with_timeout_config(timeouts());
    let sts_endpoint = endpoint(environment, "AWS_ENDPOINT_URL_STS");
    let ways = Ways { services, local };
    let (unrenewable, provider) = match mfa::role(access, &files)? {
        Some(mfa) => {
            let found = credentials::base(&mfa.access, &mfa.files, environment, &ways);
            let found = kept(Announced::provider(found, tell.clone()));
            let client = sts(&config, found, sts_endpoint.clone());
            let role = RoleProvider::with_token(client, &mfa.role, mfa.token);
            let session = kept(Announced::provider(
                SharedCredentialsProvider::new(role),
                tell,
            ));
            (Some(Unrenewable::session(&session)), session)
        }
        None => {
            let signed_in =
                Box::pin(sign_in(access, process, (&config, &sts_endpoint), &tell)).await?;
            let is_signed_in = signed_in.is_some();
            let found = signed_in.unwrap_or_else(|| {
                let found = credentials::base(access, &files, environment, &ways);
                kept(Announced::provider(found, tell.clone()))
            });
            let fixed = Unrenewable::of(access, environment, &found).filter(|_| !is_signed_in);
            let role = role(access, &config, &found, sts_endpoint.clone());
            let assumed = role.map(|role| {
                kept(Announced::provider(
                    SharedCredentialsProvider::new(role),
                    tell,
                ))
            });
            (fixed, assumed.unwrap_or(found))
        }
    };
    let client = sts(&config, provider.clone(), sts_endpoint.clone());
    let accounts = &process.sign_in().accounts;
    Box::pin(sign_in::check(&client, &region, accounts)).await?;
    let ec2_endpoint = access
        .custom_endpoint_ec2
        .clone()
        .filter(|url| !url.is_empty());
    Ok(Connection {
        config: config.into_builder().credentials_provider(provider).build(),
        region,
        unrenewable,
        ec2_endpoint: ec2_endpoint.or_else(|| endpoint(environment, "AWS_ENDPOINT_URL_EC2")),
        sts_endpoint,
        secrets_manager_endpoint: endpoint(environment, "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
        iam_endpoint: endpoint(environment, "AWS_ENDPOINT_URL_IAM"),
        ssm_endpoint: endpoint(environment, "AWS_ENDPOINT_URL_SSM"),
        kms_endpoint: endpoint(environment, "AWS_ENDPOINT_URL_KMS"),
        service_quotas_endpoint: endpoint(environment, "AWS_ENDPOINT_URL_SERVICE_QUOTAS"),
    })
}

/// The region that template, environment or profile name. Nobody is asked for it, and a file that cannot be read names none.
pub(crate) async fn named_region(access: &Access, process: &ProcessEnvironment) -> Option<Region> {
    let environment = Environment(process.variables());
    if let Some(region) = known_region(access, environment) {
        return Some(region);
    }
    let file = access.shared_credentials_file.as_deref();
    let files = SharedFiles::find(file, access.profile.as_deref(), environment).ok()?;
    profile_region(&files).await
}

/// The job's identity in place of the environment's credentials; what the template itself names wins over both.
async fn sign_in(
    access: &Access,
    process: &ProcessEnvironment,
    (config, endpoint): (&SdkConfig, &Option<String>),
    tell: &OnSecret,
) -> Result<Option<SharedCredentialsProvider>, ConnectError> {
    let names_its_own = access.keys.is_some() || access.profile.is_some();
    let Some(role) = process.sign_in().role.as_ref().filter(|_| !names_its_own) else {
        return Ok(None);
    };
    let mut client = aws_sdk_sts::config::Builder::from(config);
    client.set_endpoint_url(endpoint.clone());
    let client = aws_sdk_sts::Client::from_conf(client.build());
    let region = Region::new(config.region().map_or("", |region| region.as_ref()));
    sign_in::first_session(role, process, (client, &region), tell.clone())
        .await
        .map(Some)
        .map_err(|error| ConnectError::SignIn(Box::new(error)))
}

fn known_region(access: &Access, environment: Environment<'_>) -> Option<Region> {
    let named = access
        .region
        .clone()
        .filter(|region| !region.as_str().is_empty());
    named.or_else(|| {
        environment
            .first(&["AWS_REGION", "AWS_DEFAULT_REGION"])
            .map(Region::new)
    })
}

async fn asked_region(
    access: &Access,
    files: &SharedFiles,
    environment: Environment<'_>,
    local: &ProviderConfig,
) -> Option<Region> {
    if let Some(region) = profile_region(files).await {
        return Some(region);
    }
    if !may_ask_metadata_service(access, environment) {
        return None;
    }
    let region = ImdsRegionProvider::builder()
        .configure(local)
        .build()
        .region()
        .await?;
    Some(Region::new(region.as_ref()))
}

async fn profile_region(files: &SharedFiles) -> Option<Region> {
    let profile = ProfileFileRegionProvider::builder()
        .profile_files(files.to_sdk())
        .profile_name(files.profile_name())
        .build();
    let region = profile.region().await?;
    Some(Region::new(region.as_ref()))
}

fn base_config(access: &Access, environment: Environment<'_>, region: &Region) -> SdkConfig {
    // The SDK allows no slash in the name.
    let app_name = AppName::new(concat!("ami-build-", env!("CARGO_PKG_VERSION")))
        .expect("letters, digits, dashes and dots are valid");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(aws_config::Region::new(region.to_string()))
        .app_name(app_name)
        .http_client(transport::client(
            verification(access),
            Proxies::Environment,
        ))
        // `Renewing` is the cache.
        .identity_cache(IdentityCache::no_cache())
        .retry_config(retries(access))
        .timeout_config(timeouts())
        .use_fips(environment.is_true("AWS_USE_FIPS_ENDPOINT"))
        .use_dual_stack(environment.is_true("AWS_USE_DUALSTACK_ENDPOINT"))
        .build()
}

fn verification(access: &Access) -> Verification {
    if access.insecure_skip_tls_verify {
        Verification::None
    } else {
        Verification::Full
    }
}

/// The SDK's standard mode: exponential with jitter.
fn retries(access: &Access) -> RetryConfig {
    let attempts = if access.max_retries == 0 {
        DEFAULT_ATTEMPTS
    } else {
        access.max_retries
    };
    RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_max_backoff(LONGEST_BACKOFF)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build()
}

/// The endpoint of one service, or of all (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
fn endpoint(environment: Environment<'_>, own: &str) -> Option<String> {
    if environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        return None;
    }
    environment
        .first(&[own, "AWS_ENDPOINT_URL"])
        .map(str::to_owned)
}

fn kept(found: SharedCredentialsProvider) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Renewing::new(found))
}

/// The template's role, in exchange for what was found.
fn role(
    access: &Access,
    config: &SdkConfig,
    found: &SharedCredentialsProvider,
    endpoint: Option<String>,
) -> Option<RoleProvider> {
    let role = access
        .assume_role
        .as_ref()
        .filter(|role| !role.role_arn.is_empty())?;
    Some(RoleProvider::new(
        sts(config, found.clone(), endpoint),
        role,
    ))
}

fn sts(
    config: &SdkConfig,
    found: SharedCredentialsProvider,
    endpoint: Option<String>,
) -> aws_sdk_sts::Client {
    let mut sts = aws_sdk_sts::config::Builder::from(config)
        .credentials_provider(found)
        .retry_classifier(OnceMoreWhenExpired);
    sts.set_endpoint_url(endpoint);
    aws_sdk_sts::Client::from_conf(sts.build())
}

mod error;
#[cfg(test)]
mod tests;
