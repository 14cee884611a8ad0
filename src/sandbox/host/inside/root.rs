//! The root of the sandbox: the host's files below, what is prepared above them, and what is written on top, in memory.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::pivot_root;

use super::devices;
use super::prepare::{self, Prepared};
use crate::sandbox::host::setup::{Doing, Failure, Setup};

/// Where the layers are put together; any directory does, since the machine leaves it.
const STAGES: [&str; 4] = ["/tmp", "/mnt", "/var", "/usr"];

/// What is needed of the layers afterwards. Nothing inside has a name for them.
pub(super) struct Layers {
    /// What was written.
    pub(super) upper: File,
    /// The root as it was at first.
    pub(super) before: File,
}

/// Makes the root and enters it.
pub(super) fn make(setup: &Setup) -> Result<(Layers, Prepared), Failure> {
    let stage = STAGES.iter().map(Path::new).find(|path| path.is_dir());
    let stage = stage
        .ok_or_else(no_stage)
        .doing("find a place for its root")?;
    // A file without content takes memory too.
    let files = setup.memory / 4096;
    let size = format!("mode=755,size={},nr_inodes={files}", setup.memory);
    let flags = MsFlags::MS_NODEV;
    mount(Some("sandbox"), stage, Some("tmpfs"), flags, Some(&*size))
        .doing("make a place for what is written")?;
    check_attributes(stage).doing(
        "note attributes in memory (that needs Linux 6.6 or later; the `docker` sandbox does not)",
    )?;
    for name in [
        "files", "prepared", "upper", "work", "before", "root", "shm",
    ] {
        make_directory(&stage.join(name), 0o755).doing("make a place for what is written")?;
    }
    show_files(&stage.join("files")).doing("mount the host's files")?;
    let prepared = prepare::fill(&stage.join("prepared"), &stage.join("files"), setup)?;
    let root = lay(stage).doing("mount the copy of the root")?;
    devices::make(&root, &stage.join("shm"))?;
    let layers = Layers {
        upper: File::open(stage.join("upper")).doing("open what is written")?,
        before: File::open(stage.join("before")).doing("open what was")?,
    };
    enter(&root).doing("enter the copy of the root")?;
    Ok((layers, prepared))
}

fn no_stage() -> io::Error {
    io::ErrorKind::NotFound.into()
}

/// The overlay notes what was removed in attributes, which older kernels do not let it set in memory.
fn check_attributes(stage: &Path) -> rustix::io::Result<()> {
    let flags = rustix::fs::XattrFlags::empty();
    rustix::fs::setxattr(stage, "user.ami-build", b"y", flags)
}

/// The device is our output; whoever else holds it would keep the files there after their server's end.
fn show_files(at: &Path) -> io::Result<()> {
    let options = "fd=1,rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other";
    let flags = MsFlags::MS_NODEV | MsFlags::MS_RDONLY;
    mount(Some("host"), at, Some("fuse"), flags, Some(options))?;
    rustix::stdio::dup2_stdout(io::stderr().as_fd())?;
    Ok(())
}

/// Lays the layers over each other, twice: to be written, and as it was.
fn lay(stage: &Path) -> io::Result<PathBuf> {
    let place = |name: &str| stage.join(name).display().to_string();
    let lower = format!(
        "userxattr,lowerdir={}:{}",
        place("prepared"),
        place("files")
    );
    let written = format!(
        "{lower},upperdir={},workdir={}",
        place("upper"),
        place("work")
    );
    let kind = Some("overlay");
    let flags = MsFlags::MS_NODEV;
    let root = stage.join("root");
    mount(kind, &root, kind, flags, Some(&*written))?;
    let flags = flags | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    mount(kind, &stage.join("before"), kind, flags, Some(&*lower))?;
    Ok(root)
}

/// Makes `root` the root and lets go of the old one with all that is mounted there.
fn enter(root: &Path) -> io::Result<()> {
    std::env::set_current_dir(root)?;
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    std::env::set_current_dir("/")
}

/// A directory with exactly this mode.
pub(super) fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    DirBuilder::new().mode(mode).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}
