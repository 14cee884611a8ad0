//! Parallels.

use super::parts::Builder;
use super::rename::{Clash, anything, rename};

fn is_parallels(builder: &Builder) -> bool {
    matches!(builder.kind.as_str(), "parallels-iso" | "parallels-pvm")
}

pub(super) fn headless(builder: &mut Builder) {
    if is_parallels(builder) {
        builder.config.remove("headless");
    }
}

pub(super) fn deprecations(builder: &mut Builder) {
    if is_parallels(builder) {
        builder.config.remove("parallels_tools_host_path");
        let names = ("guest_os_distribution", "guest_os_type");
        rename(&mut builder.config, names, anything, Clash::OldWins);
    }
}
