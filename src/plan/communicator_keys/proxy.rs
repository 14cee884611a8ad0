//! `ssh_proxy_*`: the way through a SOCKS5 proxy.

use super::port;
use crate::plan::communicator::Proxy;
use crate::plan::unsupported::Unsupported;
use crate::secret::Secret;
use crate::template::fields::Fields;

/// Where SOCKS proxies listen when nothing else is said.
const SOCKS: u16 = 1080;

/// The keys as they stand.
pub(super) struct ProxyKeys {
    host: String,
    port: i64,
    username: String,
    password: Secret,
}

impl ProxyKeys {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            host: fields.text("ssh_proxy_host"),
            port: fields.integer("ssh_proxy_port").unwrap_or(0),
            username: fields.text("ssh_proxy_username"),
            password: Secret::new(fields.text("ssh_proxy_password")),
        }
    }

    pub(super) fn is_used(&self) -> bool {
        !self.host.is_empty()
    }

    pub(super) fn check(&self, fields: &Fields<'_>, unsupported: &mut Unsupported) {
        if self.is_used() {
            port::check(fields, "ssh_proxy_port", self.port, unsupported);
        }
    }

    /// Packer hands user and password over where a user is named.
    pub(super) fn into_settings(self) -> Option<Proxy> {
        self.is_used().then(|| Proxy {
            port: port::or(self.port, SOCKS),
            credentials: (!self.username.is_empty()).then_some((self.username, self.password)),
            host: self.host,
        })
    }
}
