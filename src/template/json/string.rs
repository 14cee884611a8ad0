//! JSON strings: escapes, and lone surrogates as Go reads them.

use super::error::SyntaxError;

/// Reads a string whose opening quote is at `at`; gives its text and the offset after the closing quote.
pub(super) fn read(text: &str, at: usize) -> Result<(String, usize), SyntaxError> {
    let bytes = text.as_bytes();
    let mut unescaped = String::new();
    let mut copied = at + 1;
    let mut position = copied;
    loop {
        match bytes.get(position) {
            Some(b'"') => {
                unescaped.push_str(&text[copied..position]);
                return Ok((unescaped, position + 1));
            }
            Some(b'\\') => {
                unescaped.push_str(&text[copied..position]);
                let (character, after) = escape(bytes, position + 1)?;
                unescaped.push(character);
                position = after;
                copied = after;
            }
            Some(0x20..) => position += 1,
            _ => {
                return Err(SyntaxError::unexpected(
                    bytes,
                    position,
                    "in string literal",
                ));
            }
        }
    }
}

/// The character of an escape whose letter is at `at`, and the offset after it.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), SyntaxError> {
    let character = match bytes.get(at) {
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return code_point(bytes, at + 1),
        _ => {
            return Err(SyntaxError::unexpected_in_word(
                bytes,
                at,
                "in string escape code",
            ));
        }
    };
    Ok((character, at + 1))
}

/// A `\u` escape, two where they are a surrogate pair. A surrogate without its partner becomes U+FFFD, as in Go.
fn code_point(bytes: &[u8], at: usize) -> Result<(char, usize), SyntaxError> {
    let first = four_digits(bytes, at)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, at + 4));
    }
    let is_high = (0xd800..0xdc00).contains(&first);
    if is_high && bytes.get(at + 4..at + 6) == Some(br"\u") {
        let second = four_digits(bytes, at + 6)?;
        if (0xdc00..0xe000).contains(&second) {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok((
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                at + 10,
            ));
        }
    }
    Ok((char::REPLACEMENT_CHARACTER, at + 4))
}

fn four_digits(bytes: &[u8], at: usize) -> Result<u32, SyntaxError> {
    let mut code = 0;
    for position in at..at + 4 {
        let digit = bytes
            .get(position)
            .and_then(|byte| char::from(*byte).to_digit(16));
        let Some(digit) = digit else {
            return Err(SyntaxError::unexpected_in_word(
                bytes,
                position,
                "in \\u hexadecimal character escape",
            ));
        };
        code = code * 16 + digit;
    }
    Ok(code)
}
