//! What a container is given before it starts: the template's user, and what stands for a booted machine.

use std::io;
use std::path::Path;

use crate::sandbox::users::{self, User};

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::Kind;
use super::files;
use super::inside::{DIRECTORY, MAY, PROGRAM};
use super::layer::{Layer, Owned};

/// Where the scripts find a program that they stand for.
const ASIDE: &str = "/usr/lib/ami-build";

const POWER: &str = include_str!("../shims/power.sh");
const SYSTEMCTL: &str = include_str!("../shims/systemctl.sh");
const CLOUD_INIT: &str = include_str!("../shims/cloud-init.sh");

/// What Ubuntu's images of EC2 have, and its containers have not.
const UBUNTU_ENVIRONMENT: &str = "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin\"\n";

/// A container that has not started.
pub(super) struct Blank<'a> {
    pub(super) engine: &'a Engine,
    pub(super) container: &'a str,
}

/// What both containers need: this program.
pub(super) fn program(local: &Path) -> io::Result<Layer> {
    let mut layer = Layer::default();
    layer.directory(DIRECTORY, Owned::root(0o755));
    layer.local(PROGRAM, Owned::root(0o755), local)?;
    Ok(layer)
}

/// Why it was not prepared.
#[derive(Debug)]
pub(super) enum Unprepared {
    Engine(EngineError),
    /// The copy of this program.
    Program(io::Error),
    /// A user cannot have such a name.
    Name(String),
}

impl From<EngineError> for Unprepared {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl Blank<'_> {
    /// What the sandbox needs.
    pub(super) async fn layer(&self, user: &str, local: &Path) -> Result<Layer, Unprepared> {
        if !users::is_name(user) {
            return Err(Unprepared::Name(user.to_owned()));
        }
        let mut layer = Layer::default();
        let has_sudo = self.kind("/usr/bin/sudo").await? != Kind::Nothing;
        let mode = if has_sudo { 0o755 } else { 0o4755 };
        layer.directory(DIRECTORY, Owned::root(0o755));
        layer
            .local(PROGRAM, Owned::root(mode), local)
            .map_err(Unprepared::Program)?;
        if !has_sudo {
            layer.same("/usr/bin/sudo", Owned::root(mode), PROGRAM);
        }
        self.user(&mut layer, user).await?;
        self.system(&mut layer).await?;
        Ok(layer)
    }

    async fn user(&self, layer: &mut Layer, name: &str) -> Result<(), EngineError> {
        let passwd = self.text("/etc/passwd").await?;
        let group = self.text("/etc/group").await?;
        let known = users::find(&passwd, |user| user.name == name);
        let user = match known {
            Some(user) => user,
            None => self.new_user(layer, name, (&passwd, &group)).await?,
        };
        layer.file(MAY, Owned::root(0o644), format!("{name}\n"));
        if self.kind("/etc/sudoers.d").await? == Kind::Nothing {
            layer.directory("/etc/sudoers.d", Owned::root(0o750));
        }
        let may = format!("{name} ALL=(ALL) NOPASSWD:ALL\n");
        layer.file(
            "/etc/sudoers.d/90-cloud-init-users",
            Owned::root(0o440),
            may,
        );
        self.home(layer, &user).await
    }

    async fn new_user(
        &self,
        layer: &mut Layer,
        name: &str,
        (passwd, group): (&str, &str),
    ) -> Result<User, EngineError> {
        let has_bash = self.kind("/bin/bash").await? != Kind::Nothing;
        let shell = if has_bash { "/bin/bash" } else { "/bin/sh" };
        let user = users::new(name, shell, passwd, group);
        layer.file(
            "/etc/passwd",
            Owned::root(0o644),
            users::passwd_with(passwd, &user),
        );
        layer.file(
            "/etc/group",
            Owned::root(0o644),
            users::group_with(group, &user),
        );
        let shadow = files::plain(self.engine, self.container, "/etc/shadow").await?;
        if let Some(shadow) = shadow.into_iter().next() {
            let owner = Owned {
                user: 0,
                group: users::group_id(group, "shadow").unwrap_or(0),
                mode: shadow.mode & 0o777,
            };
            let text = String::from_utf8_lossy(&shadow.content);
            layer.file("/etc/shadow", owner, users::shadow_with(&text, &user));
        }
        Ok(user)
    }

    /// The home as `useradd -m` makes it, with the file that EC2's key goes into.
    async fn home(&self, layer: &mut Layer, user: &User) -> Result<(), EngineError> {
        let owned = |mode| Owned {
            user: user.id,
            group: user.group,
            mode,
        };
        let home = user.home.trim_end_matches('/');
        if self.kind(&user.home).await? == Kind::Nothing {
            layer.directory(home, owned(0o755));
            for file in files::plain(self.engine, self.container, "/etc/skel").await? {
                let path = format!("{home}/{}", file.name);
                layer.file(path, owned(file.mode & 0o777), file.content);
            }
        }
        if self.kind(&format!("{home}/.ssh")).await? == Kind::Nothing {
            layer.directory(format!("{home}/.ssh"), owned(0o700));
            layer.file(format!("{home}/.ssh/authorized_keys"), owned(0o600), "");
        }
        Ok(())
    }

    /// The power switch, systemd and cloud-init.
    async fn system(&self, layer: &mut Layer) -> Result<(), EngineError> {
        for directory in self.directories_of_root().await? {
            for name in ["reboot", "shutdown", "poweroff", "halt", "telinit"] {
                layer.file(format!("{directory}/{name}"), Owned::root(0o755), POWER);
            }
        }
        layer.directory(ASIDE, Owned::root(0o755));
        for (name, text) in [("systemctl", SYSTEMCTL), ("cloud-init", CLOUD_INIT)] {
            let path = format!("/usr/bin/{name}");
            let real = files::plain(self.engine, self.container, &path).await?;
            if let Some(real) = real.into_iter().next() {
                layer.file(format!("{ASIDE}/{name}"), Owned::root(0o755), real.content);
            }
            layer.file(path, Owned::root(0o755), text);
            // Before /usr was one with the root, systemd was there.
            if self.kind("/bin").await? == Kind::Directory {
                layer.file(format!("/bin/{name}"), Owned::root(0o755), text);
            }
        }
        for directory in ["/var/lib/cloud", "/var/lib/cloud/instance"] {
            if self.kind(directory).await? == Kind::Nothing {
                layer.directory(directory, Owned::root(0o755));
            }
        }
        layer.file(
            "/var/lib/cloud/instance/boot-finished",
            Owned::root(0o644),
            "",
        );
        let release = self.text("/etc/os-release").await?;
        let is_ubuntu = release.lines().any(|line| line == "ID=ubuntu");
        if is_ubuntu && self.text("/etc/environment").await?.trim().is_empty() {
            layer.file("/etc/environment", Owned::root(0o644), UBUNTU_ENVIRONMENT);
        }
        Ok(())
    }

    async fn directories_of_root(&self) -> Result<Vec<&'static str>, EngineError> {
        let mut found = Vec::new();
        for directory in ["/usr/sbin", "/sbin"] {
            if self.kind(directory).await? == Kind::Directory {
                found.push(directory);
            }
        }
        Ok(if found.is_empty() {
            vec!["/usr/bin"]
        } else {
            found
        })
    }

    async fn kind(&self, path: &str) -> Result<Kind, EngineError> {
        self.engine.kind(self.container, path).await
    }

    async fn text(&self, path: &str) -> Result<String, EngineError> {
        files::text(self.engine, self.container, path).await
    }
}
