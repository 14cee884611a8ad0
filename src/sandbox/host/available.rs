//! Whether this machine lets the caller have a sandbox, and what would help.

use std::fs::{self, File};
use std::io;

use nix::unistd::Uid;

use crate::sandbox::SandboxError;

/// The name of this sandbox.
const SANDBOX: &str = "host";

/// The first Linux that lets an overlay in a user namespace note what was removed in memory.
const KERNEL: (u32, u32) = (6, 6);

/// Looks at what can be seen without making anything. `Err` says what is missing and what helps.
pub(crate) fn available() -> Result<(), String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if version(&release) < KERNEL {
        return Err(format!(
            "it needs Linux {}.{}, and this is {}",
            KERNEL.0,
            KERNEL.1,
            release.trim()
        ));
    }
    if number("/proc/sys/user/max_user_namespaces") == Some(0) {
        return Err(
            "user namespaces are forbidden (`sysctl user.max_user_namespaces` is 0)".to_owned(),
        );
    }
    if !Uid::effective().is_root() {
        may_make_namespaces()?;
    }
    let opened = File::options().read(true).write(true).open("/dev/fuse");
    opened.map(drop).map_err(|error| fuse(&error))
}

/// What keeps an ordinary user from having namespaces.
fn may_make_namespaces() -> Result<(), String> {
    if number("/proc/sys/kernel/unprivileged_userns_clone") == Some(0) {
        return Err("only root may make user namespaces here (`sysctl kernel.unprivileged_userns_clone` is 0); run it with `sudo`".to_owned());
    }
    if number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == Some(1) {
        return Err("AppArmor lets only root make user namespaces here (`sysctl kernel.apparmor_restrict_unprivileged_userns` is 1); run it with `sudo`".to_owned());
    }
    Ok(())
}

/// What a step of the making that failed says about this machine.
pub(super) fn lack(doing: &str, error: &io::Error) -> Option<SandboxError> {
    let why = if doing.contains("namespaces") {
        format!(
            "this machine lets the caller make no namespaces ({error}); in a container they are usually forbidden"
        )
    } else if doing.contains("/dev/fuse") {
        fuse(error)
    } else if doing.contains("/dev/net/tun") {
        format!(
            "`/dev/net/tun` cannot be opened ({error}), and without it the sandbox has no network; `-network=none` needs none"
        )
    } else {
        return None;
    };
    Some(SandboxError::Unavailable {
        sandbox: SANDBOX,
        why,
    })
}

fn fuse(error: &io::Error) -> String {
    format!(
        "`/dev/fuse` cannot be opened ({error}), by which the sandbox is shown files; `modprobe fuse` makes it, and usually everybody may open it"
    )
}

fn number(path: &str) -> Option<u32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

fn version(release: &str) -> (u32, u32) {
    let mut numbers = release
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|digits| digits.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_compared_as_numbers() {
        assert!(version("6.18.44-fc") >= KERNEL);
        assert!(version("6.6-rc1") >= KERNEL);
        assert!(version("5.15.0-1041-azure") < KERNEL);
        assert!(version("") < KERNEL);
    }

    #[test]
    fn only_what_the_machine_lacks_makes_it_unavailable() {
        let error = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(lack("make namespaces of its own", &error).is_some());
        assert!(lack("open `/dev/net/tun`", &error).is_some());
        assert!(lack("mount the copy of the root", &error).is_none());
    }
}
