//! How to reach the machine, shared by every builder that has one.

use std::time::Duration;

use crate::secret::Secret;

/// `communicator`.
#[derive(Clone, Debug)]
pub(crate) enum Communicator {
    /// No machine is reached; provisioners that need one are skipped by nobody and fail, as in Packer.
    None,
    /// SSH.
    Ssh(Box<SshSettings>),
    /// WinRM: decoded, but refused by `build`.
    WinRm,
}

/// `ssh_*`.
#[derive(Clone, Debug)]
pub(crate) struct SshSettings {
    /// A host that overrides the instance's address.
    pub(crate) host: Option<String>,
    /// TCP port.
    pub(crate) port: u16,
    /// Whom to log in as.
    pub(crate) username: String,
    /// Who we are.
    pub(crate) login: Login,
    /// Which of the instance's addresses.
    pub(crate) interface: Interface,
    /// How long to try; `None` is without limit.
    pub(crate) timeout: Option<Duration>,
    /// Refused logins that are suffered; `None` is without limit.
    pub(crate) handshake_attempts: Option<u32>,
    /// A terminal for every command.
    pub(crate) pty: Pty,
    /// Agent forwarding, where an agent is there.
    pub(crate) agent_forwarding: bool,
    /// Through another host.
    pub(crate) bastion: Option<Bastion>,
    /// How files travel where the template names a way.
    pub(crate) file_transfer: Option<FileTransfer>,
    /// Ciphers that the template limits itself to.
    pub(crate) ciphers: Vec<String>,
    /// Key exchanges that the template limits itself to.
    pub(crate) key_exchanges: Vec<String>,
    /// Between two keep-alive requests; `None` is never.
    pub(crate) keep_alive: Option<Duration>,
    /// Longest silence of the socket; `None` is without limit.
    pub(crate) read_write_timeout: Option<Duration>,
    /// Wait between a first connection and the one that is used.
    pub(crate) pause_before_connecting: Duration,
    /// The temporary key is taken out of `authorized_keys` at the end.
    pub(crate) clear_authorized_keys: bool,
}

/// Who we are to the SSH server.
#[derive(Clone, Debug)]
pub(crate) enum Login {
    /// A key pair made for this build.
    TemporaryKey {
        /// `temporary_key_pair_name`, where the template names it.
        name: Option<String>,
        /// Its type.
        key_type: KeyType,
        /// A password beside it.
        password: Option<Secret>,
    },
    /// A private key of the user's, in PEM or OpenSSH form.
    Key {
        /// Where it was read from, for messages.
        path: String,
        /// Its text.
        private_key: Secret,
        /// `ssh_certificate_file`'s text.
        certificate: Option<String>,
        /// `ssh_keypair_name`.
        key_pair: Option<String>,
        /// A password beside it.
        password: Option<Secret>,
    },
    /// `ssh_agent_auth`.
    Agent {
        /// `ssh_keypair_name`.
        key_pair: Option<String>,
        /// A password beside it.
        password: Option<Secret>,
    },
    /// A password alone, plain and keyboard-interactive.
    Password {
        /// The password.
        password: Secret,
        /// `ssh_keypair_name`.
        key_pair: Option<String>,
    },
}

/// `temporary_key_pair_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    /// Packer's default.
    Rsa,
    /// Ed25519.
    Ed25519,
}

/// `ssh_interface`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interface {
    /// Public address, else private; by name outside a VPC.
    Automatic,
    /// `public_ip`.
    PublicIp,
    /// `private_ip`.
    PrivateIp,
    /// `public_dns`.
    PublicDns,
    /// `private_dns`.
    PrivateDns,
    /// `ipv6`.
    Ipv6,
    /// `session_manager`: refused by `build` for now.
    SessionManager,
}

/// `ssh_pty`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pty {
    /// Commands get an xterm of 40 × 80.
    Xterm,
    /// They get none.
    None,
}

/// `ssh_file_transfer_method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileTransfer {
    /// `scp -t`.
    Scp,
    /// The SFTP subsystem.
    Sftp,
}

/// `ssh_bastion_*`.
#[derive(Clone, Debug)]
pub(crate) struct Bastion {
    /// Host.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// User.
    pub(crate) username: String,
    /// Password.
    pub(crate) password: Option<Secret>,
    /// Key text.
    pub(crate) private_key: Option<Secret>,
    /// Certificate text.
    pub(crate) certificate: Option<String>,
    /// Agent.
    pub(crate) agent: bool,
}
