//! The job's identity token, from the address that the runner gives a job with `id-token: write`.
//!
//! A token is good for five minutes, so a new one is asked for each time
//! (<https://docs.github.com/actions/reference/security/oidc>).

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, RETRY_AFTER, USER_AGENT};
use http::{Request, Response};
use tokio::time::Instant;

use super::error::SignInError;
use super::role::WebIdentityRole;
use crate::action::environment::Environment;
use crate::cloud::announced::OnSecret;
use crate::http::{HttpClient, HttpError};
use crate::secret::Secret;

/// Set by the runner in a job with `id-token: write`, in main and in post.
const REQUEST_URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
/// Opens that address, for about six hours.
const REQUEST_TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
/// One attempt.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Before the second attempt; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Between two attempts, unless the service itself asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Where tokens come from.
pub(super) struct TokenService {
    address: String,
    bearer: Secret,
    client: HttpClient,
    tell: OnSecret,
}

/// An attempt that brought no token.
struct Failure {
    error: SignInError,
    /// How long to wait before the next; `None` where another would bring nothing.
    pause: Option<Pause>,
}

/// What the service asks for.
enum Pause {
    /// Nothing.
    Ours,
    /// `Retry-After`.
    Theirs(Duration),
}

impl TokenService {
    /// The service that the runner names, for tokens that `role` can be assumed with.
    pub(super) fn of(
        environment: &Environment,
        role: &WebIdentityRole,
        tell: OnSecret,
    ) -> Result<Self, SignInError> {
        let (Some(url), Some(bearer)) =
            (environment.get(REQUEST_URL), environment.get(REQUEST_TOKEN))
        else {
            return Err(SignInError::NotPermitted);
        };
        let separator = if url.contains('?') { '&' } else { '?' };
        let bearer = Secret::new(bearer);
        tell(&bearer);
        Ok(Self {
            address: format!("{url}{separator}audience={}", encoded(role.audience())),
            bearer,
            client: HttpClient::new(environment).map_err(SignInError::Silent)?,
            tell,
        })
    }

