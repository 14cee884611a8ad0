use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use ssh_key::LineEnding;
use ssh_key::private::Ed25519Keypair;

use super::*;

/// Made for this test by `ssh-keygen -t ed25519`, with a passphrase.
const ENCRYPTED_OPENSSH: &str = "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABB2unmpyS
axM+kyROcbJ/VbAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIOSqFB5b2aa35wIz
JkJyHHCTv6MwaFCNhBgoGeeu1OTzAAAAkBAS1OWFTgVoTHwnNnFCaJwT96nob7Q4+zEHLt
mlc0Hcr/7SEjmUVF8gDhl9zIosKLuMVmfq5B1pm1sqgm1bNGz870uOtYXPhPqisLvFONkp
IjyH34Pm/a9XaD3XMRczN8SLY/gLNuexKsZ6f9o4uPzKvpp1Xx1L1XYYFdhlSsu/r8HMY0
EdYcJ5mQ76d6kB+w==
-----END OPENSSH PRIVATE KEY-----
";

fn openssh() -> String {
    let key = ssh_key::PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
    key.to_openssh(LineEnding::LF).unwrap().to_string()
}

#[test]
fn keys_in_openssh_form_pass_whatever_stands_around_them() {
    let key = openssh();
    for text in [
        key.clone(),
        format!("# mine\n{key}\n\n"),
        key.replace('\n', "\r\n"),
        key.trim_end().to_owned(),
    ] {
        assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
    }
}

#[test]
fn rsa_and_ec_keys_in_pem_form_pass() {
    let rsa = Rsa::generate(2048).unwrap();
    let ec = EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap();
    let parameters =
        b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    let ec_pem = ec.private_key_to_pem().unwrap();
    for pem in [
        rsa.private_key_to_pem().unwrap(),
        PKey::from_rsa(rsa)
            .unwrap()
            .private_key_to_pem_pkcs8()
            .unwrap(),
        [parameters.as_slice(), &ec_pem].concat(),
        ec_pem,
    ] {
        assert_eq!(check(&pem), Ok(()), "{}", String::from_utf8_lossy(&pem));
    }
}

#[test]
fn a_key_with_a_passphrase_is_named_as_one() {
    let rsa = Rsa::generate(2048).unwrap();
    let traditional = rsa
        .private_key_to_pem_passphrase(Cipher::aes_128_cbc(), b"secret")
        .unwrap();
    let pkcs8 = PKey::from_rsa(rsa)
        .unwrap()
        .private_key_to_pem_pkcs8_passphrase(Cipher::aes_128_cbc(), b"secret")
        .unwrap();
    for key in [traditional, pkcs8, ENCRYPTED_OPENSSH.as_bytes().to_vec()] {
        assert_eq!(
            check(&key),
            Err(KeyFault::Encrypted),
            "{}",
            String::from_utf8_lossy(&key)
        );
    }
}

#[test]
fn what_is_no_key_is_told_apart() {
    let broken = openssh().replace("b3BlbnNzaC1r", "b3BlbnNzaC1s");
    let cases = [
        ("", KeyFault::NoKey),
        ("{\"builders\": []}", KeyFault::NoKey),
        ("ssh-ed25519 AAAA me@here", KeyFault::PublicKey),
        ("PuTTY-User-Key-File-2: ssh-rsa", KeyFault::PuttyKey),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
            KeyFault::Unparsable,
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", KeyFault::NoKey),
        (broken.as_str(), KeyFault::Unparsable),
    ];
    for (text, fault) in cases {
        assert_eq!(check(text.as_bytes()), Err(fault), "{text}");
    }
}

#[test]
fn bytes_that_are_no_text_are_no_key() {
    assert_eq!(check(&[0xff, 0xfe]), Err(KeyFault::NoKey));
}
