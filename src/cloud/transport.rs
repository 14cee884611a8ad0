//! HTTP for the SDK: its own client, but by the environment's proxy, which the SDK leaves out by default.
//!
//! The SDK's client reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` itself. Root certificates are the system's;
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` lead to others.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_ec2::config::SharedHttpClient;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};

use super::unverified::Unverified;

/// Whether the server's certificate is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verification {
    /// As everywhere.
    Full,
    /// `insecure_skip_tls_verify`.
    None,
}

/// Whether proxies are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proxies {
    /// Those of the environment.
    Environment,
    /// None: for addresses of the machine itself.
    None,
}

/// A client. It keeps one pool of connections for each pair of timeouts that it is asked for.
pub(crate) fn client(verification: Verification, proxies: Proxies) -> SharedHttpClient {
    let pools: Arc<Mutex<Vec<(Timeouts, SharedHttpConnector)>>> = Arc::default();
    http_client_fn(move |settings, _components| {
        let timeouts = (settings.connect_timeout(), settings.read_timeout());
        let mut pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pool)) = pools.iter().find(|(known, _)| *known == timeouts) {
            return pool.clone();
        }
        let pool = match verification {
            Verification::Full => SharedHttpConnector::new(verified(settings, proxies)),
            Verification::None => {
                SharedHttpConnector::new(Unverified::new(settings.connect_timeout(), proxies))
            }
        };
        pools.push((timeouts, pool.clone()));
        pool
    })
}

/// Connect and read timeout.
type Timeouts = (Option<Duration>, Option<Duration>);

fn verified(settings: &HttpConnectorSettings, proxies: Proxies) -> Connector {
    let proxies = match proxies {
        Proxies::Environment => ProxyConfig::from_env(),
        Proxies::None => ProxyConfig::disabled(),
    };
    Connector::builder()
        .connector_settings(settings.clone())
        .proxy_config(proxies)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build()
}
