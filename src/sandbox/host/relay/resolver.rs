//! Who answers the sandbox's questions for names: the host's own resolvers, wherever only the host can reach them.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use serde::{Deserialize, Serialize};

use super::address::{RESOLVER, may_reach};
use crate::sandbox::host::setup::Tunnel;

/// As many as the C library asks.
const MOST: usize = 3;

/// The port of DNS.
const PORT: u16 = 53;

/// The host's resolvers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resolver {
    servers: Vec<IpAddr>,
    /// The other lines of `resolv.conf`.
    rest: String,
    six: bool,
}

impl Resolver {
    /// Those of this machine.
    pub(crate) fn of_host() -> Self {
        let text = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        Self::new(&text, has_way_to_six())
    }

    fn new(text: &str, six: bool) -> Self {
        let words = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned);
            Some((words.next()?, words.next()?))
        };
        let servers = text.lines().filter_map(words).filter_map(|(key, value)| {
            // A zone, as in `fe80::1%eth0`, cannot be told here.
            (key == "nameserver").then(|| value.parse().ok()).flatten()
        });
        let rest = text.lines().filter(|line| {
            ["search ", "domain ", "options "]
                .iter()
                .any(|key| line.starts_with(key))
        });
        let servers: Vec<IpAddr> = servers.take(MOST).collect();
        Self {
            servers: if servers.is_empty() {
                vec![IpAddr::from(Ipv4Addr::LOCALHOST)]
            } else {
                servers
            },
            rest: rest.map(|line| format!("{line}\n")).collect(),
            six,
        }
    }

    /// What the inside is told.
    pub(crate) fn tunnel(&self) -> Tunnel {
        let lines =
            (0..self.servers.len()).map(|number| format!("nameserver {}\n", standin(number)));
        Tunnel {
            resolver: lines.collect::<String>() + &self.rest,
            six: self.six,
        }
    }

    /// Where a packet for `address` goes, if it may go anywhere.
    pub(super) fn route(&self, address: SocketAddr) -> Option<SocketAddr> {
        let number = (0..self.servers.len()).find(|number| address.ip() == standin(*number));
        match number.and_then(|number| self.servers.get(number)) {
            Some(server) if address.port() == PORT => Some(SocketAddr::new(*server, PORT)),
            Some(_) => None,
            None => may_reach(address.ip()).then_some(address),
        }
    }
}

/// The address that stands for the host's resolver of that number.
fn standin(number: usize) -> IpAddr {
    let number = u32::try_from(number).unwrap_or(0);
    IpAddr::from(Ipv4Addr::from_bits(RESOLVER.to_bits() + number))
}

/// Whether the host has a way to the addresses of IPv6. Nothing is sent.
fn has_way_to_six() -> bool {
    let connected = UdpSocket::bind("[::]:0").and_then(|socket| socket.connect("[2001:db8::1]:9"));
    connected.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# made by x\nnameserver 127.0.0.53\nnameserver 169.254.169.253\nsearch a.example b.example\noptions edns0\n";

    #[test]
    fn a_resolver_that_only_the_host_reaches_answers_at_an_address_of_the_sandbox() {
        let resolver = Resolver::new(TEXT, false);
        let expected = "nameserver 198.18.53.53\nnameserver 198.18.53.54\nsearch a.example b.example\noptions edns0\n";
        assert_eq!(resolver.tunnel().resolver, expected);
        let route = |address: &str| resolver.route(address.parse().unwrap());
        assert_eq!(
            route("198.18.53.53:53"),
            Some("127.0.0.53:53".parse().unwrap())
        );
        assert_eq!(
            route("198.18.53.54:53"),
            Some("169.254.169.253:53".parse().unwrap())
        );
    }

    #[test]
    fn its_address_leads_to_nothing_but_answers_about_names() {
        let resolver = Resolver::new(TEXT, false);
        for address in ["198.18.53.53:80", "198.18.53.55:53", "127.0.0.53:53"] {
            assert_eq!(resolver.route(address.parse().unwrap()), None, "{address}");
        }
    }
}
