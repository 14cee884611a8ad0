//! VirtualBox.

use super::parts::{Builder, Parts};
use super::rename::{Clash, anything, rename, rename_or_drop};
use super::value::Value;

pub(super) fn guest_additions(builder: &mut Builder) {
    const OLD: &str = "guest_additions_attach";
    if builder.kind != "virtualbox" {
        return;
    }
    if let Some(Value::Bool(attach)) = builder.config.get(OLD) {
        let mode = Value::text(if *attach { "attach" } else { "upload" });
        builder.config.remove(OLD);
        builder
            .config
            .insert("guest_additions_mode".to_owned(), mode);
    }
}

/// The builder's type, and its name in the provisioners' overrides.
pub(super) fn kind(parts: &mut Parts) {
    const NAMES: (&str, &str) = ("virtualbox", "virtualbox-iso");
    for builder in parts.builders.iter_mut().flatten() {
        if builder.kind == NAMES.0 {
            builder.set_kind(NAMES.1);
        }
    }
    for provisioner in parts.provisioner_objects() {
        if let Some(Value::Object(overrides)) = provisioner.get_mut("override") {
            rename(overrides, NAMES, anything, Clash::OldWins);
        }
    }
}

pub(super) fn ports(builder: &mut Builder) {
    if !builder.kind.starts_with("virtualbox") {
        return;
    }
    for names in [
        ("ssh_host_port_min", "host_port_min"),
        ("ssh_host_port_max", "host_port_max"),
    ] {
        rename_or_drop(&mut builder.config, names, anything);
    }
    let names = ("ssh_skip_nat_mapping", "skip_nat_mapping");
    rename_or_drop(&mut builder.config, names, Value::is_bool);
}
