//! Who we are to the SSH server: key file, agent, temporary key or password, in Packer's order.

use super::key_file;
use crate::facts::Facts;
use crate::plan::communicator::{KeyType, Login};
use crate::plan::unsupported::Unsupported;
use crate::secret::Secret;
use crate::template::fields::Fields;

/// The login's keys as they stand.
pub(crate) struct LoginKeys {
    /// `ssh_password`.
    pub(crate) password: Secret,
    /// `ssh_keypair_name`.
    pub(crate) key_pair: String,
    /// `ssh_private_key_file`.
    pub(crate) private_key_file: String,
    /// `ssh_agent_auth`.
    pub(crate) agent_auth: bool,
    /// `temporary_key_pair_type`, empty where it is unset.
    pub(crate) temporary_key_type: String,
    temporary_key_name: String,
    pub(super) certificate_file: String,
    private_key_text: Secret,
}

impl LoginKeys {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        // Packer's EC2 builders ignore the size too: EC2 makes its RSA keys with 2048 bits.
        if fields
            .integer("temporary_key_pair_bits")
            .is_some_and(|bits| bits != 0)
        {
            fields.warning(
                "temporary_key_pair_bits",
                "`temporary_key_pair_bits` has no effect on EC2, in Packer neither",
            );
        }
        bytes(fields, "ssh_public_key");
        Self {
            password: Secret::new(fields.text("ssh_password")),
            key_pair: fields.text("ssh_keypair_name"),
            private_key_file: fields.text("ssh_private_key_file"),
            agent_auth: fields.bool("ssh_agent_auth"),
            temporary_key_type: fields.text("temporary_key_pair_type"),
            temporary_key_name: fields.text("temporary_key_pair_name"),
            certificate_file: fields.text("ssh_certificate_file"),
            private_key_text: Secret::new(bytes(fields, "ssh_private_key")),
        }
    }

    pub(super) fn check(&self, fields: &Fields<'_>, facts: &Facts, unsupported: &mut Unsupported) {
        const KEY: &str = "ssh_private_key_file";
        const CERTIFICATE: &str = "ssh_certificate_file";
        self.check_private_key_text(fields, unsupported);
        if self.private_key_file.is_empty() {
            if !self.certificate_file.is_empty() {
                fields.problem(
                    CERTIFICATE,
                    "ssh_private_key_file must be specified if ssh_certificate_file is specified",
                );
            }
            return;
        }
        key_file::check_private_key(fields, facts, KEY, &self.private_key_file);
        if !self.certificate_file.is_empty() {
            key_file::check_certificate(fields, facts, CERTIFICATE, KEY, &self.certificate_file);
        }
        if self.agent_auth {
            // Packer offers the agent's keys first and then the file's.
            fields.warning("ssh_agent_auth", "`ssh_agent_auth` has no effect beside `ssh_private_key_file`: only the file's key is offered");
        }
    }

    /// `ssh_private_key` is a key in the template itself, which Packer never meant to be set: it overwrites it with the key of
    /// the file or the one that it makes, and only beside a password or an agent is it offered.
    fn check_private_key_text(&self, fields: &Fields<'_>, unsupported: &mut Unsupported) {
        const KEY: &str = "ssh_private_key";
        if self.private_key_text.is_empty() {
            return;
        }
        if self.private_key_file.is_empty() && self.agent_auth {
            unsupported.note(fields, KEY);
        } else if !self.private_key_file.is_empty() || self.password.is_empty() {
            fields.warning(
                KEY,
                "`ssh_private_key` has no effect here, in Packer neither: another key is used",
            );
        }
    }

    /// Packer's order: a key file, the agent, a key made for the build (named, or where nothing else is given), a password.
    pub(super) fn into_login(self, facts: &Facts) -> Login {
        let password = (!self.password.is_empty()).then_some(self.password);
        let key_pair = (!self.key_pair.is_empty()).then_some(self.key_pair);
        let name = (!self.temporary_key_name.is_empty()).then_some(self.temporary_key_name);
        if !self.private_key_file.is_empty() {
            return Login::Key {
                private_key: Secret::new(key_file::text(facts, &self.private_key_file)),
                certificate: (!self.certificate_file.is_empty())
                    .then(|| key_file::text(facts, &self.certificate_file)),
                path: self.private_key_file,
                key_pair,
                password,
            };
        }
        if self.agent_auth {
            return Login::Agent { key_pair, password };
        }
        match (name, password) {
            (None, Some(password)) if !self.private_key_text.is_empty() => Login::Key {
                path: "ssh_private_key".to_owned(),
                private_key: self.private_key_text,
                certificate: None,
                key_pair,
                password: Some(password),
            },
            (None, Some(password)) => Login::Password { password, key_pair },
            (name, password) => Login::TemporaryKey {
                name,
                key_type: key_type(&self.temporary_key_type),
                password,
            },
        }
    }
}

/// What Packer keeps as bytes: a list of numbers, and no text can be one. What stands there is a secret, so it is not told.
fn bytes(fields: &mut Fields<'_>, key: &str) -> String {
    let parts = fields.strings(key);
    let bytes: Result<Vec<u8>, _> = parts.iter().map(|part| part.parse()).collect();
    let Ok(bytes) = bytes else {
        fields.problem_with_hint(
            key,
            format!("cannot parse '{key}' as uint: it is a list of bytes"),
            "name the file of a private key in `ssh_private_key_file`",
        );
        return String::new();
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

fn key_type(text: &str) -> KeyType {
    if text == "ed25519" {
        KeyType::Ed25519
    } else {
        KeyType::Rsa
    }
}
