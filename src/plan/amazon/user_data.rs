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

/// Base64, unless the text is base64 already: then it is sent as it is, as Packer does. A script that happens to be valid base64 (such as
/// the one word `date`) is therefore not encoded; templates that pass encoded data rely on it.
/// Like Go's decoder, line ends inside are overlooked.
fn encoded(data: &[u8]) -> Secret {
    let packed: Vec<u8> = data
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    match std::str::from_utf8(data) {
        Ok(text) if STANDARD.decode(&packed).is_ok() => Secret::new(text),
        _ => Secret::new(STANDARD.encode(data)),
    }
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
        assert_eq!(encoded(b"date").expose(), "date");
    }

    #[test]
    fn bytes_that_are_not_text_are_encoded() {
        assert_eq!(encoded(&[0x1f, 0x8b]).expose(), "H4s=");
    }
}
