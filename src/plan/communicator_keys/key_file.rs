//! Files of the login: private keys and certificates, from the facts.

use std::path::Path;

use super::private_key;
use crate::facts::{Facts, FileFact};
use crate::template::fields::Fields;

/// Checks that the file which `key` names holds a private key. A file that is not gathered yet passes: the plan is made again.
pub(super) fn check_private_key(fields: &Fields<'_>, facts: &Facts, key: &str, path: &str) {
    match contents(facts, path) {
        None => {}
        Some(Err(why)) => fields.problem(key, format!("{key} is invalid: {why}")),
        Some(Ok(bytes)) => {
            if let Err(fault) = private_key::check(bytes) {
                fields.problem_with_hint(key, format!("{key} is invalid: `{path}`: {fault}"), fault.hint());
            }
        }
    }
}

/// Checks that the file which `key` names holds an OpenSSH certificate; `private_key` is the key whose certificate it is, which Packer names.
pub(super) fn check_certificate(fields: &Fields<'_>, facts: &Facts, key: &str, private_key: &str, path: &str) {
    let why = match contents(facts, path) {
        None => return,
        Some(Err(why)) => why,
        Some(Ok(bytes)) => match ssh_key::Certificate::from_openssh(&String::from_utf8_lossy(bytes)) {
            Ok(_) => return,
            Err(_) => format!("`{path}` is not an OpenSSH certificate"),
        },
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

fn contents<'a>(facts: &'a Facts, path: &str) -> Option<Result<&'a [u8], String>> {
    Some(match facts.contents(Path::new(path))? {
        FileFact::File(bytes) => Ok(bytes),
        FileFact::Missing => Err(format!("stat {path}: no such file or directory")),
        FileFact::Directory => Err(format!("read {path}: is a directory")),
        FileFact::Special => Err(format!("read {path}: not a regular file")),
        FileFact::Unreadable(why) => Err(format!("open {path}: {why}")),
    })
}
