//! The job's identity token against the role's credentials.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use tokio::time::{Instant, timeout_at};

use super::claims::Claims;
use super::error::SignInError;
use super::role::WebIdentityRole;
use super::token::TokenService;
use crate::action::environment::Environment;
use crate::cloud::Region;
use crate::cloud::announced::OnSecret;
use crate::cloud::call::Call;
use crate::cloud::renewing::Renewing;
use crate::secret::Secret;

/// The first time: nothing was made yet, so there is time.
const FIRST: Duration = Duration::from_secs(120);
/// Later on a call waits for it, and what is there is still good for minutes.
const LATER: Duration = Duration::from_secs(25);
/// STS could not fetch GitHub's keys, which passes.
const PAUSE: Duration = Duration::from_secs(2);
/// How often that is believed.
const MOST_REFUSALS: u32 = 3;

/// Gives the credentials of one role, new ones each time.
#[derive(Clone)]
struct WebIdentity(Arc<Parts>);

struct Parts {
    role: WebIdentityRole,
    tokens: TokenService,
    client: aws_sdk_sts::Client,
    region: Region,
    tell: OnSecret,
}

/// Signs in as `role`, and gives credentials that are renewed before they end. `client` asks STS in `region` and needs no
/// credentials itself.
pub(in crate::cloud) async fn first_session(
    role: &WebIdentityRole,
    environment: &Environment,
    (client, region): (aws_sdk_sts::Client, &Region),
    tell: OnSecret,
) -> Result<SharedCredentialsProvider, SignInError> {
    let identity = WebIdentity(Arc::new(Parts {
        role: role.clone(),
        tokens: TokenService::of(environment, role, tell.clone())?,
        client,
        region: region.clone(),
        tell,
    }));
    let first = Box::pin(identity.session(FIRST)).await?;
    let renewing = Renewing::session(SharedCredentialsProvider::new(identity), first);
    Ok(SharedCredentialsProvider::new(renewing))
}

impl WebIdentity {
    async fn session(&self, patience: Duration) -> Result<Credentials, SignInError> {
        let deadline = Instant::now() + patience;
        let mut refusals = 0;
        loop {
            let token = self.0.tokens.token(deadline).await?;
            let exchanged = timeout_at(deadline, self.exchange(&token)).await;
            let error = match exchanged {
                Ok(Ok(credentials)) => return Ok(credentials),
                Ok(Err(error)) => error,
                Err(_) => return Err(SignInError::Deadline(patience.as_secs())),
            };
            refusals += 1;
            if refusals == MOST_REFUSALS || !passes(&error) || Instant::now() + PAUSE >= deadline {
                return Err(error);
            }
            log::info!("{error}; trying again in {PAUSE:?}");
            // Whoever needs the credentials hears the stop signal.
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn exchange(&self, token: &Secret) -> Result<Credentials, SignInError> {
        let parts = &self.0;
        let call = Call {
            name: "AssumeRoleWithWebIdentity",
            region: &parts.region,
        };
        let asked = parts
            .client
            .assume_role_with_web_identity()
            .role_arn(&parts.role.arn)
            .role_session_name(&parts.role.session_name)
            .web_identity_token(token.expose())
            .set_duration_seconds(parts.role.duration_seconds)
            .send();
        let sts = |source| SignInError::Sts {
            role: parts.role.arn.clone(),
            claims: Box::new(Claims::of(token.expose()).unwrap_or_default()),
            source: Box::new(source),
        };
        let answer = call.answer(asked).await.map_err(sts)?;
        let given = answer
            .credentials()
            .ok_or_else(|| sts(call.without("Credentials")))?;
        let end = SystemTime::try_from(*given.expiration())
            .map_err(|_| sts(call.without("Expiration")))?;
        for secret in [given.secret_access_key(), given.session_token()] {
            (parts.tell)(&Secret::new(secret));
        }
        Ok(Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            Some(end),
            "JobIdentity",
        ))
    }
}

/// `InvalidIdentityToken` is also what STS says when it cannot fetch GitHub's keys at the moment.
fn passes(error: &SignInError) -> bool {
    let SignInError::Sts { source, .. } = error else {
        return false;
    };
    matches!(
        source.code(),
        Some("InvalidIdentityToken" | "IDPCommunicationError")
    )
}

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.session(LATER)
                .await
                .map_err(CredentialsError::provider_error)
        })
    }
}

impl fmt::Debug for WebIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebIdentity({})", self.0.role.arn)
    }
}
