//! The proxy's keys: the server's own, and the one that may log in. Made for one run, or the user's.

use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::PKey;

use super::AnsibleError;
use crate::plan::communicator::KeyType;
use crate::plan::provision::ProxyKeyType;
use crate::remote::KeyPair;
use crate::secret::Secret;

/// Makes a private key, in PEM.
pub(super) fn make(kind: ProxyKeyType) -> Result<Secret, AnsibleError> {
    match kind {
        ProxyKeyType::Ecdsa => ecdsa().map_err(|error| AnsibleError::MakeKey(error.to_string())),
        ProxyKeyType::Rsa => KeyPair::generate(KeyType::Rsa)
            .map(|pair| pair.private_key)
            .map_err(|error| AnsibleError::MakeKey(error.to_string())),
    }
}

/// On the curve of Packer's adapter.
fn ecdsa() -> Result<Secret, ErrorStack> {
    let curve = EcGroup::from_curve_name(Nid::SECP384R1)?;
    let key = PKey::from_ec_key(EcKey::generate(&curve)?)?;
    let pem = key.private_key_to_pem_pkcs8()?;
    Ok(Secret::new(String::from_utf8_lossy(&pem)))
}

/// The first key of an `authorized_keys` file, as `TYPE BASE64`: options before it and the comment behind it go.
pub(super) fn authorized(text: &str) -> Option<String> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let pair = words
                .windows(2)
                .find(|pair| is_key_type(pair[0]) && pair[1].starts_with("AAAA"))?;
            Some(pair.join(" "))
        })
        .next()
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-"]
        .iter()
        .any(|prefix| word.starts_with(prefix))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_authorized_key_is_found_behind_options_and_comments() {
        let text = "# mine\n\nno-pty,command=\"echo hi\" ssh-ed25519 AAAAC3Nz me@here\n";
        assert_eq!(authorized(text).as_deref(), Some("ssh-ed25519 AAAAC3Nz"));
        assert_eq!(authorized("# nothing\nssh-rsa\n"), None);
    }
}
