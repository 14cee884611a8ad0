//! What lies between the host's files and what the provisioners write: the user, a name, and what stands for a booted system.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use super::login::{Giving, Login};
use super::root::make_directory;
use super::shims;
use super::users::{self, Identity};
use crate::sandbox::host::setup::{Doing, Failure, Owners, Setup};
use crate::sandbox::users::{group_with, passwd_with};

/// The name of the machine.
pub(super) const HOSTNAME: &str = "rehearsal";

/// As Ubuntu has it; the host's own may tell of the host.
const ENVIRONMENT: &str = "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin\"\n";

const SUDOERS: &str = "Defaults env_reset\nDefaults secure_path=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin\"\nroot ALL=(ALL:ALL) ALL\n#includedir /etc/sudoers.d\n";

/// What came of it.
pub(super) struct Prepared {
    pub(super) login: Login,
    /// What is not as on a real machine.
    pub(super) limits: Vec<String>,
}

/// The layer, and what lies below it.
pub(super) struct Layer<'a> {
    layer: &'a Path,
    below: &'a Path,
}

/// Fills the layer.
pub(super) fn fill(layer: &Path, below: &Path, setup: &Setup) -> Result<Prepared, Failure> {
    let layer = Layer { layer, below };
    let mut limits = Vec::new();
    let identity = identity(&layer, setup, &mut limits);
    let login = user(&layer, setup, identity).doing("add the template's user")?;
    names(&layer, setup).doing("name the machine")?;
    if identity == Identity::Root {
        shims::sudo(&layer).doing("put a `sudo` there")?;
    }
    shims::system(&layer).doing("put stand-ins for a booted system there")?;
    limits
        .push("services can be enabled but are not started, since no systemd runs here".to_owned());
    Ok(Prepared { login, limits })
}

fn identity(layer: &Layer<'_>, setup: &Setup, limits: &mut Vec<String>) -> Identity {
    if setup.owners == Owners::One {
        limits.push(format!(
            "`{}` is another name of root and every file stays root's, whatever `chown` says, since an ordinary user without `newuidmap` has one id to give",
            setup.user
        ));
        return Identity::Root;
    }
    if fs::File::open(layer.below.join("usr/bin/sudo")).is_err() {
        limits.push(format!(
            "`{}` is another name of root, since this machine has no `sudo` that may be read",
            setup.user
        ));
        return Identity::Root;
    }
    Identity::Own
}

fn user(layer: &Layer<'_>, setup: &Setup, identity: Identity) -> io::Result<Login> {
    let passwd = layer.read("etc/passwd");
    let group = layer.read("etc/group");
    let mut user = users::find(&setup.user, identity, (&passwd, &group));
    let shell = user.shell.trim_start_matches('/');
    if !layer.below.join(shell).exists() {
        "/bin/sh".clone_into(&mut user.shell);
    }
    let passwd = passwd_with(&passwd, &user);
    let group = group_with(&group, &user);
    layer.put("etc/shadow", &users::shadow(&passwd), 0o640)?;
    layer.put("etc/gshadow", &users::gshadow(&group), 0o640)?;
    layer.put("etc/passwd", &passwd, 0o644)?;
    layer.put("etc/group", &group, 0o644)?;
    layer.put("etc/sudoers", SUDOERS, 0o440)?;
    let may = format!("{} ALL=(ALL) NOPASSWD:ALL\n", user.name);
    layer.put("etc/sudoers.d/90-cloud-init-users", &may, 0o440)?;
    let mut login = users::login(user, &group);
    login.processes = setup.processes;
    if setup.owners == Owners::One {
        login.giving = Giving::Pretended;
    }
    home(layer, &login)?;
    Ok(login)
}

