//! `communicator` and what it chooses between.

use super::ssh::SshKeys;
use super::winrm::WinRmKeys;
use crate::facts::Facts;
use crate::plan::communicator::{Communicator, Interface};
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// `communicator`: what the keys say, before the builder adds its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `ssh`, the default.
    Ssh,
    /// `winrm`.
    WinRm,
    /// `none`.
    None,
    /// `docker` and `dockerWindowsContainer`, which Packer accepts and then cannot connect with, and every unknown word.
    Other,
}

/// Everything that the communicator's keys say.
pub(crate) struct CommunicatorKeys {
    /// Which of them counts.
    pub(crate) kind: Kind,
    /// `ssh_*` and `temporary_key_pair_*`.
    pub(crate) ssh: SshKeys,
    /// `winrm_*`.
    pub(crate) winrm: WinRmKeys,
}

impl CommunicatorKeys {
    /// Decodes all keys and checks those of the chosen communicator.
    pub(crate) fn read(
        fields: &mut Fields<'_>,
        facts: &Facts,
        unsupported: &mut Unsupported,
    ) -> Self {
        let kind = kind(fields, unsupported);
        let mut ssh = SshKeys::read(fields);
        let winrm = WinRmKeys::read(fields);
        match kind {
            Kind::Ssh => ssh.check(fields, facts, unsupported),
            Kind::WinRm => winrm.check(fields),
            Kind::None | Kind::Other => {}
        }
        Self { kind, ssh, winrm }
    }

    /// The host that the keys name for the chosen communicator.
    pub(crate) fn host(&self) -> &str {
        match self.kind {
            Kind::Ssh => &self.ssh.host,
            Kind::WinRm => &self.winrm.host,
            Kind::None | Kind::Other => "",
        }
    }

    /// The user that they name.
    pub(crate) fn username(&self) -> &str {
        match self.kind {
            Kind::Ssh => &self.ssh.username,
            Kind::WinRm => &self.winrm.username,
            Kind::None | Kind::Other => "",
        }
    }

    /// Whether they give a password.
    pub(crate) fn has_password(&self) -> bool {
        match self.kind {
            Kind::Ssh => !self.ssh.login.password.is_empty(),
            Kind::WinRm => !self.winrm.password.is_empty(),
            Kind::None | Kind::Other => false,
        }
    }

    /// What the build needs of them.
    pub(crate) fn into_communicator(self, interface: Interface, facts: &Facts) -> Communicator {
        match self.kind {
            Kind::Ssh => Communicator::Ssh(Box::new(self.ssh.into_settings(interface, facts))),
            Kind::WinRm => Communicator::WinRm,
            Kind::None | Kind::Other => Communicator::None,
        }
    }
}

fn kind(fields: &mut Fields<'_>, unsupported: &mut Unsupported) -> Kind {
    match fields.text("communicator").as_str() {
        "" | "ssh" => Kind::Ssh,
        "none" => Kind::None,
        "winrm" => {
            unsupported.note(fields, "communicator");
            Kind::WinRm
        }
        "docker" | "dockerWindowsContainer" => {
            unsupported.note(fields, "communicator");
            Kind::Other
        }
        other => {
            fields.problem_with_hint(
                "communicator",
                format!("Communicator type {other} is invalid"),
                "use `ssh` or `none`",
            );
            Kind::Other
        }
    }
}
