//! `ssh_bastion_*`.

use super::{key_file, port};
use crate::facts::Facts;
use crate::plan::communicator::{Bastion, Questions};
use crate::plan::unsupported::Unsupported;
use crate::secret::Secret;
use crate::template::fields::Fields;

/// The keys as they stand.
pub(super) struct BastionKeys {
    host: String,
    port: i64,
    username: String,
    password: Secret,
    agent_auth: bool,
    interactive: bool,
    private_key_file: String,
    certificate_file: String,
}

impl BastionKeys {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            host: fields.text("ssh_bastion_host"),
            port: fields.integer("ssh_bastion_port").unwrap_or(0),
            username: fields.text("ssh_bastion_username"),
            password: Secret::new(fields.text("ssh_bastion_password")),
            agent_auth: fields.bool("ssh_bastion_agent_auth"),
            interactive: fields.bool("ssh_bastion_interactive"),
            private_key_file: fields.text("ssh_bastion_private_key_file"),
            certificate_file: fields.text("ssh_bastion_certificate_file"),
        }
    }

    pub(super) fn is_used(&self) -> bool {
        !self.host.is_empty()
    }

    /// Where the bastion has no key of its own, it takes the target's, with the target's certificate.
    pub(super) fn inherit(&mut self, private_key_file: &str, certificate_file: &str) {
        if self.private_key_file.is_empty() && !private_key_file.is_empty() {
            private_key_file.clone_into(&mut self.private_key_file);
            certificate_file.clone_into(&mut self.certificate_file);
        }
    }

    /// A certificate of the bastion's needs a key of the bastion's: the target's does not count here.
    pub(super) fn check_certificate_has_key(&self, fields: &Fields<'_>) {
        if self.private_key_file.is_empty() && !self.certificate_file.is_empty() {
            fields.problem(
                "ssh_bastion_certificate_file",
                "ssh_bastion_private_key_file must be specified if ssh_bastion_certificate_file is specified",
            );
        }
    }

    pub(super) fn check(&self, fields: &Fields<'_>, facts: &Facts, unsupported: &mut Unsupported) {
        const KEY: &str = "ssh_bastion_private_key_file";
        if !self.is_used() {
            return;
        }
        port::check(fields, "ssh_bastion_port", self.port, unsupported);
        if !self.private_key_file.is_empty() {
            key_file::check_private_key(fields, facts, KEY, &self.private_key_file);
            if !self.certificate_file.is_empty() {
                key_file::check_certificate(
                    fields,
                    facts,
                    "ssh_bastion_certificate_file",
                    KEY,
                    &self.certificate_file,
                );
            }
        } else if self.password.is_empty() && !self.agent_auth {
            fields.problem(
                "ssh_bastion_host",
                "ssh_bastion_password, ssh_bastion_private_key_file or ssh_bastion_agent_auth must be specified",
            );
        }
    }

    pub(super) fn into_settings(self, facts: &Facts) -> Option<Bastion> {
        let file = |path: &str| (!path.is_empty()).then(|| key_file::text(facts, path));
        self.is_used().then(|| Bastion {
            port: port::or_default(self.port),
            private_key: file(&self.private_key_file).map(Secret::new),
            certificate: file(&self.certificate_file),
            password: (!self.password.is_empty()).then_some(self.password),
            agent: self.agent_auth,
            questions: if self.interactive {
                Questions::Terminal
            } else {
                Questions::Unanswered
            },
            host: self.host,
            username: self.username,
        })
    }
}
