//! One small HTTPS client for everything that is not AWS: GitHub's REST, the address lookup, Consul and Vault.
//!
//! Proxies come from the environment, the roots from the system or `SSL_CERT_FILE` (rustls-native-certs reads that itself).

mod route;
pub(crate) mod tls;

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::action::environment::Environment;
use route::{Proxies, Route};
use tls::{Tls, TlsError};

/// The longest answer that is read, in bytes. A page of a hundred full comments has about 27 MB at worst (65,536 characters
/// of four bytes each); everything else is small.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;

/// Which addresses of a server may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Whatever answers first.
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// The client. Clones share their connections.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: Client<HttpsConnector<Route>, String>,
    proxies: Arc<Proxies>,
}

/// A request that got no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// The TLS settings cannot be followed.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A proxy of a kind that we do not speak.
    #[error("the proxy `{0}` is not an `http://` one")]
    ProxyKind(String),
    /// No answer in time.
    #[error("no answer from `{host}` within {seconds} s")]
    Deadline {
        /// Whom we asked.
        host: String,
        /// How long we waited.
        seconds: u64,
    },
    /// The connection could not be made, or broke.
    #[error("cannot reach `{host}`")]
    Transport {
        /// Whom we asked.
        host: String,
        /// Why.
        #[source]
        source: hyper_util::client::legacy::Error,
    },
    /// The answer broke off or is too long.
    #[error("cannot read the answer of `{host}`")]
    Answer {
        /// Whom we asked.
        host: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl HttpClient {
    /// A client with the proxies of `environment`: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or not.
    pub(crate) fn new(environment: &Environment) -> Result<Self, HttpError> {
        Self::within(environment, Family::Any)
    }

    /// As [`HttpClient::new`], over one address family.
    pub(crate) fn within(environment: &Environment, family: Family) -> Result<Self, HttpError> {
        Self::build(Proxies::of(environment)?, Tls::of_the_system()?, family)
    }

    /// As [`HttpClient::new`], with TLS of one's own.
    pub(crate) fn with_tls(environment: &Environment, tls: Tls) -> Result<Self, HttpError> {
        Self::build(Proxies::of(environment)?, tls, Family::Any)
    }

    fn build(proxies: Proxies, tls: Tls, family: Family) -> Result<Self, HttpError> {
        let proxies = Arc::new(proxies);
        let mut connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.config)
            .https_or_http();
        if let Some(name) = tls.server_name {
            connector = connector.with_server_name_resolver(FixedServerNameResolver::new(name));
        }
        let connector = connector
            .enable_http1()
            .wrap_connector(Route::new(proxies.clone(), family));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, proxies })
    }

    /// Whether a request to `uri` goes through a proxy.
    pub(crate) fn is_proxied(&self, uri: &Uri) -> bool {
        self.proxies.towards(uri).is_some()
    }

    /// Sends a request with an absolute URI. The whole exchange has to end within `limit`. An answer with an error status is an answer.
    pub(crate) async fn send(
        &self,
        mut request: Request<String>,
        limit: Duration,
    ) -> Result<Response<String>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        self.proxies.authorise(&mut request);
        let exchange = self.exchange(request, &host);
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or_else(|_| {
                Err(HttpError::Deadline {
                    host: host.clone(),
                    seconds: limit.as_secs(),
                })
            })
    }

    async fn exchange(
        &self,
        request: Request<String>,
        host: &str,
    ) -> Result<Response<String>, HttpError> {
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|source| HttpError::Transport {
            host: host.to_owned(),
            source,
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await;
        let body = body.map_err(|source| HttpError::Answer {
            host: host.to_owned(),
            source,
        })?;
        let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        Ok(Response::from_parts(head, text))
    }
}

#[cfg(test)]
pub(crate) mod stub;
#[cfg(test)]
mod tests;
