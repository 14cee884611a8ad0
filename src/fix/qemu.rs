//! QEMU.

use super::parts::Builder;
use super::rename::{Clash, anything, rename};
use super::value::Value;

/// A number was of megabytes.
pub(super) fn disk_size(builder: &mut Builder) {
    if builder.kind != "qemu" {
        return;
    }
    if let Some(size) = builder.config.get_mut("disk_size")
        && let Value::Number(megabytes) = size
    {
        *size = Value::String(format!("{:.0}M", megabytes.trunc()));
    }
}

pub(super) fn host_ports(builder: &mut Builder) {
    if builder.kind == "qemu" {
        for names in [
            ("ssh_host_port_min", "host_port_min"),
            ("ssh_host_port_max", "host_port_max"),
        ] {
            rename(&mut builder.config, names, anything, Clash::OldWins);
        }
    }
}
