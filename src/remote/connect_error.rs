//! Why a machine could not be reached, told apart so that the message can say what to look at.

use std::io;
use std::time::Duration;

use super::HostKeyChange;

/// A failed connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// The name has no address.
    #[error("`{host}` has no address")]
    Unresolved {
        /// The name.
        host: String,
        /// What the resolver said.
        #[source]
        source: io::Error,
    },
    /// No answer to the first packet, or a router's word that there is no way.
    #[error("no route to `{host}` port {port}")]
    NoRoute {
        /// Where to.
        host: String,
        /// TCP port.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The machine is there, but nothing listens.
    #[error("`{host}` refuses connections to port {port}")]
    Refused {
        /// Where to.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// Nothing came back in time.
    #[error("`{host}` port {port} does not answer")]
    Silent {
        /// Where to.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// The connection was closed from the other side.
    #[error("`{host}` closed the connection during {phase}")]
    Reset {
        /// Where to.
        host: String,
        /// `the TCP connection`, `the banner`, `the key exchange`, `the login`.
        phase: &'static str,
        /// What the transport said.
        #[source]
        source: Option<io::Error>,
    },
    /// Something listens, but it is not an SSH server, or not yet.
    #[error("`{host}` port {port} sends no SSH banner")]
    NoBanner {
        /// Where to.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// No common cipher, key exchange or the like.
    #[error("cannot agree with `{host}` on the encryption")]
    Handshake {
        /// Where to.
        host: String,
        /// What libssh2 said.
        #[source]
        source: io::Error,
    },
    /// The server knows neither key nor password.
    #[error("`{host}` refuses the login of `{username}`: offered {}, the server accepts {}", offered.join(", "), accepts.join(", "))]
    LoginRefused {
        /// Where to.
        host: String,
        /// As whom.
        username: String,
        /// What we showed, in order.
        offered: Vec<String>,
        /// The methods that the server names.
        accepts: Vec<String>,
    },
    /// The machine shows another host key than in the first connection.
    #[error("`{}` shows the host key `{}`, but `{}` before", .0.host, .0.shown, .0.pinned)]
    HostKeyChanged(Box<HostKeyChange>),
    /// The bastion host could not be reached or did not let us in.
    #[error("cannot get through the bastion host")]
    Bastion(#[source] Box<ConnectError>),
    /// The bastion host cannot reach the machine.
    #[error("the bastion host cannot reach `{host}` port {port}")]
    Tunnel {
        /// Where to.
        host: String,
        /// TCP port.
        port: u16,
        /// What the bastion said.
        #[source]
        source: io::Error,
    },
    /// The SOCKS proxy could not be reached.
    #[error("cannot get through the proxy `{proxy}`")]
    Proxy {
        /// Its name or address.
        proxy: String,
        /// Why.
        #[source]
        source: Box<ConnectError>,
    },
    /// The SOCKS proxy refuses, or cannot reach the machine.
    #[error("the proxy does not lead to `{host}` port {port}")]
    BehindProxy {
        /// Where to.
        host: String,
        /// TCP port.
        port: u16,
        /// What the proxy said.
        #[source]
        source: tokio_socks::Error,
    },
    /// A tunnel of the template's could not be opened.
    #[error("cannot open the tunnel from port {port} of {side}")]
    TunnelPort {
        /// The port that is listened on.
        port: u16,
        /// `this machine` or `the build machine`.
        side: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The sandbox of a rehearsal lets nobody in.
    #[error("the sandbox cannot be entered")]
    Sandbox(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// `ssh_timeout` is over. Packer's words.
    #[error("Timeout waiting for SSH")]
    Timeout {
        /// How long it was tried.
        waited: Duration,
        /// Why the last try failed.
        #[source]
        last: Option<Box<ConnectError>>,
    },
    /// A stop was asked for.
    #[error("stopped while connecting")]
    Stopped,
}

/// How a failed try goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outlook {
    /// The machine may still be starting: try again soon.
    Soon,
    /// Broken off during the login: as slowly as after a refused one, so that the server does not take us for an attacker.
    Paced,
    /// A refused login: it counts, and the pace is Packer's.
    Counted,
    /// Trying again cannot help.
    Final,
}

impl ConnectError {
    /// From what the system said about a TCP connection.
    pub(super) fn from_tcp(host: &str, port: u16, source: io::Error) -> Self {
        let host = host.to_owned();
        match source.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused { host, port },
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::Reset {
                host,
                phase: "the TCP connection",
                source: Some(source),
            },
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Silent { host, port },
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown => Self::NoRoute { host, port, source },
            // The resolver's errors have no kind of their own.
            _ if source.raw_os_error().is_none() => Self::Unresolved { host, source },
            _ => Self::NoRoute { host, port, source },
        }
    }

    /// How the dialler goes on.
    pub(super) fn outlook(&self) -> Outlook {
        match self {
            Self::LoginRefused { .. } => Outlook::Counted,
            Self::Reset {
                phase: "the login", ..
            } => Outlook::Paced,
            Self::HostKeyChanged(_)
            | Self::TunnelPort { .. }
            | Self::Sandbox(_)
            | Self::Timeout { .. }
            | Self::Stopped => Outlook::Final,
            Self::Bastion(cause) | Self::Proxy { source: cause, .. } => cause.outlook(),
            _ => Outlook::Soon,
        }
    }

    /// The error that says most: what is behind a timeout or a bastion.
    pub(crate) fn root(&self) -> &Self {
        match self {
            Self::Timeout {
                last: Some(cause), ..
            }
            | Self::Bastion(cause)
            | Self::Proxy { source: cause, .. } => cause.root(),
            other => other,
        }
    }

    /// What to look at, in one sentence.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        Some(match self.root() {
            Self::Unresolved { .. } => "check `ssh_host` and the name servers of this machine",
            Self::NoRoute { .. } => {
                "check the route: a private address is reached only from inside its VPC, a public one needs an internet gateway"
            }
            Self::Silent { .. } => {
                "packets are dropped on the way: check the security group, the network ACL, and `ssh_interface` (a private address is reached only from inside its VPC)"
            }
            Self::Refused { .. } => {
                "the machine is up but no SSH server listens there: check `ssh_port`, and whether the image starts sshd"
            }
            Self::Reset { .. } => {
                "the SSH server hangs up: it may still be starting, or limit connections (`MaxStartups`)"
            }
            Self::NoBanner { .. } => {
                "something other than an SSH server answers there, or it is still starting: check `ssh_port`"
            }
            Self::Handshake { .. } => {
                "check `ssh_ciphers` and `ssh_key_exchange_algorithms` against the server's"
            }
            Self::LoginRefused { .. } => {
                "check `ssh_username` (`ec2-user`, `ubuntu`, `admin`, … depend on the image) and that the key belongs to it"
            }
            Self::HostKeyChanged(_) => {
                "another machine answers at that address, or the provisioners replaced the host keys"
            }
            Self::Tunnel { .. } => {
                "check that the bastion host may reach the machine's port and allows TCP forwarding"
            }
            Self::BehindProxy { .. } => {
                "check `ssh_proxy_username` and `ssh_proxy_password`, and that the proxy may reach the machine's port"
            }
            Self::TunnelPort { .. } => {
                "check that nothing else listens there, and that sshd allows TCP forwarding: `ssh_local_tunnels` listens on this machine, `ssh_remote_tunnels` on the build machine"
            }
            Self::Bastion(_)
            | Self::Proxy { .. }
            | Self::Sandbox(_)
            | Self::Timeout { .. }
            | Self::Stopped => return None,
        })
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn tcp(kind: io::ErrorKind) -> ConnectError {
        ConnectError::from_tcp("h", 22, io::Error::from(kind))
    }

    #[test]
    fn a_refused_connection_is_told_from_a_silent_one() {
        assert!(matches!(
            tcp(io::ErrorKind::ConnectionRefused),
            ConnectError::Refused { .. }
        ));
        assert!(matches!(
            tcp(io::ErrorKind::TimedOut),
            ConnectError::Silent { .. }
        ));
    }

    #[test]
    fn only_a_refused_login_counts_as_an_attempt() {
        let refused = ConnectError::LoginRefused {
            host: "h".into(),
            username: "u".into(),
            offered: vec![],
            accepts: vec![],
        };
        assert_eq!(refused.outlook(), Outlook::Counted);
        assert_eq!(tcp(io::ErrorKind::ConnectionReset).outlook(), Outlook::Soon);
    }

    #[test]
    fn the_hint_of_a_timeout_is_that_of_its_cause() {
        let last = Some(Box::new(tcp(io::ErrorKind::ConnectionRefused)));
        let timeout = ConnectError::Timeout {
            waited: Duration::from_secs(3),
            last,
        };
        assert!(timeout.hint().is_some_and(|hint| hint.contains("ssh_port")));
    }
}
