//! Syntax errors in the words of Go's `encoding/json`.

use thiserror::Error;

/// What is wrong, and after how many bytes it showed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct SyntaxError {
    /// Go's message.
    pub(crate) message: String,
    /// Bytes read when the error showed, the offending one included.
    pub(crate) offset: usize,
    /// Whether the text simply ended too early.
    pub(crate) is_early_end: bool,
}

impl SyntaxError {
    /// `invalid character 'x' CONTEXT`, where the byte at `at` must not stand; the end of the text where there is none.
    pub(super) fn unexpected(text: &[u8], at: usize, context: &str) -> Self {
        match text.get(at) {
            Some(byte) => Self {
                message: format!("invalid character {} {context}", quoted(*byte)),
                offset: at + 1,
                is_early_end: false,
            },
            None => Self {
                message: "unexpected end of JSON input".into(),
                offset: text.len(),
                is_early_end: true,
            },
        }
    }

    /// The same inside a word, where Go takes the end of the text for a space.
    pub(super) fn unexpected_in_word(text: &[u8], at: usize, context: &str) -> Self {
        let mut error = Self::unexpected(text, at, context);
        if error.is_early_end {
            error.message = format!("invalid character ' ' {context}");
        }
        error
    }

    /// Any other error at `at`.
    pub(super) fn other(at: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: at + 1,
            is_early_end: false,
        }
    }
}

/// A byte as Go's `encoding/json` quotes it (`quoteChar`): each byte by itself, as if it were a code point.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".into(),
        b'"' => "'\"'".into(),
        b'\\' => r"'\\'".into(),
        b'\n' => r"'\n'".into(),
        b'\r' => r"'\r'".into(),
        b'\t' => r"'\t'".into(),
        0x07 => r"'\a'".into(),
        0x08 => r"'\b'".into(),
        0x0b => r"'\v'".into(),
        0x0c => r"'\f'".into(),
        0x20..=0x7e | 0xa1..=0xac | 0xae..=0xff => format!("'{}'", char::from(byte)),
        0x80..=0xff => format!(r"'\u{byte:04x}'"),
        _ => format!(r"'\x{byte:02x}'"),
    }
}
