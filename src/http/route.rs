//! How a connection gets to its server: straight, through a tunnel of a proxy, or by a proxy that is given the whole URL.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Request, Uri};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::Service;

use super::{Family, HttpError};
use crate::action::environment::Environment;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The proxies that the environment names.
pub(super) struct Proxies {
    matcher: Matcher,
}

impl Proxies {
    /// Reads the variables that curl reads. `http_proxy` counts in capitals too: nothing here is a CGI program.
    pub(super) fn of(environment: &Environment) -> Result<Self, HttpError> {
        let value = |name: &str| {
            let found = environment
                .get(name)
                .or_else(|| environment.get(&name.to_lowercase()));
            found.unwrap_or_default().to_owned()
        };
        let matcher = Matcher::builder()
            .all(value("ALL_PROXY"))
            .http(value("HTTP_PROXY"))
            .https(value("HTTPS_PROXY"))
            .no(value("NO_PROXY"))
            .build();
        let proxies = Self { matcher };
        for example in ["http://unknown.invalid/", "https://unknown.invalid/"] {
            if let Some(proxy) = proxies.towards(&Uri::from_static(example))
                && proxy.uri().scheme() != Some(&Scheme::HTTP)
            {
                return Err(HttpError::ProxyKind(proxy.uri().to_string()));
            }
        }
        Ok(proxies)
    }

    /// The proxy for requests to `uri`.
    pub(super) fn towards(&self, uri: &Uri) -> Option<Intercept> {
        self.matcher.intercept(uri)
    }

    /// Adds the proxy's password where the proxy reads the request itself. A tunnel has it in its CONNECT instead.
    pub(super) fn authorise(&self, request: &mut Request<String>) {
        if request.uri().scheme() != Some(&Scheme::HTTP) {
            return;
        }
        let proxy = self.towards(request.uri());
        if let Some(password) = proxy.as_ref().and_then(Intercept::basic_auth) {
            request
                .headers_mut()
                .insert(PROXY_AUTHORIZATION, password.clone());
        }
    }
}

/// Connects to servers.
#[derive(Clone)]
pub(super) struct Route {
    direct: HttpConnector,
    proxies: Arc<Proxies>,
}

impl Route {
    pub(super) fn new(proxies: Arc<Proxies>, family: Family) -> Self {
        let mut direct = HttpConnector::new();
        direct.enforce_http(false);
        direct.set_nodelay(true);
        // A socket that is bound to an address of one family reaches servers of that family only.
        direct.set_local_address(match family {
            Family::Any => None,
            Family::V4 => Some(Ipv4Addr::UNSPECIFIED.into()),
            Family::V6 => Some(Ipv6Addr::UNSPECIFIED.into()),
        });
        Self { direct, proxies }
    }
}

impl Service<Uri> for Route {
    type Response = TokioIo<Line>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.direct.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let proxy = self.proxies.towards(&target);
        let mut direct = self.direct.clone();
        Box::pin(async move {
            let (stream, via) = match proxy {
                None => (direct.call(target).await?, Via::Nothing),
                Some(proxy) if target.scheme() == Some(&Scheme::HTTPS) => {
                    (tunnel(&proxy, direct).call(target).await?, Via::Tunnel)
                }
                Some(proxy) => (direct.call(proxy.uri().clone()).await?, Via::Forwarder),
            };
            Ok(TokioIo::new(Line {
                stream: stream.into_inner(),
                via,
            }))
        })
    }
}

fn tunnel(proxy: &Intercept, direct: HttpConnector) -> Tunnel<HttpConnector> {
    let tunnel = Tunnel::new(proxy.uri().clone(), direct);
    match proxy.basic_auth() {
        Some(password) => tunnel.with_auth(password.clone()),
        None => tunnel,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    Nothing,
    Tunnel,
    Forwarder,
}

/// A connection that knows how it was made: through a forwarding proxy a request carries the whole URL.
pub(super) struct Line {
    stream: TcpStream,
    via: Via,
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.via == Via::Forwarder)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
