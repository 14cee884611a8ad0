//! As much of a packet as has to be known before it is let through: whether it opens a connection, and the answer that refuses
//! it (RFC 9293, 3.5.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The number of TCP among protocols.
const TCP: u8 = 6;

/// The first packet of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    sequence: u32,
}

impl Opening {
    /// Reads it; `None` where the packet is another one.
    pub(super) fn of(packet: &[u8]) -> Option<Self> {
        let (from, to, segment): (IpAddr, IpAddr, &[u8]) = match packet.first()? >> 4 {
            4 => {
                let length = usize::from(packet.first()? & 0xf) * 4;
                let four = |at| Some(Ipv4Addr::from(array::<4>(packet, at)?));
                let is_tcp = *packet.get(9)? == TCP;
                (
                    four(12)?.into(),
                    four(16)?.into(),
                    packet.get(length..).filter(|_| is_tcp)?,
                )
            }
            6 => {
                let six = |at| Some(Ipv6Addr::from(array::<16>(packet, at)?));
                let is_tcp = *packet.get(6)? == TCP;
                (
                    six(8)?.into(),
                    six(24)?.into(),
                    packet.get(40..).filter(|_| is_tcp)?,
                )
            }
            _ => return None,
        };
        // SYN, and neither ACK nor RST nor FIN.
        if segment.get(13)? & 0b1_0111 != 0b10 {
            return None;
        }
        let port = |at| Some(u16::from_be_bytes(array(segment, at)?));
        Some(Self {
            from: SocketAddr::new(from, port(0)?),
            to: SocketAddr::new(to, port(2)?),
            sequence: u32::from_be_bytes(array(segment, 4)?),
        })
    }

    /// The packet that refuses the connection.
    pub(super) fn refusal(&self) -> Vec<u8> {
        let mut segment = Vec::with_capacity(20);
        segment.extend_from_slice(&self.to.port().to_be_bytes());
        segment.extend_from_slice(&self.from.port().to_be_bytes());
        segment.extend_from_slice(&[0; 4]);
        segment.extend_from_slice(&self.sequence.wrapping_add(1).to_be_bytes());
        // Five words of header; RST and ACK; no window.
        segment.extend_from_slice(&[5 << 4, 0b1_0100, 0, 0, 0, 0, 0, 0]);
        let (header, pseudo) = headers(self.to.ip(), self.from.ip());
        let sum = checksum(&[&pseudo, &segment]);
        segment[16..18].copy_from_slice(&sum.to_be_bytes());
        [header, segment].concat()
    }
}

/// The header of a packet that holds 20 bytes of TCP, and what goes into the checksum of those.
fn headers(from: IpAddr, to: IpAddr) -> (Vec<u8>, Vec<u8>) {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let addresses = [from.octets(), to.octets()].concat();
            let mut header = vec![0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, TCP, 0, 0];
            header.extend_from_slice(&addresses);
            let sum = checksum(&[&header]);
            header[10..12].copy_from_slice(&sum.to_be_bytes());
            (header, [addresses, vec![0, TCP, 0, 20]].concat())
        }
        (from, to) => {
            let six = |address| match address {
                IpAddr::V4(four) => Ipv4Addr::to_ipv6_mapped(&four).octets(),
                IpAddr::V6(six) => six.octets(),
            };
            let addresses = [six(from), six(to)].concat();
            let header = [vec![0x60, 0, 0, 0, 0, 20, TCP, 64], addresses.clone()].concat();
            (
                header,
                [addresses, vec![0, 0, 0, 20, 0, 0, 0, TCP]].concat(),
            )
        }
    }
}

/// The Internet's checksum (RFC 1071).
fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let mut sum: u32 = words
        .map(|word| u32::from(word[0]) << 8 | word.get(1).map_or(0, |low| u32::from(*low)))
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(flags: u8) -> Vec<u8> {
        let mut packet = vec![0; 40];
        packet[0] = 0x45;
        packet[9] = TCP;
        packet[12..16].copy_from_slice(&[198, 18, 53, 2]);
        packet[16..20].copy_from_slice(&[192, 0, 2, 1]);
        packet[20..24].copy_from_slice(&[0x9c, 0x40, 0, 80]);
        packet[24..28].copy_from_slice(&u32::MAX.to_be_bytes());
        packet[33] = flags;
        packet
    }

    #[test]
    fn only_the_first_packet_of_a_connection_opens_one() {
        let found = Opening::of(&opening(0b10)).unwrap();
        assert_eq!(found.from, "198.18.53.2:40000".parse().unwrap());
        assert_eq!(found.to, "192.0.2.1:80".parse().unwrap());
        for flags in [0b1_0010, 0b1_0000, 0b100, 0] {
            assert_eq!(Opening::of(&opening(flags)), None, "{flags}");
        }
        assert_eq!(Opening::of(&opening(0b10)[..30]), None);
    }

    #[test]
    fn a_refusal_goes_back_with_sums_that_are_right() {
        let refusal = Opening::of(&opening(0b10)).unwrap().refusal();
        assert_eq!(refusal.len(), 40);
        assert_eq!(refusal[12..20], [192, 0, 2, 1, 198, 18, 53, 2]);
        assert_eq!(refusal[20..24], [0, 80, 0x9c, 0x40]);
        assert_eq!(refusal[28..32], [0, 0, 0, 0], "the sequence wraps");
        assert_eq!(checksum(&[&refusal[..20]]), 0);
        assert_eq!(
            checksum(&[&refusal[12..20], &[0, TCP, 0, 20], &refusal[20..]]),
            0
        );
    }
}
