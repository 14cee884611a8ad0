//! `user_data` and `user_data_file`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::access::optional;
use crate::facts::Facts;
use crate::plan::file_contents::{FileError, contents};
use crate::secret::Secret;
use crate::template::fields::Fields;

/// The user data as EC2 takes it. A file's text is no template.
pub(super) fn read(fields: &mut Fields<'_>, facts: &Facts) -> Option<Secret> {
    let text = optional(fields, "user_data");
    let file = optional(fields, "user_data_file");
    match (text, file) {
        (Some(_), Some(_)) => {
            fields.problem(
                "user_data_file",
                "Only one of user_data or user_data_file can be specified.",
            );
            None
        }
        (Some(text), None) => Some(encoded(text.as_bytes())),
        (None, Some(path)) => from_file(fields, facts, &path),
        (None, None) => None,
    }
}

fn from_file(fields: &Fields<'_>, facts: &Facts, path: &str) -> Option<Secret> {
    match contents(facts, path)? {
        Ok(bytes) => return Some(encoded(bytes)),
        Err(FileError::Missing(path)) => fields.problem(
            "user_data_file",
            format!("user_data_file not found: {path}"),
        ),
        // Packer's `validate` sees only that something is there; its build fails.
        Err(error) => fields.problem(
            "user_data_file",
            format!("user_data_file cannot be read: {error}"),
        ),
    }
    None
}

/// Base64, unless the text is base64 of user data already: templates that pass encoded data rely on it. Packer takes any text that
/// can be decoded for encoded, and so sends a word such as `date` as it is, of which the machine gets three bytes of noise.
/// Like Go's decoder, line ends inside are overlooked.
fn encoded(data: &[u8]) -> Secret {
    let packed: Vec<u8> = data
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    let decoded = STANDARD.decode(&packed).ok();
    match std::str::from_utf8(data) {
        Ok(text) if decoded.is_some_and(|decoded| is_user_data(&decoded)) => Secret::new(text),
        _ => Secret::new(STANDARD.encode(data)),
    }
}

/// Whether somebody may have wanted the machine to have this: text, or something that is packed.
fn is_user_data(decoded: &[u8]) -> bool {
    /// gzip, bzip2, xz, zstd, zip: what packs text (<https://en.wikipedia.org/wiki/List_of_file_signatures>).
    const PACKED: [&[u8]; 5] = [b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK"];
    let is_text = std::str::from_utf8(decoded).is_ok_and(|text| {
        text.chars()
            .all(|letter| !letter.is_control() || "\t\r\n\u{c}".contains(letter))
    });
    is_text || PACKED.iter().any(|magic| decoded.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_script_is_encoded() {
        assert_eq!(encoded(b"#!/bin/sh\n").expose(), "IyEvYmluL3NoCg==");
    }

    #[test]
    fn data_that_is_base64_already_is_sent_as_it_is() {
        assert_eq!(
            encoded(b"IyEvYmlu\nL3NoCg==\n").expose(),
            "IyEvYmlu\nL3NoCg==\n"
        );
        assert_eq!(encoded(b"H4sIAAAA").expose(), "H4sIAAAA", "gzip");
    }

    #[test]
    fn a_text_that_only_looks_like_base64_is_encoded() {
        assert_eq!(encoded(b"date").expose(), "ZGF0ZQ==");
        let token = "0123456789abcdef0123456789abcdef01234567";
        assert_ne!(encoded(token.as_bytes()).expose(), token);
    }

    #[test]
    fn bytes_that_are_not_text_are_encoded() {
        assert_eq!(encoded(&[0x1f, 0x8b]).expose(), "H4s=");
    }
}
