//! A key pair made in memory for one build. Its private half never touches the disk here.

use openssl::error::ErrorStack;
use openssl::rsa::Rsa;
use ssh_key::private::Ed25519Keypair;
use ssh_key::public::{KeyData, RsaPublicKey};
use ssh_key::{LineEnding, Mpint, PrivateKey, PublicKey};

use crate::plan::communicator::KeyType;
use crate::secret::Secret;

/// Packer's size of a temporary RSA key.
const RSA_BITS: u32 = 2048;

/// A key pair.
#[derive(Clone, Debug)]
pub(crate) struct KeyPair {
    /// The public half in OpenSSH's one-line form, without a comment, as ImportKeyPair takes it.
    pub(crate) public_key: String,
    /// The private half: PKCS#1 PEM for RSA, OpenSSH form for Ed25519.
    pub(crate) private_key: Secret,
}

/// A key pair could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// OpenSSL.
    #[error("cannot make an RSA key")]
    Rsa(#[source] ErrorStack),
    /// The operating system has no randomness.
    #[error("cannot get random bytes")]
    Random(#[source] std::io::Error),
    /// Writing the key down.
    #[error("cannot encode the key")]
    Encode(#[source] ssh_key::Error),
}

impl KeyPair {
    /// Makes a new pair. RSA takes some tenths of a second.
    pub(crate) fn generate(kind: KeyType) -> Result<Self, KeyError> {
        match kind {
            KeyType::Rsa => rsa(),
            KeyType::Ed25519 => ed25519(),
        }
    }
}

fn rsa() -> Result<KeyPair, KeyError> {
    let pair = Rsa::generate(RSA_BITS).map_err(KeyError::Rsa)?;
    let pem = pair.private_key_to_pem().map_err(KeyError::Rsa)?;
    let number = |bytes: Vec<u8>| Mpint::from_positive_bytes(&bytes).map_err(KeyError::Encode);
    let public = RsaPublicKey {
        e: number(pair.e().to_vec())?,
        n: number(pair.n().to_vec())?,
    };
    let public = PublicKey::new(KeyData::Rsa(public), "");
    Ok(KeyPair {
        public_key: public
            .to_openssh()
            .map_err(KeyError::Encode)?
            .trim_end()
            .to_owned(),
        private_key: Secret::new(String::from_utf8_lossy(&pem)),
    })
}

fn ed25519() -> Result<KeyPair, KeyError> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| KeyError::Random(std::io::Error::other(error.to_string())))?;
    let private = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    let text = private
        .to_openssh(LineEnding::LF)
        .map_err(KeyError::Encode)?;
    Ok(KeyPair {
        public_key: private
            .public_key()
            .to_openssh()
            .map_err(KeyError::Encode)?
            .trim_end()
            .to_owned(),
        private_key: Secret::new(text.as_str()),
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_rsa_pair_has_a_pem_half_and_an_openssh_half() {
        let pair = KeyPair::generate(KeyType::Rsa).unwrap();
        assert!(
            pair.private_key
                .expose()
                .starts_with("-----BEGIN RSA PRIVATE KEY-----")
        );
        let public = PublicKey::from_openssh(&pair.public_key).unwrap();
        assert_eq!(public.algorithm().as_str(), "ssh-rsa");
    }

    #[test]
    fn the_halves_of_an_ed25519_pair_belong_together() {
        let pair = KeyPair::generate(KeyType::Ed25519).unwrap();
        let private = PrivateKey::from_openssh(pair.private_key.expose()).unwrap();
        assert_eq!(
            private.public_key().to_openssh().unwrap().trim_end(),
            pair.public_key
        );
    }
}
