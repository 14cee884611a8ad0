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
    /// Through a SOCKS proxy.
    pub(crate) proxy: Option<Proxy>,
    /// Ports that lead to the other side while the machine is connected.
    pub(crate) tunnels: Tunnels,
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
    /// `ssh_bastion_interactive`: who answers the bastion's questions.
    pub(crate) questions: Questions,
}

/// Who answers what an SSH server asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Questions {
    /// Nobody: a password, where there is one, is the only answer.
    Unanswered,
    /// The person at the terminal.
    Terminal,
}

/// `ssh_proxy_*`: a SOCKS5 proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    /// Host.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// User and password, where the proxy wants them.
    pub(crate) credentials: Option<(String, Secret)>,
}

/// `ssh_local_tunnels` and `ssh_remote_tunnels`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tunnels {
    /// We listen; the machine dials.
    pub(crate) local: Vec<Tunnel>,
    /// The machine listens; we dial.
    pub(crate) remote: Vec<Tunnel>,
}

impl Tunnels {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.local.is_empty() && self.remote.is_empty()
    }
}

/// One tunnel: `LISTEN_PORT:HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tunnel {
    /// The port that is listened on, on `localhost`; 0 is any.
    pub(crate) listen: u16,
    /// Where it leads, seen from the side that dials.
    pub(crate) host: String,
    /// And the port there.
    pub(crate) port: u16,
}
