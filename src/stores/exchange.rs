//! One request with the redirects that it leads to: a standby sends its clients to the active server.

use std::time::Duration;

use http::header::LOCATION;
use http::uri::{InvalidUri, Scheme};
use http::{Request, Response, Uri};

use crate::http::{HttpClient, HttpError};

/// No usable answer came.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// No answer at all.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The server sends us somewhere that is no URL.
    #[error("the redirect to `{0}` leads nowhere")]
    Location(String, #[source] Option<InvalidUri>),
    /// The request carries a token, which must not travel in the clear.
    #[error("redirect would cause protocol downgrade")]
    Downgrade,
    /// One server sends us to the other and back.
    #[error("stopped after {0} redirects")]
    TooMany(usize),
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Redirects that are followed; one more is an error.
    pub(super) redirects: usize,
    /// How long one request may take.
    pub(super) time: Duration,
}

/// Sends a request, and sends it again wherever the server says.
pub(super) async fn exchange(
    client: &HttpClient,
    mut request: Request<String>,
    limits: Limits,
) -> Result<Response<String>, ExchangeError> {
    for _ in 0..=limits.redirects {
        let response = client.send(request.clone(), limits.time).await?;
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(response);
        }
        let Some(location) = response.headers().get(LOCATION) else {
            return Ok(response);
        };
        let location = String::from_utf8_lossy(location.as_bytes()).into_owned();
        *request.uri_mut() = target(request.uri(), &location)?;
    }
    Err(ExchangeError::TooMany(limits.redirects))
}

fn target(from: &Uri, location: &str) -> Result<Uri, ExchangeError> {
    let nowhere = |source| ExchangeError::Location(location.to_owned(), source);
    let to: Uri = location.parse().map_err(|error| nowhere(Some(error)))?;
    if to.authority().is_none() {
        let mut parts = from.clone().into_parts();
        parts.path_and_query = to.path_and_query().cloned();
        return Uri::from_parts(parts).map_err(|_| nowhere(None));
    }
    if from.scheme() == Some(&Scheme::HTTPS) && to.scheme() != Some(&Scheme::HTTPS) {
        return Err(ExchangeError::Downgrade);
    }
    match to.scheme() {
        Some(_) => Ok(to),
        None => Err(nowhere(None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(from: &'static str, location: &str) -> Result<String, String> {
        target(&Uri::from_static(from), location)
            .map(|uri| uri.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_redirect_names_another_server_or_another_path() {
        assert_eq!(
            go("http://a:1/x", "http://b:2/y?z=1").unwrap(),
            "http://b:2/y?z=1"
        );
        assert_eq!(go("http://a:1/x", "/y").unwrap(), "http://a:1/y");
    }

    #[test]
    fn a_token_never_goes_from_tls_into_the_clear() {
        assert_eq!(
            go("https://a/x", "http://a/x").unwrap_err(),
            "redirect would cause protocol downgrade"
        );
    }
}
