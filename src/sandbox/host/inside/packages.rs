//! Which packages are different: the lists of dpkg and rpm, as they were and as they are.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::programs::Programs;
use crate::sandbox::changes::{Change, PackageChange};
use crate::sandbox::packages::{DPKG_STATUS, PackageList, RPM_FORMAT};

/// Where rpm keeps its list: as Fedora has it, and of old.
const RPM: [&str; 2] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];

/// Where rpm's old list is put, for rpm to read it: what was is on a file system that nobody may write.
const COPY: &str = "/run/ami-build-rpm";

/// The longest of dpkg's lists that is read: ten times that of a machine with all of Debian.
const LONGEST: u64 = 512 << 20;

/// What is different, by name. A list that is as it was is not read.
pub(super) fn changes(before: &Path, files: &[Change], programs: &Programs) -> Vec<PackageChange> {
    let is_changed = |path: &str| files.iter().any(|change| change.path.starts_with(path));
    let below = |path: &str| before.join(path.trim_start_matches('/'));
    let mut found = Vec::new();
    if is_changed(DPKG_STATUS) {
        let old = dpkg(&below(DPKG_STATUS));
        found = old.changes_until(&dpkg(Path::new(DPKG_STATUS)));
    }
    for place in RPM {
        if is_changed(place) {
            let old = old_rpm(&below(place), programs);
            found.extend(old.changes_until(&rpm("", programs)));
        }
    }
    found
}

fn dpkg(status: &Path) -> PackageList {
    let bytes = plain_file(status).unwrap_or_default();
    PackageList::of_dpkg(&String::from_utf8_lossy(&bytes))
}

/// A plain file's content. What a provisioner put in its place, such as a link to a device without end, is not read.
fn plain_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn rpm(options: &str, programs: &Programs) -> PackageList {
    let command = format!("rpm {options} --query --all --queryformat '{RPM_FORMAT}'");
    let text = programs.printed(&command).unwrap_or_default();
    PackageList::of_rpm(&String::from_utf8_lossy(&text))
}

fn old_rpm(place: &Path, programs: &Programs) -> PackageList {
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
        Ok(()) => rpm(&format!("--dbpath {COPY}"), programs),
        Err(_) => PackageList::default(),
    };
    let _gone_with_the_sandbox = fs::remove_dir_all(COPY);
    list
}
