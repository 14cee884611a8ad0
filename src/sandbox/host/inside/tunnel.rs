//! The device at which packets leave the sandbox. Its other end is an open file, which is handed to us.

use std::os::fd::{AsFd as _, OwnedFd};

use tun_rs::DeviceBuilder;

use crate::sandbox::host::relay::MTU;
use crate::sandbox::host::setup::{Doing, Failure, Told};
use crate::sandbox::host::wire;

/// The name of the device; that of EC2's first one.
pub(super) const DEVICE: &str = "eth0";

/// Makes the device in the namespace of this process, and sends its other end up the line.
pub(super) fn open(line: &OwnedFd) -> Result<(), Failure> {
    let device = DeviceBuilder::new()
        .name(DEVICE)
        .mtu(MTU)
        .enable(false)
        .build_sync()
        .doing("open `/dev/net/tun`")?;
    wire::send(line, &Told::Tunnel, &[device.as_fd()]).doing("hand the tunnel on")
}