/// The home as `useradd -m` makes it, with the file that EC2's key goes into.
fn home(layer: &Layer<'_>, login: &Login) -> io::Result<()> {
    let home = login.home.strip_prefix("/").unwrap_or(&login.home);
    let own = |path: &Path| chown(layer.layer.join(path), Some(login.user), Some(login.group));
    let directory = layer.directory(home)?;
    let mode = if login.name == "root" { 0o700 } else { 0o755 };
    fs::set_permissions(&directory, fs::Permissions::from_mode(mode))?;
    own(home)?;
    for entry in fs::read_dir(layer.below.join("etc/skel"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = home.join(entry.file_name());
        if entry.file_type()?.is_file() {
            layer.put(
                &path,
                &layer.read(Path::new("etc/skel").join(entry.file_name())),
                0o644,
            )?;
            own(&path)?;
        }
    }
    // Debian's `sudo` makes it at the first use by a member of its group, whom it then tells no more how to become root.
    let known = home.join(".sudo_as_admin_successful");
    layer.put(&known, "", 0o644)?;
    own(&known)?;
    let keys = home.join(".ssh/authorized_keys");
    layer.put(&keys, "", 0o600)?;
    own(&keys)?;
    fs::set_permissions(directory.join(".ssh"), fs::Permissions::from_mode(0o700))?;
    own(&home.join(".ssh"))
}

fn names(layer: &Layer<'_>, setup: &Setup) -> io::Result<()> {
    layer.put("etc/hostname", &format!("{HOSTNAME}\n"), 0o644)?;
    let hosts =
        format!("127.0.0.1 localhost {HOSTNAME}\n::1 localhost ip6-localhost ip6-loopback\n");
    layer.put("etc/hosts", &hosts, 0o644)?;
    let resolver = setup.tunnel.as_ref().map_or("", |tunnel| &*tunnel.resolver);
    layer.put("etc/resolv.conf", resolver, 0o644)?;
    layer.put("etc/environment", ENVIRONMENT, 0o644)?;
    // The host's own one is what it is known by elsewhere.
    layer.put(
        "etc/machine-id",
        "7265686561727361c000000000000000\n",
        0o444,
    )?;
    make_directory(&layer.directory(Path::new("run"))?.join("lock"), 0o1777)
}

impl Layer<'_> {
    /// The text of a file below, and nothing where there is none.
    pub(super) fn read(&self, path: impl AsRef<Path>) -> String {
        let bytes = fs::read(self.below.join(path)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Puts root's file there, whatever lies below.
    pub(super) fn put(&self, path: impl AsRef<Path>, text: &str, mode: u32) -> io::Result<()> {
        let path = path.as_ref();
        if let Some(above) = path.parent() {
            self.directory(above)?;
        }
        let path = self.layer.join(path);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))
    }

    /// Copies a file from below to another place.
    pub(super) fn copy(&self, from: &str, to: &str) -> io::Result<()> {
        if let Some(above) = Path::new(to).parent() {
            self.directory(above)?;
        }
        fs::copy(self.below.join(from), self.layer.join(to)).map(drop)
    }

    /// Whether there is a directory below that is no link.
    pub(super) fn has_directory(&self, path: &str) -> bool {
        let found = fs::symlink_metadata(self.below.join(path));
        found.is_ok_and(|found| found.is_dir())
    }

    /// Whether there is a file below.
    pub(super) fn has(&self, path: &str) -> bool {
        self.below.join(path).is_file()
    }

    /// Makes the directories of `path`: what lies over one is the one, so mode and owner have to be the same.
    fn directory(&self, path: &Path) -> io::Result<PathBuf> {
        let mut reached = PathBuf::new();
        for part in path {
            reached.push(part);
            let here = self.layer.join(&reached);
            if here.is_dir() {
                continue;
            }
            match fs::symlink_metadata(self.below.join(&reached)) {
                Ok(below) if below.is_dir() => {
                    make_directory(&here, below.mode() & 0o7777)?;
                    chown(&here, Some(below.uid()), Some(below.gid()))?;
                }
                _ => make_directory(&here, 0o755)?,
            }
        }
        Ok(self.layer.join(path))
    }
}
