//! The way through a SOCKS5 proxy: `ssh_proxy_*`.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_socks::tcp::Socks5Stream;

use crate::plan::communicator::Proxy;

use super::ConnectError;
use super::connect::dial;

/// The proxy answers once the machine did, or did not.
const PATIENCE: Duration = Duration::from_secs(15);

/// A connection to `host`, whose name the proxy looks up.
pub(super) async fn through(
    proxy: &Proxy,
    host: &str,
    port: u16,
) -> Result<TcpStream, ConnectError> {
    let failed = |source| ConnectError::Proxy {
        proxy: proxy.host.clone(),
        source: Box::new(source),
    };
    let stream = dial(&proxy.host, proxy.port).await.map_err(failed)?;
    let target = (host, port);
    let asked = async {
        match &proxy.credentials {
            None => Socks5Stream::connect_with_socket(stream, target).await,
            Some((user, password)) => {
                let password = password.expose();
                Socks5Stream::connect_with_password_and_socket(stream, target, user, password).await
            }
        }
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(stream)) => Ok(stream.into_inner()),
        Ok(Err(source)) => Err(ConnectError::BehindProxy {
            host: host.to_owned(),
            port,
            source,
        }),
        Err(_) => Err(failed(ConnectError::Silent {
            host: proxy.host.clone(),
            port: proxy.port,
        })),
    }
}
