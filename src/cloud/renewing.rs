//! Credentials that are kept until shortly before they end, and fetched anew when AWS says that they have ended.
//!
//! The SDK's own cache cannot be emptied: what it holds is sent until its end, though a rotated file or a revoked session has
//! made it worthless long before.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::attempts;
use crate::error::on_one_line;

/// The search for credentials, which may include a role and its retries.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Where nothing says when they end, they are looked for again after this: a file may have changed. The SDK's own figure.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// Renewed so long before their end, that a call with its retries does not outlast them.
const AHEAD: Duration = Duration::from_secs(60);
/// A session that somebody else's service has a part in is renewed earlier, so that an outage of minutes does no harm.
const SESSION_AHEAD: Duration = Duration::from_secs(300);
/// After a renewal that failed ahead of the end, what is there is used for so long before the next try.
const AGAIN: Duration = Duration::from_secs(15);

/// See the module. Clones keep the same credentials.
#[derive(Clone)]
pub(crate) struct Renewing {
    found: SharedCredentialsProvider,
    ahead: Duration,
    kept: Arc<Mutex<Option<Kept>>>,
}

struct Kept {
    credentials: Credentials,
    until: SystemTime,
}

impl Renewing {
    /// Keeps what `found` gives.
    pub(super) fn new(found: SharedCredentialsProvider) -> Self {
        Self {
            found,
            ahead: AHEAD,
            kept: Arc::default(),
        }
    }

    /// Keeps `first`, which `found` has given already, and what it gives later.
    pub(super) fn session(found: SharedCredentialsProvider, first: Credentials) -> Self {
        let kept = Kept {
            until: until(&first, SystemTime::now(), SESSION_AHEAD),
            credentials: first,
        };
        Self {
            found,
            ahead: SESSION_AHEAD,
            kept: Arc::new(Mutex::new(Some(kept))),
        }
    }

    async fn provide(&self) -> provider::Result {
        let mut kept = self.kept.lock().await;
        let now = SystemTime::now();
        // Whoever is told that they have ended looks for others, once a call.
        let wants_others = attempts::take_expired();
        if let Some(kept) = kept.as_ref()
            && kept.until > now
            && !wants_others
        {
            return Ok(kept.credentials.clone());
        }
        let fetched = match timeout(TIMEOUT, self.found.provide_credentials()).await {
            Ok(fetched) => fetched,
            Err(_) => Err(CredentialsError::provider_timed_out(TIMEOUT)),
        };
        match (fetched, kept.as_mut()) {
            (Ok(credentials), _) => {
                let until = until(&credentials, now, self.ahead);
                *kept = Some(Kept {
                    credentials: credentials.clone(),
                    until,
                });
                Ok(credentials)
            }
            // They are renewed ahead of their end: what is there may do until the next try.
            (Err(error), Some(old)) if is_good(&old.credentials, now) && !wants_others => {
                log::warn!(
                    "the credentials could not be renewed yet: {}",
                    on_one_line(&error)
                );
                old.until = again(&old.credentials);
                Ok(old.credentials.clone())
            }
            (Err(error), _) => Err(error),
        }
    }
}

impl ProvideCredentials for Renewing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

impl fmt::Debug for Renewing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Renewing(***)")
    }
}

/// A session of seconds, as tests have it, is kept for most of them.
fn until(credentials: &Credentials, now: SystemTime, ahead: Duration) -> SystemTime {
    match credentials.expiry() {
        None => now + KEPT,
        Some(end) => {
            let left = end.duration_since(now).unwrap_or_default();
            end - ahead.min(left / 5)
        }
    }
}

/// When to try again, which is before the end in any case.
fn again(credentials: &Credentials) -> SystemTime {
    let next = SystemTime::now() + AGAIN;
    credentials.expiry().map_or(next, |end| next.min(end))
}

fn is_good(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_some_and(|end| end > now)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Numbers what it gives.
    #[derive(Debug)]
    struct Source {
        asked: Arc<AtomicU32>,
        seconds: Option<u64>,
        fails_from: u32,
    }

    impl ProvideCredentials for Source {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            if number >= self.fails_from {
                return future::ProvideCredentials::ready(Err(CredentialsError::unhandled("no")));
            }
            let end = self
                .seconds
                .map(|seconds| SystemTime::now() + Duration::from_secs(seconds));
            let given = Credentials::new(format!("KEY{number}"), "s", None, end, "test");
            future::ProvideCredentials::ready(Ok(given))
        }
    }

    fn renewing(seconds: Option<u64>, fails_from: u32) -> Renewing {
        let source = Source {
            asked: Arc::default(),
            seconds,
            fails_from,
        };
        Renewing::new(SharedCredentialsProvider::new(source))
    }

    async fn key(renewing: &Renewing) -> String {
        renewing
            .provide_credentials()
            .await
            .unwrap()
            .access_key_id()
            .to_owned()
    }

    #[tokio::test]
    async fn they_are_kept_while_they_last_and_renewed_before_they_end() {
        let lasting = renewing(Some(3600), 9);
        assert_eq!(
            (key(&lasting).await, key(&lasting).await),
            ("KEY1".into(), "KEY1".into())
        );
        let ending = renewing(Some(0), 9);
        assert_eq!(
            (key(&ending).await, key(&ending).await),
            ("KEY1".into(), "KEY2".into())
        );
    }

    #[tokio::test]
    async fn a_call_that_is_told_that_they_have_ended_gets_others() {
        let renewing = renewing(None, 9);
        let inner = renewing.clone();
        let (keys, _) = attempts::counted(async move {
            let first = key(&inner).await;
            assert!(attempts::note_expired());
            let second = key(&inner).await;
            assert!(!attempts::note_expired(), "once a call is enough");
            (first, second, key(&inner).await)
        })
        .await;
        assert_eq!(keys, ("KEY1".into(), "KEY2".into(), "KEY2".into()));
        assert_eq!(key(&renewing).await, "KEY2");
    }

    #[tokio::test]
    async fn a_renewal_that_fails_ahead_of_the_end_is_no_error_yet() {
        let renewing = renewing(Some(50), 2);
        key(&renewing).await;
        renewing.kept.lock().await.as_mut().unwrap().until = SystemTime::UNIX_EPOCH;
        assert_eq!(key(&renewing).await, "KEY1");
        assert_eq!(key(&renewing).await, "KEY1");
        let Some(kept) = &*renewing.kept.lock().await else {
            panic!("nothing is kept")
        };
        assert!(
            kept.until > SystemTime::now(),
            "not every call waits for one more renewal"
        );
    }

    #[tokio::test]
    async fn a_session_that_began_elsewhere_is_kept_until_five_minutes_before_its_end() {
        let Renewing { found, .. } = renewing(Some(3600), 9);
        let first = |seconds| {
            let end = SystemTime::now() + Duration::from_secs(seconds);
            Credentials::new("FIRST", "s", None, Some(end), "test")
        };
        let lasting = Renewing::session(found.clone(), first(3600));
        assert_eq!(key(&lasting).await, "FIRST");
        let kept = lasting.kept.lock().await.as_ref().unwrap().until;
        let left = kept.duration_since(SystemTime::now()).unwrap();
        assert!(left < Duration::from_secs(3301), "{left:?}");
        assert_eq!(key(&Renewing::session(found, first(0))).await, "KEY1");
    }
}
