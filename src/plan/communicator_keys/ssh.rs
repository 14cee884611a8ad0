//! `ssh_*`: all keys of the SSH communicator.

use super::bastion::BastionKeys;
use super::login::LoginKeys;
use super::proxy::ProxyKeys;
use super::timing::Timing;
use super::{port, tunnels};
use crate::facts::Facts;
use crate::plan::communicator::{FileTransfer, Interface, Pty, SshSettings};
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// The keys as they stand.
pub(crate) struct SshKeys {
    /// `ssh_host`.
    pub(crate) host: String,
    /// `ssh_username`.
    pub(crate) username: String,
    /// Who we are.
    pub(crate) login: LoginKeys,
    port: i64,
    timing: Timing,
    pty: Pty,
    agent_forwarding: bool,
    clear_authorized_keys: bool,
    file_transfer_method: String,
    ciphers: Vec<String>,
    key_exchanges: Vec<String>,
    bastion: BastionKeys,
    proxy: ProxyKeys,
    tunnels: [Vec<String>; 2],
}

impl SshKeys {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            host: fields.text("ssh_host"),
            username: fields.text("ssh_username"),
            login: LoginKeys::read(fields),
            port: fields.integer("ssh_port").unwrap_or(0),
            timing: Timing::read(fields),
            pty: if fields.bool("ssh_pty") {
                Pty::Xterm
            } else {
                Pty::None
            },
            agent_forwarding: !fields.bool("ssh_disable_agent_forwarding"),
            clear_authorized_keys: fields.bool("ssh_clear_authorized_keys"),
            file_transfer_method: fields.text("ssh_file_transfer_method"),
            ciphers: fields.strings("ssh_ciphers"),
            key_exchanges: fields.strings("ssh_key_exchange_algorithms"),
            bastion: BastionKeys::read(fields),
            proxy: ProxyKeys::read(fields),
            tunnels: tunnels::read(fields),
        }
    }

    pub(super) fn check(
        &mut self,
        fields: &Fields<'_>,
        facts: &Facts,
        unsupported: &mut Unsupported,
    ) {
        if self.username.is_empty() {
            fields.problem_with_hint(
                "ssh_username",
                "An ssh_username must be specified",
                "it is the image's own user: `ubuntu`, `ec2-user`, `admin`, `root`, …",
            );
        }
        port::check(fields, "ssh_port", self.port, unsupported);
        self.login.check(fields, facts, unsupported);
        self.bastion.check_certificate_has_key(fields);
        self.bastion
            .inherit(&self.login.private_key_file, &self.login.certificate_file);
        self.bastion.check(fields, facts, unsupported);
        self.check_proxy(fields, unsupported);
        if !["", "scp", "sftp"].contains(&self.file_transfer_method.as_str()) {
            fields.problem(
                "ssh_file_transfer_method",
                format!(
                    "ssh_file_transfer_method ('{}') is invalid, valid methods: sftp, scp",
                    self.file_transfer_method
                ),
            );
        }
        tunnels::check(fields, &self.tunnels, unsupported);
    }

    fn check_proxy(&self, fields: &Fields<'_>, unsupported: &mut Unsupported) {
        if self.proxy.is_used() && self.bastion.is_used() {
            fields.problem(
                "ssh_proxy_host",
                "please specify either ssh_bastion_host or ssh_proxy_host, not both",
            );
        }
        self.proxy.check(fields, unsupported);
    }

    pub(super) fn into_settings(self, interface: Interface, facts: &Facts) -> SshSettings {
        SshSettings {
            host: (!self.host.is_empty()).then_some(self.host),
            port: port::or_default(self.port),
            username: self.username,
            login: self.login.into_login(facts),
            interface,
            timeout: self.timing.timeout,
            handshake_attempts: self.timing.handshake_attempts,
            pty: self.pty,
            agent_forwarding: self.agent_forwarding,
            bastion: self.bastion.into_settings(facts),
            proxy: self.proxy.into_settings(),
            tunnels: tunnels::settings(self.tunnels),
            file_transfer: match self.file_transfer_method.as_str() {
                "scp" => Some(FileTransfer::Scp),
                "sftp" => Some(FileTransfer::Sftp),
                _ => None,
            },
            ciphers: self.ciphers,
            key_exchanges: self.key_exchanges,
            keep_alive: self.timing.keep_alive,
            read_write_timeout: self.timing.read_write_timeout,
            pause_before_connecting: self.timing.pause_before_connecting,
            clear_authorized_keys: self.clear_authorized_keys,
        }
    }
}
