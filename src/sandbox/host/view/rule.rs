//! The rule of what is shown: what everybody on this machine may read, and of that nothing that belongs to somebody.

use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use nix::sys::statfs::{self, FsType};

/// What is left of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it is.
    Whole,
    /// It is there, with nothing in it.
    Empty,
    /// A directory whose directories are shown the same way, and no files.
    Directories,
    /// Not even its name.
    Not,
}

/// There, and empty, however open it is.
const EMPTY: &[&str] = &[
    "/etc/apt/auth.conf",
    "/etc/apt/auth.conf.d",
    "/etc/credstore",
    "/etc/credstore.encrypted",
    "/etc/docker",
    "/etc/gitconfig",
    "/etc/gitlab-runner",
    "/etc/kubernetes",
    "/etc/rancher",
    "/opt/actions-runner",
    "/var/backups",
    "/var/crash",
    "/var/cache/private",
    "/var/lib/cloud",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/gitlab-runner",
    "/var/lib/jenkins",
    "/var/lib/kubelet",
    "/var/lib/libvirt",
    "/var/lib/lxc",
    "/var/lib/lxd",
    "/var/lib/rancher",
    "/var/lib/private",
    "/var/mail",
    "/var/snap",
    "/var/run",
    "/var/spool/mail",
    "/var/tmp",
    "/var/www",
];

/// What is at the top of a system.
const TOP: &[&str] = &[
    "bin", "boot", "etc", "lib", "lib32", "lib64", "libx32", "nix", "opt", "sbin", "snap", "usr",
    "var",
];

/// What is there as well, and empty: people's own files, what is mounted for a while, and what the kernel makes. Whatever else
/// is at the top is somebody's.
const EMPTY_TOP: &[&str] = &[
    "dev", "home", "media", "mnt", "proc", "root", "run", "srv", "sys", "tmp",
];

/// Programs expect the directories; what was logged is nobody's business.
const DIRECTORIES: &[&str] = &["/var/log"];

/// The magic numbers of file systems that hold a machine's software: a network's or a memory's hold something else.
/// (`statfs(2)`, and `include/uapi/linux/magic.h`.)
const FILE_SYSTEMS: &[i64] = &[
    0xef53,      // ext2, ext3, ext4
    0x5846_5342, // xfs
    0x9123_683e, // btrfs
    0xf2f5_2010, // f2fs
    0xca45_1a4e, // bcachefs
    0x2fc1_2fc1, // zfs
    0x794c_7630, // overlayfs
    0x7371_7368, // squashfs
    0xe0f5_e1e2, // erofs
];

/// What may be shown.
#[derive(Debug)]
pub(crate) struct Rule {
    /// What the caller of this program calls private, beyond what always is. Resolved.
    private: Vec<PathBuf>,
    /// The device of `/`.
    root: u64,
}

impl Rule {
    /// The rule of this machine.
    pub(crate) fn new(private: Vec<PathBuf>) -> std::io::Result<Self> {
        Ok(Self {
            private,
            root: std::fs::symlink_metadata("/")?.dev(),
        })
    }

    /// What is shown of `path`, whose metadata are `metadata`, in a directory on the device `above` that is shown `within`.
    pub(super) fn shown(
        &self,
        path: &Path,
        metadata: &Metadata,
        (within, above): (Shown, u64),
    ) -> Shown {
        let kind = metadata.file_type();
        if within == Shown::Empty
            || kind.is_socket()
            || kind.is_fifo()
            || kind.is_block_device()
            || kind.is_char_device()
        {
            return Shown::Not;
        }
        if within == Shown::Directories && !kind.is_dir() {
            return Shown::Not;
        }
        let mut parts = path.iter().skip(1);
        if let (Some(top), None) = (parts.next(), parts.next()) {
            if EMPTY_TOP.iter().any(|known| top == *known) {
                return Shown::Empty;
            }
            if !TOP.iter().any(|known| top == *known) {
                return Shown::Not;
            }
        }
        if kind.is_symlink() {
            return Shown::Whole;
        }
        let listed = |list: &[&str]| list.iter().any(|listed| Path::new(listed) == path);
        if listed(EMPTY) || self.private.iter().any(|private| private == path) {
            return Shown::Empty;
        }
        if !is_public(metadata) {
            return Shown::Empty;
        }
        if metadata.dev() != above && metadata.dev() != self.root && !holds_software(path) {
            return Shown::Empty;
        }
        if within == Shown::Directories || listed(DIRECTORIES) {
            Shown::Directories
        } else {
            Shown::Whole
        }
    }
}

