//! Which ciphers and key exchanges the handshake offers.

/// AES-GCM first: with the processor's AES it is several times faster than libssh2's portable ChaCha20.
const FAST_CIPHERS: [&str; 2] = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"];

/// What the template limits the handshake to; empty is libssh2's whole list.
#[derive(Clone, Debug, Default)]
pub(super) struct Methods {
    /// `ssh_ciphers`.
    pub(super) ciphers: Vec<String>,
    /// `ssh_key_exchange_algorithms`.
    pub(super) key_exchanges: Vec<String>,
}

impl Methods {
    /// In the order of preference, separated by commas; `all` is what libssh2 can do.
    pub(super) fn ciphers(&self, all: &[&str]) -> String {
        if !self.ciphers.is_empty() {
            return self.ciphers.join(",");
        }
        let (fast, others): (Vec<&str>, Vec<&str>) =
            all.iter().partition(|name| FAST_CIPHERS.contains(name));
        [fast, others].concat().join(",")
    }

    /// The same; `None` leaves libssh2's order.
    pub(super) fn key_exchanges(&self) -> Option<String> {
        (!self.key_exchanges.is_empty()).then(|| self.key_exchanges.join(","))
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_fast_ciphers_come_first_and_none_is_lost() {
        let all = ["aes256-ctr", "aes256-gcm@openssh.com"];
        assert_eq!(
            Methods::default().ciphers(&all),
            "aes256-gcm@openssh.com,aes256-ctr"
        );
    }

    #[test]
    fn the_template_has_the_last_word() {
        let methods = Methods {
            ciphers: vec!["aes256-ctr".into()],
            key_exchanges: Vec::new(),
        };
        assert_eq!(methods.ciphers(&["aes128-gcm@openssh.com"]), "aes256-ctr");
        assert_eq!(methods.key_exchanges(), None);
    }
}
