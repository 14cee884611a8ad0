//! The trait: opening a [`Remote`] to a machine that may still be starting.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::plan::communicator::{KeyType, Login, SshSettings};
use crate::secret::Secret;
use crate::stop::Stop;

use super::{ConnectError, HostKeyJudge, HostKeyPin, KeyError, KeyPair, Remote};

/// Where to connect, and how.
#[derive(Clone)]
pub(crate) struct Target {
    /// Name or address.
    pub(crate) host: String,
    /// The template's `ssh_*`.
    pub(crate) ssh: Arc<SshSettings>,
    /// The host key of the first connection, shared by all connections to the machine.
    pub(crate) host_key: HostKeyPin,
    /// Who decides about a changed key; without one it is refused.
    pub(crate) judge: Option<HostKeyJudge>,
}

/// Who we are, with the key itself in hand.
#[derive(Clone, Debug)]
pub(crate) enum ResolvedLogin {
    /// A private key.
    Key {
        /// What it is called in messages, such as `the temporary key pair`.
        label: String,
        /// PEM or OpenSSH form.
        private_key: Secret,
        /// `ssh_certificate_file`'s text.
        certificate: Option<String>,
        /// Tried after the key.
        password: Option<Secret>,
    },
    /// The keys of the agent at `SSH_AUTH_SOCK`.
    Agent {
        /// Tried after the keys.
        password: Option<Secret>,
    },
    /// A password alone.
    Password(Secret),
}

/// What the wait for a machine has come to, for a progress line.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// Since the wait began.
    pub(crate) elapsed: Duration,
    /// Why the last try failed, in one line; empty before the first.
    pub(crate) last_failure: String,
}

/// Is told about every failed try.
pub(crate) type AttemptSink<'a> = &'a mut (dyn FnMut(Attempt) + Send);

/// Opens remotes.
pub(crate) trait Dial: Sync {
    /// What it opens.
    type Remote: Remote;

    /// Tries until the machine lets us in, `ssh_timeout` is over, `ssh_handshake_attempts` logins were refused or a stop comes.
    fn dial(
        &self,
        target: &Target,
        login: &ResolvedLogin,
        stop: &Stop,
        progress: AttemptSink<'_>,
    ) -> impl Future<Output = Result<Self::Remote, ConnectError>> + Send;

    /// Makes the key pair by which the machine shall know us. An RSA key takes some tenths of a second of computing.
    fn make_key(
        &self,
        key_type: KeyType,
    ) -> impl Future<Output = Result<KeyPair, KeyError>> + Send {
        async move {
            let task = tokio::task::spawn_blocking(move || KeyPair::generate(key_type));
            task.await.expect("making a key does not panic")
        }
    }
}

impl Target {
    /// The machine at `host`, reached as `ssh` says; nothing is pinned yet.
    pub(crate) fn new(host: impl Into<String>, ssh: &SshSettings) -> Self {
        Self {
            host: host.into(),
            ssh: Arc::new(ssh.clone()),
            host_key: HostKeyPin::default(),
            judge: None,
        }
    }
}

impl ResolvedLogin {
    /// The template's login with the key pair that was made for this build in its place; `None` where one is needed and missing.
    pub(crate) fn resolve(login: &Login, temporary: Option<&KeyPair>) -> Option<Self> {
        match login {
            Login::TemporaryKey { password, .. } => temporary.map(|pair| Self::Key {
                label: "the temporary key pair".to_owned(),
                private_key: pair.private_key.clone(),
                certificate: None,
                password: password.clone(),
            }),
            Login::Key {
                path,
                private_key,
                certificate,
                password,
                ..
            } => Some(Self::Key {
                label: format!("the key of `{path}`"),
                private_key: private_key.clone(),
                certificate: certificate.clone(),
                password: password.clone(),
            }),
            Login::Agent { password, .. } => Some(Self::Agent {
                password: password.clone(),
            }),
            Login::Password { password, .. } => Some(Self::Password(password.clone())),
        }
    }
}
