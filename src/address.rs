//! The caller's own addresses, so that a temporary security group is open to nobody else.
//!
//! The public one is what a service on the internet sees; the private one is the source address that the routing table picks.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::time::Duration;

use http::{Request, Uri};

use crate::action::environment::Environment;
use crate::build::AddressLookup;
use crate::http::{Family, HttpClient, HttpError};
use crate::plan::communicator::Interface;
use crate::version;

/// Names another address service: a URL that answers with the caller's address and nothing else.
pub(crate) const SERVICE_VARIABLE: &str = "AMI_BUILD_ADDRESS_SERVICE";
/// Amazon's own service, which AWS's documentation uses for exactly this purpose.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-groups.html>
const SERVICE: &str = "https://checkip.amazonaws.com";
/// How long the service may take. A build waits for it, so it is short; both families are asked at the same time.
const LIMIT: Duration = Duration::from_secs(4);

/// Private networks, one address each: towards them the routing table says which of our addresses a machine there would see.
const PRIVATE_NETWORKS: [Ipv4Addr; 3] = [
    Ipv4Addr::new(10, 255, 255, 254),
    Ipv4Addr::new(172, 31, 255, 254),
    Ipv4Addr::new(192, 168, 255, 254),
];

/// Why the public address is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    /// The service's URL is none.
    #[error("the address service `{0}` is not a URL")]
    Service(String),
    /// What the service would see is the proxy.
    #[error(
        "requests to `{0}` go through a proxy, so nothing is learnt about this machine's address"
    )]
    Proxy(String),
    /// No request got through.
    #[error("the address service does not answer")]
    Unanswered(#[source] HttpError),
    /// The routing table leads to no private network.
    #[error("this machine has no way to a private network")]
    NoPrivate,
    /// The answer is something else.
    #[error("the address service answered {status} and no address")]
    Answer {
        /// The HTTP status.
        status: u16,
    },
}

/// Looks the addresses up for a build, with what the environment says about proxies and the service.
pub(crate) struct OwnAddresses<'a> {
    /// The environment.
    pub(crate) environment: &'a Environment,
}

impl AddressLookup for OwnAddresses<'_> {
    fn own_ranges(
        &self,
        interface: Interface,
    ) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>> {
        Box::pin(async move {
            ranges(self.environment, interface)
                .await
                .unwrap_or_else(|error| {
                    log::warn!("the caller's own addresses are not known: {error}");
                    Vec::new()
                })
        })
    }
}

/// The ranges, as EC2 takes them, from which this process reaches a machine. An error means that they are not known, and
/// never a part of them: with half of its addresses let in, the caller may have locked itself out.
async fn ranges(
    environment: &Environment,
    interface: Interface,
) -> Result<Vec<String>, AddressError> {
    let addresses = match interface {
        Interface::PublicIp | Interface::PublicDns | Interface::Ipv6 => public(environment).await?,
        Interface::PrivateIp | Interface::PrivateDns => Some(private())
            .filter(|found| !found.is_empty())
            .ok_or(AddressError::NoPrivate)?,
        Interface::Automatic => public(environment)
            .await?
            .into_iter()
            .chain(private())
            .collect(),
        // Its agent dials out; nobody comes in.
        Interface::SessionManager => Vec::new(),
    };
    Ok(addresses.into_iter().map(range).collect())
}

/// The addresses under which the internet sees this machine: at most one of each family, since a dual-stack machine may reach
/// the service by one and the build machine by the other.
async fn public(environment: &Environment) -> Result<Vec<IpAddr>, AddressError> {
    let url = environment.get(SERVICE_VARIABLE).unwrap_or(SERVICE);
    let service: Uri = url
        .parse()
        .map_err(|_| AddressError::Service(url.to_owned()))?;
    if service.scheme().is_none() {
        return Err(AddressError::Service(url.to_owned()));
    }
    let (four, six) = tokio::join!(
        ask(environment, &service, Family::V4),
        ask(environment, &service, Family::V6)
    );
    match (four, six) {
        (Ok(four), Ok(six)) => Ok(vec![four, six]),
        (Ok(address), Err(_)) | (Err(_), Ok(address)) => Ok(vec![address]),
        // Many networks have no IPv6 at all, so the other family's error says more.
        (Err(error), Err(_)) => Err(error),
    }
}

