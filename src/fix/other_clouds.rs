//! Scaleway, Azure, Proxmox: one key or name each.

use super::parts::Builder;
use super::rename::{Clash, anything, rename};
use super::value::Value;

pub(super) fn scaleway_access_key(builder: &mut Builder) {
    if builder.kind == "scaleway" {
        let names = ("access_key", "organization_id");
        rename(&mut builder.config, names, Value::is_text, Clash::NewWins);
    }
}

pub(super) fn azure_exclude_from_latest(builder: &mut Builder) {
    if !builder.kind.starts_with("azure-chroot") {
        return;
    }
    if let Some(Value::Object(destination)) = builder.config.get_mut("shared_image_destination") {
        let names = ("exlude_from_latest", "exclude_from_latest");
        rename(destination, names, anything, Clash::OldWins);
    }
}

pub(super) fn proxmox_kind(builder: &mut Builder) {
    if builder.kind == "proxmox" {
        builder.set_kind("proxmox-iso");
    }
}
