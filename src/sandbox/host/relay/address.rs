//! The addresses of the sandbox, and those that it must not reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest packet: long, since both ends are here.
pub(crate) const MTU: u16 = 32_768;

/// The sandbox's own address, from the net that is for tests of networks (RFC 2544) and that nobody else has.
pub(crate) const INSIDE: Ipv4Addr = Ipv4Addr::new(198, 18, 53, 2);

/// Whom it takes for the next machine.
pub(crate) const GATEWAY: Ipv4Addr = Ipv4Addr::new(198, 18, 53, 1);

/// Whom it asks for names; the host's own resolvers answer, each at the next address.
pub(super) const RESOLVER: Ipv4Addr = Ipv4Addr::new(198, 18, 53, 53);

/// Its own address of IPv6, of the kind that everybody may make up (RFC 4193).
pub(crate) const INSIDE_SIX: Ipv6Addr = Ipv6Addr::new(0xfd61, 0x6d69, 0x6275, 0x6c64, 0, 0, 0, 2);

/// A net: an address, and how many bits of it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Net(pub(crate) IpAddr, pub(crate) u8);

const fn four(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Net {
    Net(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits)
}

const fn six(a: u16, b: u16, bits: u8) -> Net {
    Net(IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)), bits)
}

/// Where clouds tell a machine its secrets.
pub(crate) const FORBIDDEN: &[Net] = &[
    // Of the link: EC2, ECS, EKS, Azure, Google, Oracle and most others.
    four(169, 254, 0, 0, 16),
    // Azure's agent.
    four(168, 63, 129, 16, 32),
    // Alibaba's.
    four(100, 100, 100, 200, 32),
    // Oracle's other one.
    four(192, 0, 0, 192, 32),
    // EC2's and EKS's.
    six(0xfd00, 0xec2, 32),
    // Google's.
    six(0xfd20, 0xce, 32),
    // The link again.
    six(0xfe80, 0, 10),
];

/// The sandbox itself, which is not reached from here.
const ITSELF: [Net; 2] = [four(198, 18, 53, 0, 24), six(0xfd61, 0x6d69, 32)];

/// Whether the sandbox may reach `address` through this program, which runs on the host: what is the host's alone to the host,
/// its loopback above all, is none of the sandbox's.
pub(super) fn may_reach(address: IpAddr) -> bool {
    if let IpAddr::V6(six) = address
        && let Some(four) = inner(six)
    {
        return may_reach(IpAddr::V4(four));
    }
    let is_nobodys = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    let is_zero =
        matches!(address, IpAddr::V4(four) if four.octets()[0] == 0 || four.is_broadcast());
    let is_forbidden = FORBIDDEN.iter().chain(&ITSELF).any(|net| net.has(address));
    !is_nobodys && !is_zero && !is_forbidden
}

/// An address of IPv4 that an address of IPv6 stands for: mapped, compatible, by NAT64 or by 6to4.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let at = |from: usize| {
        let four: [u8; 4] = octets.get(from..from + 4)?.try_into().ok()?;
        Some(Ipv4Addr::from(four))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => at(12),
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => at(12),
        [0x2002, ..] => at(2),
        _ => None,
    }
}

impl Net {
    fn has(self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(four) => u128::from(four.to_bits()) << 96,
            IpAddr::V6(six) => six.to_bits(),
        };
        let same_kind = self.0.is_ipv4() == address.is_ipv4();
        let difference = bits(self.0) ^ bits(address);
        same_kind && difference.leading_zeros() >= u32::from(self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clouds_metadata_can_be_reached_by_any_spelling() {
        let hidden = [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "168.63.129.16",
            "100.100.100.200",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ];
        for address in hidden {
            assert!(!may_reach(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_is_the_hosts_alone_cannot_be_reached() {
        let hidden = [
            "127.0.0.1",
            "127.0.0.53",
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.251",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "ff02::fb",
            "198.18.53.2",
        ];
        for address in hidden {
            assert!(!may_reach(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_rest_of_the_world_can_be_reached() {
        for address in [
            "1.1.1.1",
            "10.0.0.1",
            "192.168.1.1",
            "168.63.129.17",
            "2606:4700::1111",
            "fd00:ec3::1",
        ] {
            assert!(may_reach(address.parse().unwrap()), "{address}");
        }
    }
}
