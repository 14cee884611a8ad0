//! Files of the login: private keys and certificates, from the facts.

use super::private_key;
use crate::facts::Facts;
use crate::plan::file_contents::contents;
use crate::template::fields::Fields;

/// Checks that the file which `key` names holds a private key. A file that is not gathered yet passes: the plan is made again.
pub(super) fn check_private_key(fields: &Fields<'_>, facts: &Facts, key: &str, path: &str) {
    match contents(facts, path) {
        None => {}
        Some(Err(error)) => fields.problem(key, format!("{key} is invalid: {error}")),
        Some(Ok(bytes)) => {
            if let Err(fault) = private_key::check(bytes) {
                fields.problem_with_hint(
                    key,
                    format!("{key} is invalid: `{path}`: {fault}"),
                    fault.hint(),
                );
            }
        }
    }
}

/// Checks that the file which `key` names holds an OpenSSH certificate. Packer blames the file of the private key, `private_key`.
pub(super) fn check_certificate(
    fields: &Fields<'_>,
    facts: &Facts,
    key: &str,
    private_key: &str,
    path: &str,
) {
    let why = match contents(facts, path) {
        None => return,
        Some(Err(error)) => error.to_string(),
        Some(Ok(bytes)) => {
            match ssh_key::Certificate::from_openssh(String::from_utf8_lossy(bytes).trim()) {
                Ok(_) => return,
                Err(_) => format!("`{path}` is not an OpenSSH certificate"),
            }
        }
    };
    fields.problem(key, format!("{private_key} is invalid: {key}: {why}"));
}

/// The text of a file that was checked before; empty where it is not gathered yet.
pub(super) fn text(facts: &Facts, path: &str) -> String {
    match contents(facts, path) {
        Some(Ok(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Err(_)) | None => String::new(),
    }
}
