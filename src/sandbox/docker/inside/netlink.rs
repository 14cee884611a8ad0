//! The kernel's routing rules and routes, as one message says each: rtnetlink(7), `linux/fib_rules.h`.

use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd as _;

use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket,
};

const RTM_NEWROUTE: u16 = 24;
const RTM_NEWRULE: u16 = 32;
/// REQUEST, ACK, EXCL, CREATE.
const FLAGS: u16 = 0x1 | 0x4 | 0x200 | 0x400;
const NLMSG_ERROR: u16 = 2;
const FRA_DST: u16 = 1;
const FRA_PRIORITY: u16 = 6;
const FRA_OIFNAME: u16 = 17;
const FRA_IP_PROTO: u16 = 22;
const FRA_DPORT_RANGE: u16 = 24;
const RT_TABLE_MAIN: u8 = 254;
const RT_SCOPE_HOST: u8 = 254;
const RTPROT_STATIC: u8 = 4;
const RTN_LOCAL: u8 = 2;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const FR_ACT_TO_TBL: u8 = 1;
const FR_ACT_UNREACHABLE: u8 = 7;

/// The table of what leads back.
const TABLE_BACK: u8 = 100;

/// An answer is a header, an error and the message that was sent.
const LONGEST_ANSWER: usize = 4096;

/// What is to become of packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// They go where the main table says: those to one port of the protocol.
    Pass {
        /// 6 or 17.
        protocol: u8,
        /// Of the destination.
        port: u16,
    },
    /// Those of a socket that is bound to the device come back to this machine.
    Back {
        /// Its name.
        device: String,
    },
    /// Their sender is told that there is no way.
    Refuse,
}

/// A rule, tried in the order of priorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) destination: IpAddr,
    pub(super) prefix: u8,
    pub(super) priority: u32,
    pub(super) action: Action,
}

/// Where [`Action::Back`] leads to: what is sent to these addresses by the device comes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct WayBack {
    pub(super) destination: IpAddr,
    pub(super) prefix: u8,
    /// The device's number.
    pub(super) device: u32,
}

/// Adds a rule to the network of this process.
pub(super) fn add(rule: &Rule) -> io::Result<()> {
    tell(RTM_NEWRULE, &rule_body(rule))
}

/// Adds a route to the network of this process.
pub(super) fn add_way_back(way: &WayBack) -> io::Result<()> {
    tell(RTM_NEWROUTE, &route_body(way))
}

fn tell(what: u16, body: &[u8]) -> io::Result<()> {
    let socket = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?;
    let kernel = NetlinkAddr::new(0, 0);
    sendto(
        socket.as_raw_fd(),
        &message(what, body),
        &kernel,
        MsgFlags::empty(),
    )?;
    let mut answer = vec![0; LONGEST_ANSWER];
    let count = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    refusal(&answer[..count])
}

fn message(what: u16, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).unwrap_or_default();
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(what.to_ne_bytes());
    message.extend(FLAGS.to_ne_bytes());
    message.extend([0; 8]);
    message.extend(body);
    message
}

fn rule_body(rule: &Rule) -> Vec<u8> {
    let (family, address) = spelled(rule.destination);
    let (action, table) = match rule.action {
        Action::Pass { .. } => (FR_ACT_TO_TBL, RT_TABLE_MAIN),
        Action::Back { .. } => (FR_ACT_TO_TBL, TABLE_BACK),
        Action::Refuse => (FR_ACT_UNREACHABLE, 0),
    };
    let mut body = vec![family, rule.prefix, 0, 0, table, 0, 0, action, 0, 0, 0, 0];
    attribute(&mut body, FRA_DST, &address);
    attribute(&mut body, FRA_PRIORITY, &rule.priority.to_ne_bytes());
    match &rule.action {
        Action::Pass { protocol, port } => {
            let port = port.to_ne_bytes();
            attribute(&mut body, FRA_IP_PROTO, &[*protocol]);
            attribute(&mut body, FRA_DPORT_RANGE, &[port, port].concat());
        }
        Action::Back { device } => {
            let name = [device.as_bytes(), &[0]].concat();
            attribute(&mut body, FRA_OIFNAME, &name);
        }
        Action::Refuse => {}
    }
    body
}

fn route_body(way: &WayBack) -> Vec<u8> {
    let (family, address) = spelled(way.destination);
    let kind = [TABLE_BACK, RTPROT_STATIC, RT_SCOPE_HOST, RTN_LOCAL];
    let mut body = vec![family, way.prefix, 0, 0];
    body.extend(kind);
    body.extend([0; 4]);
    attribute(&mut body, RTA_DST, &address);
    attribute(&mut body, RTA_OIF, &way.device.to_ne_bytes());
    body
}

fn spelled(address: IpAddr) -> (u8, Vec<u8>) {
    let (family, address) = match address {
        IpAddr::V4(address) => (libc::AF_INET, address.octets().to_vec()),
        IpAddr::V6(address) => (libc::AF_INET6, address.octets().to_vec()),
    };
    (u8::try_from(family).unwrap_or_default(), address)
}

/// Length, kind and value, filled up to four bytes.
fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(4 + value.len()).unwrap_or_default();
    body.extend(length.to_ne_bytes());
    body.extend(kind.to_ne_bytes());
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}

/// Reads the kernel's answer: an error of 0 is its yes.
fn refusal(answer: &[u8]) -> io::Result<()> {
    let kind = answer.get(4..6).map(|bytes| [bytes[0], bytes[1]]);
    let error = answer.get(16..20).and_then(|bytes| bytes.try_into().ok());
    match (kind.map(u16::from_ne_bytes), error.map(i32::from_ne_bytes)) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(error)) => Err(io::Error::from_raw_os_error(-error)),
        _ => Err(io::Error::other("the kernel's answer is none")),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_rule_is_said_as_the_kernel_reads_it() {
        let rule = Rule {
            destination: IpAddr::from([169, 254, 0, 0]),
            prefix: 16,
            priority: 3,
            action: Action::Refuse,
        };
        let message = message(RTM_NEWRULE, &rule_body(&rule));
        assert_eq!(message.len(), 16 + 12 + 8 + 8);
        assert_eq!(message[..4], 44_u32.to_ne_bytes());
        assert_eq!(message[16..24], [2, 16, 0, 0, 0, 0, 0, FR_ACT_UNREACHABLE]);
        assert_eq!(message[32..36], [169, 254, 0, 0]);
    }

    #[test]
    fn a_way_back_is_a_route_to_this_machine_that_leads_through_a_device() {
        let way = WayBack {
            destination: IpAddr::from([169, 254, 0, 0]),
            prefix: 16,
            device: 7,
        };
        let body = route_body(&way);
        assert_eq!(body[..8], [2, 16, 0, 0, 100, 4, 254, RTN_LOCAL]);
        assert_eq!(body[16..20], [169, 254, 0, 0]);
        assert_eq!(body[24..28], 7_u32.to_ne_bytes());
    }

    #[test]
    fn an_answer_with_an_error_is_that_error() {
        let mut answer = vec![0; 36];
        answer[4..6].copy_from_slice(&NLMSG_ERROR.to_ne_bytes());
        refusal(&answer).unwrap();
        answer[16..20].copy_from_slice(&(-libc::EPERM).to_ne_bytes());
        let error = refusal(&answer).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        refusal(&answer[..8]).unwrap_err();
    }
}
