//! Stand-ins for what a booted system has and a sandbox has not: the power switch, systemd, cloud-init.

use std::io;

use super::prepare::Layer;

/// Where programs that are stood in for can still be called.
const ASIDE: &str = "usr/lib/ami-build";

const POWER: &str = include_str!("../../shims/power.sh");
const SYSTEMCTL: &str = include_str!("../../shims/systemctl.sh");
const CLOUD_INIT: &str = include_str!("../../shims/cloud-init.sh");
const SUDO: &str = include_str!("shims/sudo.sh");

/// Tells Debian's packages to start nothing, as in its containers.
const NO_SERVICES: &str = "#!/bin/sh\nexit 101\n";

/// Puts those there that every sandbox needs.
pub(super) fn system(layer: &Layer<'_>) -> io::Result<()> {
    for directory in ["sbin", "usr/sbin", "usr/bin"] {
        // Where one directory leads to another, its programs are those of the other.
        if directory != "usr/bin" && layer.has_directory(directory)
            || directory == "usr/bin" && !layer.has_directory("usr/sbin")
        {
            for name in ["reboot", "shutdown", "poweroff", "halt", "telinit"] {
                layer.put(format!("{directory}/{name}"), POWER, 0o755)?;
            }
        }
    }
    for (name, text) in [("systemctl", SYSTEMCTL), ("cloud-init", CLOUD_INIT)] {
        let path = format!("usr/bin/{name}");
        if layer.has(&path) {
            layer.copy(&path, &format!("{ASIDE}/{name}"))?;
        }
        layer.put(&path, text, 0o755)?;
        if layer.has_directory("bin") && layer.has(&format!("bin/{name}")) {
            layer.put(format!("bin/{name}"), text, 0o755)?;
        }
    }
    layer.put("var/lib/cloud/instance/boot-finished", "", 0o644)?;
    layer.put("usr/sbin/policy-rc.d", NO_SERVICES, 0o755)
}

/// Puts a `sudo` there for a user that is root already.
pub(super) fn sudo(layer: &Layer<'_>) -> io::Result<()> {
    layer.put("usr/bin/sudo", SUDO, 0o755)?;
    if layer.has_directory("etc/apt/apt.conf.d") {
        // `_apt` is another id, which cannot be had.
        let text = "APT::Sandbox::User \"root\";\n";
        layer.put("etc/apt/apt.conf.d/99ami-build", text, 0o644)?;
    }
    Ok(())
}