/// The addresses under which a machine in a private network sees this one, as far as the routing table knows.
fn private() -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = PRIVATE_NETWORKS
        .into_iter()
        .filter_map(|network| source_towards(network.into()))
        .filter(|address| !address.is_loopback())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The source address towards `host`. Connecting a UDP socket sends nothing; it only asks the routing table.
fn source_towards(host: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match host {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    // Any port will do.
    socket.connect(SocketAddr::new(host, 22)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then_some(address)
}

/// The range that holds this address alone, as EC2 takes it.
fn range(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{address}/32"),
        IpAddr::V6(address) => format!("{address}/128"),
    }
}

async fn ask(
    environment: &Environment,
    service: &Uri,
    family: Family,
) -> Result<IpAddr, AddressError> {
    let client = HttpClient::within(environment, family).map_err(AddressError::Unanswered)?;
    if client.is_proxied(service) {
        return Err(AddressError::Proxy(service.to_string()));
    }
    let request = Request::get(service.clone())
        .header(
            http::header::USER_AGENT,
            format!("ami-build/{}", version::OWN),
        )
        .body(String::new())
        .expect("a parsed URI and a plain header make a request");
    let answer = client
        .send(request, LIMIT)
        .await
        .map_err(AddressError::Unanswered)?;
    let status = answer.status().as_u16();
    let address = answer
        .body()
        .trim()
        .parse()
        .ok()
        .filter(|_| answer.status().is_success());
    address.ok_or(AddressError::Answer { status })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::stub::{Reply, Stub};

    async fn answering(status: u16, body: &'static str) -> Stub {
        Stub::start(move |_| Reply {
            status,
            headers: Vec::new(),
            body: body.to_owned(),
        })
        .await
    }

    #[tokio::test]
    async fn the_service_that_the_environment_names_is_asked() {
        let server = answering(200, "203.0.113.7\n").await;
        let addresses = public(&Environment::of([(SERVICE_VARIABLE, &server.url)]))
            .await
            .unwrap();
        assert_eq!(addresses, ["203.0.113.7".parse::<IpAddr>().unwrap()]);
    }

    #[tokio::test]
    async fn an_answer_that_is_no_address_is_an_error() {
        for (status, body) in [(200, "<html>log in first</html>"), (503, "203.0.113.7")] {
            let server = answering(status, body).await;
            let error = public(&Environment::of([(SERVICE_VARIABLE, &server.url)]))
                .await
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("the address service answered {status} and no address")
            );
        }
    }

    #[tokio::test]
    async fn behind_a_proxy_no_address_is_learnt() {
        let proxy = answering(200, "198.51.100.1").await;
        let environment = Environment::of([("HTTPS_PROXY", &proxy.url)]);
        assert!(matches!(
            public(&environment).await.unwrap_err(),
            AddressError::Proxy(_)
        ));
        assert!(proxy.asked().is_empty());
    }

    #[tokio::test]
    async fn a_service_without_scheme_is_refused() {
        let error = public(&Environment::of([(SERVICE_VARIABLE, "checkip")]))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the address service `checkip` is not a URL"
        );
    }

    #[tokio::test]
    async fn where_only_the_private_address_is_known_none_is_told() {
        let server = answering(503, "").await;
        let environment = Environment::of([(SERVICE_VARIABLE, &server.url)]);
        assert!(ranges(&environment, Interface::Automatic).await.is_err());
    }

    #[tokio::test]
    async fn a_public_machine_sees_the_public_address_alone() {
        let server = answering(200, "203.0.113.7").await;
        let environment = Environment::of([(SERVICE_VARIABLE, &server.url)]);
        assert_eq!(
            ranges(&environment, Interface::PublicIp).await.unwrap(),
            ["203.0.113.7/32"]
        );
    }

    #[test]
    fn a_range_holds_one_address() {
        assert_eq!(range("203.0.113.7".parse().unwrap()), "203.0.113.7/32");
        assert_eq!(range("2001:db8::1".parse().unwrap()), "2001:db8::1/128");
    }

    #[test]
    fn the_source_towards_ourselves_is_ourselves() {
        assert_eq!(
            source_towards(Ipv4Addr::LOCALHOST.into()),
            Some(Ipv4Addr::LOCALHOST.into())
        );
    }
}
