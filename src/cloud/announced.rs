//! Credentials that are made known to whoever hides them before anything is done with them, wherever they come from.

use std::fmt;
use std::sync::Arc;

use aws_credential_types::provider::future;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use crate::secret::Secret;

/// Is told every secret half and every session token.
pub(crate) type OnSecret = Arc<dyn Fn(&Secret) + Send + Sync>;

/// A provider that tells what it gives.
#[derive(Clone)]
pub(super) struct Announced {
    found: SharedCredentialsProvider,
    tell: OnSecret,
}

impl Announced {
    /// The same provider, which tells what it gives.
    pub(super) fn provider(
        found: SharedCredentialsProvider,
        tell: OnSecret,
    ) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Self { found, tell })
    }
}

impl ProvideCredentials for Announced {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.found.provide_credentials().await?;
            let secrets = [
                Some(credentials.secret_access_key()),
                credentials.session_token(),
            ];
            for secret in secrets.into_iter().flatten() {
                (self.tell)(&Secret::new(secret));
            }
            Ok(credentials)
        })
    }
}

impl fmt::Debug for Announced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Announced(***)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use aws_credential_types::Credentials;

    use super::*;

    #[tokio::test]
    async fn secret_and_token_are_told_before_anybody_has_them() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&told);
        let tell: OnSecret =
            Arc::new(move |secret| ears.lock().unwrap().push(secret.expose().to_owned()));
        let found = Credentials::new(
            "AKID",
            "the-secret",
            Some("the-token".to_owned()),
            None,
            "test",
        );
        let provider = Announced::provider(SharedCredentialsProvider::new(found), tell);
        provider.provide_credentials().await.unwrap();
        assert_eq!(*told.lock().unwrap(), ["the-secret", "the-token"]);
    }
}
