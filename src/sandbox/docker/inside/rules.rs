//! Hides the addresses at which clouds tell a machine its secrets.
//!
//! By rules of routing in the network that the sandbox joins afterwards: it has neither NET_ADMIN, to undo them, nor NET_RAW, to
//! send packets past them. The host's own network is left as it is.
//!
//! A refusal is not enough for a socket that is bound to a device, which everybody may do: then the kernel takes the address for
//! one of a neighbour on the bridge, and the host answers for every address of its own, such as that of an agent which plays the
//! metadata service. So the packets of such a socket come back to where they are sent from. IPv6 knows no such guess.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::net::if_::if_nameindex;

use super::netlink::{Action, Rule, WayBack, add, add_way_back};

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

/// Through which nothing leaves.
const LOOPBACK: &str = "lo";

/// A way out of this network.
struct Device {
    name: String,
    number: u32,
}

/// Hides them. A network without IPv6 has nothing to hide there.
pub(super) fn hide() -> io::Result<()> {
    let devices = devices()?;
    for way in ways_back(&devices) {
        match add_way_back(&way) {
            // Nothing leaves by it, and the sandbox cannot change that.
            Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => {}
            other => other.map_err(|error| cannot(way.destination, &error))?,
        }
    }
    for rule in rules(&devices) {
        match add(&rule) {
            Err(error) if rule.destination.is_ipv6() && is_unsupported(&error) => {}
            other => other.map_err(|error| cannot(rule.destination, &error))?,
        }
    }
    Ok(())
}

fn cannot(destination: IpAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot hide {destination}: {error}"))
}

fn devices() -> io::Result<Vec<Device>> {
    let devices = if_nameindex()?;
    let devices = devices.iter().map(|device| Device {
        name: device.name().to_string_lossy().into_owned(),
        number: device.index(),
    });
    Ok(devices.filter(|device| device.name != LOOPBACK).collect())
}

fn ways_back(devices: &[Device]) -> Vec<WayBack> {
    let hidden = HIDDEN.iter().filter(|(address, _)| address.is_ipv4());
    let ways = hidden.flat_map(|(destination, prefix)| {
        devices.iter().map(|device| WayBack {
            destination: *destination,
            prefix: *prefix,
            device: device.number,
        })
    });
    ways.collect()
}

fn rules(devices: &[Device]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (destination, prefix) in HIDDEN {
        let pass = [TCP, UDP].map(|protocol| Action::Pass {
            protocol,
            port: DNS,
        });
        let back = devices.iter().filter(|_| destination.is_ipv4());
        let back = back.map(|device| Action::Back {
            device: device.name.clone(),
        });
        for action in pass.into_iter().chain(back).chain([Action::Refuse]) {
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
        let devices = [Device {
            name: "eth0".into(),
            number: 2,
        }];
        let rules = rules(&devices);
        let of_ec2: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.destination == IpAddr::from([169, 254, 0, 0]))
            .collect();
        assert!(matches!(of_ec2[0].action, Action::Pass { port: 53, .. }));
        assert!(matches!(of_ec2[2].action, Action::Back { .. }));
        assert_eq!(of_ec2[3].action, Action::Refuse);
        assert!(of_ec2[2].priority < of_ec2[3].priority);
    }

    #[test]
    fn everything_that_is_hidden_comes_back_on_every_device() {
        let device = |number: u32| Device {
            name: format!("eth{number}"),
            number,
        };
        let ways = ways_back(&[device(2), device(3)]);
        let of_ipv4 = HIDDEN.iter().filter(|(address, _)| address.is_ipv4());
        assert_eq!(ways.len(), 2 * of_ipv4.count());
    }
}
