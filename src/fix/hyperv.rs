//! Hyper-V.

use super::parts::Builder;
use super::rename::{Clash, anything, rename};

pub(super) fn deprecations(builder: &mut Builder) {
    if builder.kind == "hyperv-iso" {
        builder.config.remove("vhd_temp_path");
    }
}

pub(super) fn clone_path(builder: &mut Builder) {
    if builder.kind == "hyperv-vmcx" {
        let names = ("clone_from_vmxc_path", "clone_from_vmcx_path");
        rename(&mut builder.config, names, anything, Clash::OldWins);
    }
}

pub(super) fn cpus_and_memory(builder: &mut Builder) {
    if matches!(builder.kind.as_str(), "hyperv-iso" | "hyperv-vmcx") {
        for names in [("cpu", "cpus"), ("ram_size", "memory")] {
            rename(&mut builder.config, names, anything, Clash::OldWins);
        }
    }
}