    /// A new token, made known to whoever hides it. What may pass is tried again until `deadline`.
    pub(super) async fn token(&self, deadline: Instant) -> Result<Secret, SignInError> {
        let mut own = FIRST_PAUSE;
        loop {
            let failure = match self.attempt(deadline).await {
                Ok(token) => {
                    (self.tell)(&token);
                    return Ok(token);
                }
                Err(failure) => failure,
            };
            let pause = match failure.pause {
                None => return Err(failure.error),
                Some(Pause::Ours) => own,
                Some(Pause::Theirs(asked)) => asked,
            };
            if Instant::now() + pause >= deadline {
                return Err(failure.error);
            }
            log::info!("{}; trying again in {pause:?}", failure.error);
            // Whoever needs the credentials hears the stop signal.
            tokio::time::sleep(pause).await;
            own = (own * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(&self, deadline: Instant) -> Result<Secret, Failure> {
        let final_ = |error| Failure { error, pause: None };
        let request = Request::get(&self.address)
            .header(AUTHORIZATION, format!("Bearer {}", self.bearer.expose()))
            .header(ACCEPT, "application/json; api-version=2.0")
            .header(USER_AGENT, "ami-build")
            .body(String::new())
            .map_err(|error| final_(SignInError::Address(error)))?;
        let limit = ATTEMPT.min(deadline.saturating_duration_since(Instant::now()));
        let answer = self.client.send(request, limit).await;
        let answer = answer.map_err(|error| Failure {
            pause: (!matches!(error, HttpError::ProxyKind(_) | HttpError::Tls(_)))
                .then_some(Pause::Ours),
            error: SignInError::Silent(error),
        })?;
        if !answer.status().is_success() {
            return Err(refused(&answer));
        }
        let json: Option<serde_json::Value> = serde_json::from_str(answer.body()).ok();
        let token = json.as_ref().and_then(|json| json.get("value")?.as_str());
        // A login page of something in between is a success, too.
        let token = token.filter(|token| !token.is_empty());
        token
            .map(Secret::new)
            .ok_or_else(|| final_(SignInError::Answer(answer.status().as_u16())))
    }
}

/// Too many requests, and the service's own faults, pass.
fn refused(answer: &Response<String>) -> Failure {
    let status = answer.status().as_u16();
    let asked = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let passes = matches!(status, 408 | 425 | 429) || status >= 500 || asked.is_some();
    Failure {
        error: SignInError::Answer(status),
        pause: passes.then(|| asked.map_or(Pause::Ours, Pause::Theirs)),
    }
}

/// The audience as it may stand in a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut encoded = String::new();
    for byte in text.bytes() {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;
    use crate::http::stub::{Reply, Stub};

    fn role(audience: Option<&str>) -> WebIdentityRole {
        WebIdentityRole {
            arn: "arn:aws:iam::123456789012:role/images".to_owned(),
            session_name: "me".to_owned(),
            duration_seconds: None,
            audience: audience.map(str::to_owned),
        }
    }

    fn service(stub: &Stub, role: &WebIdentityRole, tell: OnSecret) -> TokenService {
        let url = format!("{}/token?api-version=2.0", stub.url);
        let environment =
            Environment::of([(REQUEST_URL, url.as_str()), (REQUEST_TOKEN, "the-bearer")]);
        TokenService::of(&environment, role, tell).unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(4)
    }

    #[tokio::test]
    async fn a_token_is_asked_for_its_audience_and_told_before_anybody_has_it() {
        let stub = Stub::start(|_| Reply::json(200, &json!({"value": "the.token.x"}))).await;
        let told = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&told);
        let tell: OnSecret =
            Arc::new(move |secret| ears.lock().unwrap().push(secret.expose().to_owned()));
        let service = service(&stub, &role(Some("a b&c")), tell);
        assert_eq!(service.token(soon()).await.unwrap().expose(), "the.token.x");
        let asked = stub.asked().remove(0);
        assert_eq!(asked.line, "GET /token?api-version=2.0&audience=a%20b%26c");
        assert!(
            asked
                .headers
                .iter()
                .any(|line| line == "authorization: bearer the-bearer")
        );
        assert_eq!(*told.lock().unwrap(), ["the-bearer", "the.token.x"]);
    }

    #[tokio::test]
    async fn limits_and_faults_of_the_service_are_waited_out() {
        let count = AtomicUsize::new(0);
        let stub = Stub::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => Reply {
                headers: vec![("retry-after", "1".to_owned())],
                ..Reply::json(429, &json!({}))
            },
            1 => Reply::json(500, &json!({})),
            _ => Reply::json(200, &json!({"value": "t"})),
        })
        .await;
        let begin = Instant::now();
        let service = service(&stub, &role(None), Arc::new(|_| {}));
        assert_eq!(service.token(soon()).await.unwrap().expose(), "t");
        assert!(
            begin.elapsed() >= Duration::from_secs(1),
            "Retry-After counts"
        );
    }

    #[tokio::test]
    async fn what_does_not_pass_is_told_at_once_and_the_rest_at_the_deadline() {
        for (status, attempts) in [(403, 1..2), (503, 2..9)] {
            let stub = Stub::start(move |_| Reply::json(status, &json!({}))).await;
            let service = service(&stub, &role(None), Arc::new(|_| {}));
            let deadline = Instant::now() + Duration::from_millis(900);
            let error = service.token(deadline).await.unwrap_err();
            assert!(
                matches!(error, SignInError::Answer(told) if told == status),
                "{error}"
            );
            assert!(attempts.contains(&stub.asked().len()), "{status}");
        }
    }

    #[test]
    fn a_job_without_the_permission_has_no_address() {
        for missing in [
            Environment::of([(REQUEST_URL, "http://x")]),
            Environment::of([(REQUEST_URL, ""), (REQUEST_TOKEN, "")]),
        ] {
            let service = TokenService::of(&missing, &role(None), Arc::new(|_| {}));
            assert!(matches!(service.err(), Some(SignInError::NotPermitted)));
        }
    }
}
