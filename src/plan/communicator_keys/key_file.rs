//! Files of the login: private keys and certificates, from the facts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
            if is_certificate(&String::from_utf8_lossy(bytes)) {
                return;
            }
            format!("`{path}` is not an OpenSSH certificate")
        }
    };
    fields.problem(key, format!("{private_key} is invalid: {key}: {why}"));
}

/// Whether the text is a certificate in OpenSSH's form: its kind, and base64 whose first field names the same kind (RFC 4253,
/// section 6.6). Whether it holds is the server's to say: the `ssh-key` crate refuses one that never expires.
fn is_certificate(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (Some(kind), Some(body)) = (words.next(), words.next()) else {
        return false;
    };
    let Ok(body) = STANDARD.decode(body) else {
        return false;
    };
    let named = body.get(4..4 + kind.len());
    kind.ends_with("-cert-v01@openssh.com") && named == Some(kind.as_bytes())
}

/// The text of a file that was checked before; empty where it is not gathered yet.
pub(super) fn text(facts: &Facts, path: &str) -> String {
    match contents(facts, path) {
        Some(Ok(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Err(_)) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `ssh-keygen -s ca -I t -n root`, without `-V`: it never expires.
    const CERTIFICATE: &str = "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIPEyT6rViI5wExAT1NfapNDAKbJuj1F+W+5c0G7l18iAAAAAIAuX0RbZkvRJN4VEN+/Siml1rIErWffafi9rDW89gZJTAAAAAAAAAAAAAAABAAAAAXQAAAAIAAAABHJvb3QAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJkaW5nAAAAAAAAABdwZXJtaXQtYWdlbnQtZm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAAAAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVzZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgB2XmTq2ggMOhew68sc7PrJS0Ybo2RvRfJw/CrwNGGH0AAABTAAAAC3NzaC1lZDI1NTE5AAAAQGQ/xLWgw5agBVwzth5gZugk6sUjIUfWWkae2ZWrCOgqnkeSvaCPL4tWqyS0tZ38I9To78ED9y5ep40VQopWCgc=";

    #[test]
    fn a_certificate_that_never_expires_is_a_certificate() {
        assert!(is_certificate(&format!("{CERTIFICATE} root@somewhere\n")));
    }

    #[test]
    fn a_public_key_a_cut_certificate_and_a_word_are_none() {
        let body = CERTIFICATE.split(' ').nth(1).unwrap();
        assert!(!is_certificate(&format!("ssh-ed25519 {body}")));
        assert!(!is_certificate(&CERTIFICATE[..60]));
        assert!(!is_certificate("text"));
    }
}
