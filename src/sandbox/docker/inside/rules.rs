//! Hides the addresses at which clouds tell a machine its secrets.
//!
//! By rules of routing in the network that the sandbox joins afterwards: it has neither NET_ADMIN, to undo them, nor NET_RAW, to
//! send packets past them. The host's own network is left as it is. A socket that is bound to a device goes past rules too,
//! but then the kernel takes the address for one of a neighbour on the bridge, and there is none.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::netlink::{Action, Rule, add};

/// What is hidden; names are still looked up there, since some clouds have their resolver at the same address.
const HIDDEN: [(IpAddr, u8); 6] = [
    // All link-local ones: EC2, ECS, EKS, Azure, Google, Oracle, DigitalOcean, Hetzner and others.
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    // Azure's WireServer: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    (IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)), 32),
    // Alibaba Cloud.
    (IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), 32),
    // Oracle Cloud's older machines.
    (IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)), 32),
    // EC2 and EKS by IPv6: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
    (
        IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0)),
        32,
    ),
    // Google by IPv6.
    (
        IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 254)),
        128,
    ),
];

const DNS: u16 = 53;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Hides them. A network without IPv6 has nothing to hide there.
pub(super) fn hide() -> io::Result<()> {
    for rule in rules() {
        match add(&rule) {
            Err(error) if rule.destination.is_ipv6() && is_unsupported(&error) => {}
            other => other.map_err(|error| {
                let words = format!("cannot hide {}: {error}", rule.destination);
                io::Error::new(error.kind(), words)
            })?,
        }
    }
    Ok(())
}

fn rules() -> Vec<Rule> {
    let mut rules = Vec::new();
    for (destination, prefix) in HIDDEN {
        let pass = [TCP, UDP].map(|protocol| Action::Pass {
            protocol,
            port: DNS,
        });
        for action in pass.into_iter().chain([Action::Refuse]) {
            let priority = u32::try_from(rules.len() + 1).unwrap_or(u32::MAX);
            rules.push(Rule {
                destination,
                prefix,
                priority,
                action,
            });
        }
    }
    rules
}

fn is_unsupported(error: &io::Error) -> bool {
    let codes = [libc::EAFNOSUPPORT, libc::EOPNOTSUPP];
    error
        .raw_os_error()
        .is_some_and(|code| codes.contains(&code))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn names_may_be_looked_up_before_everything_else_is_refused() {
        let rules = rules();
        let of_ec2: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.destination == IpAddr::from([169, 254, 0, 0]))
            .collect();
        assert!(matches!(of_ec2[0].action, Action::Pass { port: 53, .. }));
        assert_eq!(of_ec2[2].action, Action::Refuse);
        assert!(of_ec2[1].priority < of_ec2[2].priority);
    }
}
