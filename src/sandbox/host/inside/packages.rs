//! Which packages are different: the lists of dpkg and rpm, as they were and as they are.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::changes::{Change, PackageChange};
use crate::sandbox::packages::{DPKG_STATUS, PackageList, RPM_FORMAT};

/// Where rpm keeps its list: as Fedora has it, and of old.
const RPM: [&str; 2] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];

/// Where rpm's old list is put, for rpm to read it: what was is on a file system that nobody may write.
const COPY: &str = "/run/ami-build-rpm";

/// What is different, by name. A list that is as it was is not read.
pub(super) fn changes(before: &Path, files: &[Change]) -> Vec<PackageChange> {
    let is_changed = |path: &str| files.iter().any(|change| change.path.starts_with(path));
    let below = |path: &str| before.join(path.trim_start_matches('/'));
    let mut found = Vec::new();
    if is_changed(DPKG_STATUS) {
        let old = dpkg(&below(DPKG_STATUS));
        found = old.changes_until(&dpkg(Path::new(DPKG_STATUS)));
    }
    for place in RPM {
        if is_changed(place) {
            let old = old_rpm(&below(place));
            found.extend(old.changes_until(&rpm(&[])));
        }
    }
    found
}

fn dpkg(status: &Path) -> PackageList {
    let bytes = fs::read(status).unwrap_or_default();
    PackageList::of_dpkg(&String::from_utf8_lossy(&bytes))
}

fn rpm(arguments: &[&str]) -> PackageList {
    let listed = Command::new("rpm")
        .args(arguments)
        .args(["--query", "--all", "--queryformat", RPM_FORMAT])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let text = listed.map_or_else(|_| Vec::new(), |output| output.stdout);
    PackageList::of_rpm(&String::from_utf8_lossy(&text))
}

fn old_rpm(place: &Path) -> PackageList {
    let copied = fs::create_dir_all(COPY).and_then(|()| {
        for entry in fs::read_dir(place)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), Path::new(COPY).join(entry.file_name()))?;
            }
        }
        Ok(())
    });
    let list = match copied {
        Ok(()) => rpm(&["--dbpath", COPY]),
        Err(_) => PackageList::default(),
    };
    let _gone_with_the_sandbox = fs::remove_dir_all(COPY);
    list
}
