//! This program's file, as what runs inside may find it: by `/proc/PID/exe`, which leads to it whatever the root is. An ordinary
//! user's sandbox has its caller's id, who may write the file; so it is run from a mount on which nothing can be written.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};

/// The file, to be run and not to be changed.
pub(super) struct OwnFile(OwnedFd);

impl OwnFile {
    /// Takes it, in a mount namespace that is this process's own. Nothing of it stays mounted anywhere.
    pub(super) fn take() -> io::Result<Self> {
        // Before it is read: what is mounted is to be seen by nobody else.
        let alone = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(None::<&str>, "/", None::<&str>, alone, None::<&str>)?;
        let path = std::fs::read_link("/proc/self/exe")?;
        let bind = MsFlags::MS_BIND;
        mount(Some(&path), &path, None::<&str>, bind, None::<&str>)?;
        let taken = read_only(&path).and_then(|()| File::open(&path));
        let _stays_with_the_namespace = umount2(&path, MntFlags::MNT_DETACH);
        Ok(Self(taken?.into()))
    }

    /// Its name, as long as this value is there.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
    }
}

fn read_only(path: &Path) -> io::Result<()> {
    // What the mount below forbids has to be forbidden here too.
    let known = [
        (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
        (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ];
    let has = statvfs(path)?.flags();
    let kept = known.iter().filter(|(flag, _)| has.contains(*flag));
    let flags = kept.fold(MsFlags::empty(), |all, (_, flag)| all | *flag);
    let flags = flags | MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
    mount(None::<&str>, path, None::<&str>, flags, None::<&str>)?;
    Ok(())
}
