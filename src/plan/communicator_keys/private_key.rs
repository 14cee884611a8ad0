//! Whether a text is a private key that we can log in with: PEM (RSA, EC, DSA, PKCS #8) or OpenSSH's own form, unencrypted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::PKey;

/// Why a text is not a usable private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyFault {
    /// No PEM block in it.
    #[error("no key found")]
    NoKey,
    /// A public key in its place.
    #[error("no key found: this is a public key")]
    PublicKey,
    /// PuTTY's form.
    #[error("no key found: this is a PuTTY key")]
    PuttyKey,
    /// A passphrase stands before it.
    #[error("this private key is passphrase protected")]
    Encrypted,
    /// A PEM block that cannot be read.
    #[error("the key cannot be parsed")]
    Unparsable,
}

impl KeyFault {
    /// What to do about it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::NoKey | Self::Unparsable => "name a private key in PEM or OpenSSH form",
            Self::PublicKey => "name the private key: the file of the same name without `.pub`",
            Self::PuttyKey => {
                "export it in OpenSSH form with `puttygen KEY.ppk -O private-openssh -o KEY.pem`"
            }
            Self::Encrypted => {
                "take the passphrase off a copy (`ssh-keygen -p -N '' -f COPY`), or load the key into an agent and set `ssh_agent_auth`"
            }
        }
    }
}

/// Checks the text of a private key file.
pub(super) fn check(text: &[u8]) -> Result<(), KeyFault> {
    let text = std::str::from_utf8(text).map_err(|_| KeyFault::NoKey)?;
    let Some((label, body)) = pem_block(text) else {
        return Err(not_a_key(text));
    };
    match label {
        "OPENSSH PRIVATE KEY" => check_openssh(body),
        "ENCRYPTED PRIVATE KEY" => Err(KeyFault::Encrypted),
        // Traditional PEM encryption, RFC 1421: a header inside the block.
        _ if body.contains("ENCRYPTED") => Err(KeyFault::Encrypted),
        "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY" | "PRIVATE KEY" => {
            PKey::private_key_from_pem(text.as_bytes())
                .map(drop)
                .map_err(|_| KeyFault::Unparsable)
        }
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(KeyFault::PublicKey),
        _ => Err(KeyFault::NoKey),
    }
}

/// The label and the inside of the first PEM block that is not an EC curve's parameters (`openssl ecparam -genkey` writes these first).
fn pem_block(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    loop {
        let (label, after) = rest.split_once("-----BEGIN ")?.1.split_once("-----")?;
        let (body, behind) = after.split_once(&format!("-----END {label}-----"))?;
        if label != "EC PARAMETERS" {
            return Some((label, body));
        }
        rest = behind;
    }
}

fn check_openssh(body: &str) -> Result<(), KeyFault> {
    let packed: String = body.split_whitespace().collect();
    let bytes = STANDARD.decode(packed).map_err(|_| KeyFault::Unparsable)?;
    let key = ssh_key::PrivateKey::from_bytes(&bytes).map_err(|_| KeyFault::Unparsable)?;
    if key.is_encrypted() {
        Err(KeyFault::Encrypted)
    } else {
        Ok(())
    }
}

fn not_a_key(text: &str) -> KeyFault {
    let start = text.trim_start();
    if start.starts_with("PuTTY-User-Key-File") {
        KeyFault::PuttyKey
    } else if start.starts_with("ssh-")
        || start.starts_with("ecdsa-")
        || start.starts_with("---- BEGIN SSH2 PUBLIC")
    {
        KeyFault::PublicKey
    } else {
        KeyFault::NoKey
    }
}

#[cfg(test)]
mod tests;
