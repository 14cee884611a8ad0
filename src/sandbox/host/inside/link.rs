//! The sandbox's network devices and routes, by the kernel's own messages: `rtnetlink(7)`.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::IpAddr;

use nix::net::if_::if_nametoindex;
use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket};

use super::tunnel::DEVICE;
use crate::sandbox::host::relay::{FORBIDDEN, INSIDE, INSIDE_SIX, Net};
use crate::sandbox::host::setup::Tunnel;

const NEW_LINK: u16 = 16;
const NEW_ADDRESS: u16 = 20;
const NEW_ROUTE: u16 = 24;

/// The header of a message.
const HEADER: usize = 16;

/// The first device of every namespace.
const LOOPBACK: u32 = 1;

/// Brings up the loopback, and the tunnel where there is one.
pub(super) fn bring_up(tunnel: Option<&Tunnel>) -> io::Result<()> {
    let family = AddressFamily::Netlink;
    let protocol = Some(SockProtocol::NetlinkRoute);
    let opened = socket(family, SockType::Raw, SockFlag::SOCK_CLOEXEC, protocol)?;
    let mut kernel = File::from(opened);
    ask(&mut kernel, NEW_LINK, &up(LOOPBACK))?;
    let Some(tunnel) = tunnel else {
        return Ok(());
    };
    let device = if_nametoindex(DEVICE)?;
    ask(&mut kernel, NEW_LINK, &up(device))?;
    let mut addresses = vec![(IpAddr::from(INSIDE), 24)];
    if tunnel.six {
        addresses.push((IpAddr::from(INSIDE_SIX), 64));
    }
    for (address, length) in &addresses {
        ask(&mut kernel, NEW_ADDRESS, &own(*address, *length, device))?;
    }
    for (address, _) in &addresses {
        let everywhere = Net(any(*address), 0);
        ask(
            &mut kernel,
            NEW_ROUTE,
            &route(everywhere, Way::Through(device)),
        )?;
    }
    // The other end refuses these as well; a route that leads nowhere says so at once.
    for net in FORBIDDEN {
        if net.0.is_ipv4() || tunnel.six {
            ask(&mut kernel, NEW_ROUTE, &route(*net, Way::Nowhere))?;
        }
    }
    Ok(())
}

/// Sends one message and hears whether it was done.
fn ask(kernel: &mut File, kind: u16, body: &[u8]) -> io::Result<()> {
    // A request, to be confirmed; an address or a route must not be there, and a device is.
    let flags: u16 = if kind == NEW_LINK {
        1 | 4
    } else {
        1 | 4 | 0x200 | 0x400
    };
    let length = u32::try_from(HEADER + body.len()).unwrap_or(0);
    let mut message = length.to_ne_bytes().to_vec();
    message.extend_from_slice(&kind.to_ne_bytes());
    message.extend_from_slice(&flags.to_ne_bytes());
    message.extend_from_slice(&[0; 8]);
    message.extend_from_slice(body);
    kernel.write_all(&message)?;
    let mut answer = [0; 4096];
    let count = kernel.read(&mut answer)?;
    let error = answer
        .get(HEADER..HEADER + 4)
        .filter(|_| count >= HEADER + 4);
    let error = error.and_then(|bytes| bytes.try_into().ok());
    match error.map(i32::from_ne_bytes) {
        Some(0) => Ok(()),
        Some(error) => Err(io::Error::from_raw_os_error(-error)),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// `struct ifinfomsg`: the device, and that it is to be up.
fn up(device: u32) -> Vec<u8> {
    let mut body = vec![0; 4];
    body.extend_from_slice(&device.to_ne_bytes());
    body.extend_from_slice(&1_u32.to_ne_bytes());
    body.extend_from_slice(&1_u32.to_ne_bytes());
    body
}

/// `struct ifaddrmsg` and the address. No other machine can have it, so nobody needs to be asked.
fn own(address: IpAddr, length: u8, device: u32) -> Vec<u8> {
    let unasked = if address.is_ipv6() { 2 } else { 0 };
    let mut body = vec![family(address), length, unasked, 0];
    body.extend_from_slice(&device.to_ne_bytes());
    attribute(&mut body, 2, &octets(address));
    attribute(&mut body, 1, &octets(address));
    body
}

/// Where a route leads.
#[derive(Clone, Copy)]
enum Way {
    Through(u32),
    Nowhere,
}

/// `struct rtmsg` and the net: of the main table, made by an administrator.
fn route(Net(address, length): Net, way: Way) -> Vec<u8> {
    let kind = match way {
        Way::Through(_) => 1,
        Way::Nowhere => 7,
    };
    let mut body = vec![family(address), length, 0, 0, 254, 4, 0, kind];
    body.extend_from_slice(&[0; 4]);
    if length > 0 {
        attribute(&mut body, 1, &octets(address));
    }
    if let Way::Through(device) = way {
        attribute(&mut body, 4, &device.to_ne_bytes());
    }
    body
}

fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(4 + value.len()).unwrap_or(0);
    body.extend_from_slice(&length.to_ne_bytes());
    body.extend_from_slice(&kind.to_ne_bytes());
    body.extend_from_slice(value);
}

fn family(address: IpAddr) -> u8 {
    if address.is_ipv4() { 2 } else { 10 }
}

fn any(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => IpAddr::from([0; 4]),
        IpAddr::V6(_) => IpAddr::from([0_u16; 8]),
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}