/// Whether everybody may read it. A program that everybody may run and nobody may read, as some distributions install `sudo`,
/// is public too.
fn is_public(metadata: &Metadata) -> bool {
    let others = metadata.mode() & 0o7;
    if metadata.is_dir() {
        others & 0o5 == 0o5
    } else {
        others & 0o5 != 0
    }
}

fn holds_software(path: &Path) -> bool {
    let kind = statfs::statfs(path).map(|found| found.filesystem_type());
    kind.is_ok_and(|FsType(kind)| {
        #[expect(
            clippy::unnecessary_cast,
            reason = "the type is another one on other architectures and with other C libraries"
        )]
        let kind = kind as i64 & 0xffff_ffff;
        FILE_SYSTEMS.contains(&kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    struct Place {
        directory: tempfile::TempDir,
        rule: Rule,
    }

    impl Place {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            Self {
                directory,
                rule: Rule::new(vec![PathBuf::from("/opt/elsewhere")]).unwrap(),
            }
        }

        fn metadata(&self, name: &str, mode: u32) -> Metadata {
            let path = self.directory.path().join(name);
            if name.ends_with('/') {
                fs::create_dir(&path).unwrap();
            } else {
                fs::write(&path, "x").unwrap();
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            fs::symlink_metadata(&path).unwrap()
        }

        fn shown(&self, path: &str, metadata: &Metadata) -> Shown {
            let within = (Shown::Whole, metadata.dev());
            self.rule.shown(Path::new(path), metadata, within)
        }
    }

    #[test]
    fn what_not_everybody_may_read_is_there_and_empty() {
        let place = Place::new();
        let cases = [
            ("public", 0o644, Shown::Whole),
            ("hashes", 0o640, Shown::Empty),
            ("key", 0o600, Shown::Empty),
            ("sudo", 0o4111, Shown::Whole),
            ("open/", 0o755, Shown::Whole),
            ("passable/", 0o711, Shown::Empty),
            ("closed/", 0o700, Shown::Empty),
        ];
        for (name, mode, expected) in cases {
            let metadata = place.metadata(name, mode);
            assert_eq!(place.shown("/usr/x", &metadata), expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_part_of_a_system_is_not_even_named() {
        let place = Place::new();
        let metadata = place.metadata("open/", 0o777);
        for path in ["/data", "/work", "/github"] {
            assert_eq!(place.shown(path, &metadata), Shown::Not, "{path}");
        }
        for path in ["/home", "/tmp", "/srv"] {
            assert_eq!(place.shown(path, &metadata), Shown::Empty, "{path}");
        }
        assert_eq!(place.shown("/usr", &metadata), Shown::Whole);
    }

    #[test]
    fn homes_the_runners_files_and_what_the_caller_names_are_empty_however_open_they_are() {
        let place = Place::new();
        let metadata = place.metadata("open/", 0o777);
        for path in [
            "/home",
            "/run",
            "/etc/apt/auth.conf.d",
            "/opt/actions-runner",
            "/opt/elsewhere",
        ] {
            assert_eq!(place.shown(path, &metadata), Shown::Empty, "{path}");
        }
        assert_eq!(place.shown("/opt", &metadata), Shown::Whole);
    }

    #[test]
    fn of_the_logs_only_directories_are_shown_at_any_depth() {
        let place = Place::new();
        let directory = place.metadata("nginx/", 0o755);
        assert_eq!(place.shown("/var/log", &directory), Shown::Directories);
        let within = (Shown::Directories, directory.dev());
        let below = |path: &str, metadata| place.rule.shown(Path::new(path), metadata, within);
        assert_eq!(below("/var/log/nginx", &directory), Shown::Directories);
        let file = place.metadata("access.log", 0o644);
        assert_eq!(below("/var/log/nginx/access.log", &file), Shown::Not);
    }

    #[test]
    fn a_socket_is_not_even_named() {
        let place = Place::new();
        let path = place.directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let metadata = fs::symlink_metadata(&path).unwrap();
        assert_eq!(place.shown("/var/lib/socket", &metadata), Shown::Not);
    }

    #[test]
    fn another_file_system_is_shown_only_where_it_holds_software() {
        let place = Place::new();
        let kernel = fs::symlink_metadata("/proc/sys").unwrap();
        let within = (Shown::Whole, kernel.dev() + 1);
        let shown = place.rule.shown(Path::new("/proc/sys"), &kernel, within);
        assert_eq!(shown, Shown::Empty);
    }
}
