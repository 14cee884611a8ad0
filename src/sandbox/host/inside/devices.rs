//! `/dev`, `/proc` and `/sys` of the sandbox.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use nix::mount::{MsFlags, mount};

use super::root::make_directory;
use crate::sandbox::host::setup::{Doing, Failure};

/// The devices of the host that lead to nobody.
const HARMLESS: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

const LINKS: [(&str, &str); 5] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// As Ubuntu's images on EC2 have it.
const COMMAND_LINE: &str = "BOOT_IMAGE=/boot/vmlinuz root=/dev/xvda1 ro console=tty1 console=ttyS0 nvme_core.io_timeout=4294967295\n";

/// Makes them below `root`; `memory` becomes `/dev/shm`, so that it counts with the rest.
pub(super) fn make(root: &Path, memory: &Path) -> Result<(), Failure> {
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    let kernel = quiet | MsFlags::MS_NODEV;
    mount(Some("proc"), &root.join("proc"), Some("proc"), kernel, None::<&str>).doing(
        "mount `/proc` (in a container it has to be visible as a whole; the `docker` sandbox needs none)",
    )?;
    hide_command_line(root, memory).doing("hide the kernel's command line")?;
    // Only where the host shows all of its own may there be another one; programs live without.
    let system = kernel | MsFlags::MS_RDONLY;
    if let Err(error) = mount(
        Some("sysfs"),
        &root.join("sys"),
        Some("sysfs"),
        system,
        None::<&str>,
    ) {
        log::debug!("the sandbox has no /sys: {error}");
    }
    let dev = root.join("dev");
    mount(
        Some("dev"),
        &dev,
        Some("tmpfs"),
        quiet,
        Some("mode=755,size=1m"),
    )
    .doing("make `/dev`")?;
    fill(&dev, memory).doing("make `/dev`")
}

/// What the host's kernel was told may tell of the host. A file lies over it, which has no other name afterwards.
fn hide_command_line(root: &Path, memory: &Path) -> io::Result<()> {
    let file = memory.join("cmdline");
    fs::write(&file, COMMAND_LINE)?;
    let over = root.join("proc/cmdline");
    mount(
        Some(&file),
        &over,
        None::<&str>,
        MsFlags::MS_BIND,
        None::<&str>,
    )?;
    let read_only = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | MsFlags::MS_NODEV;
    mount(None::<&str>, &over, None::<&str>, read_only, None::<&str>)?;
    fs::remove_file(&file)
}

fn fill(dev: &Path, memory: &Path) -> io::Result<()> {
    for name in HARMLESS {
        let device = dev.join(name);
        File::create(&device)?;
        let bind = MsFlags::MS_BIND;
        mount(
            Some(&Path::new("/dev").join(name)),
            &device,
            None::<&str>,
            bind,
            None::<&str>,
        )?;
    }
    for (name, target) in LINKS {
        symlink(target, dev.join(name))?;
    }
    for name in ["pts", "shm"] {
        make_directory(&dev.join(name), 0o755)?;
    }
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    let options = Some("newinstance,ptmxmode=0666,mode=0620");
    mount(
        Some("devpts"),
        &dev.join("pts"),
        Some("devpts"),
        quiet,
        options,
    )?;
    fs::set_permissions(memory, fs::Permissions::from_mode(0o1777))?;
    mount(
        Some(memory),
        &dev.join("shm"),
        None::<&str>,
        MsFlags::MS_BIND,
        None::<&str>,
    )?;
    Ok(())
}
