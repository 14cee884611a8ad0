//! Go's quoting of strings and characters, in both directions.

use std::fmt::Write;

/// A text as a Go string literal in double quotes (`%q`).
pub(super) fn quote(text: &str) -> String {
    quoted(text, '"', Range::Unicode)
}

/// A text as a Go string literal in double quotes with everything outside ASCII escaped (`%+q`).
pub(super) fn quote_ascii(text: &str) -> String {
    quoted(text, '"', Range::Ascii)
}

/// A character as a Go character literal (`%q` of an integer).
pub(super) fn quote_character(character: char, range: Range) -> String {
    quoted(character.encode_utf8(&mut [0; 4]), '\'', range)
}

/// Which characters may stand unescaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    Unicode,
    Ascii,
}

fn quoted(text: &str, mark: char, range: Range) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    for character in text.chars() {
        push_escaped(&mut out, character, mark, range);
    }
    out.push(mark);
    out
}

fn push_escaped(out: &mut String, character: char, mark: char, range: Range) {
    match character {
        c if c == mark || c == '\\' => out.extend(['\\', c]),
        c if is_printable(c) && (range == Range::Unicode || c.is_ascii()) => out.push(c),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        c => {
            let code = u32::from(c);
            let written = match code {
                0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
                0..0x1_0000 => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            };
            written.expect("writing to a String cannot fail");
        }
    }
}

/// Whether Go's `unicode.IsPrint` holds: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub(super) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    // Rust escapes combining marks only at the start of a text, and Go prints them: so ask with a letter in front.
    let mut buffer = [0; 5];
    buffer[0] = b'a';
    let length = 1 + character.encode_utf8(&mut buffer[1..]).len();
    let text = std::str::from_utf8(&buffer[..length]).expect("a letter and an encoded character");
    text.escape_debug().count() == 2
}

/// A character as `%#U` shows it: `U+0060 '`'`.
pub(super) fn describe_character(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    match is_printable(character) {
        true => format!("{code} '{character}'"),
        false => code,
    }
}

/// The text of a Go string literal, raw or interpreted; nothing where an escape is wrong.
///
/// Bytes that are not UTF-8 (`"\xff"`) become U+FFFD, since our strings are text.
pub(super) fn unquote(literal: &str) -> Option<String> {
    let mark = literal.chars().next()?;
    let body = literal.strip_prefix(mark)?.strip_suffix(mark)?;
    if mark == '`' {
        return Some(body.replace('\r', ""));
    }
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let (unit, tail) = unquote_unit(rest, mark)?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Character(character) => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = tail;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The number of a character literal such as `'a'` or `'\n'`; nothing where it is malformed.
pub(super) fn unquote_character(literal: &str) -> Option<(i64, &str)> {
    let (unit, tail) = unquote_unit(literal.strip_prefix('\'')?, '\'')?;
    let code = match unit {
        Unit::Byte(byte) => i64::from(byte),
        Unit::Character(character) => i64::from(u32::from(character)),
    };
    Some((code, tail))
}

/// What one escape or character of a literal stands for.
enum Unit {
    Byte(u8),
    Character(char),
}

fn unquote_unit(text: &str, mark: char) -> Option<(Unit, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first == mark || first == '\n' {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Character(first), characters.as_str()));
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    let simple = match escape {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        c @ ('\'' | '"') if c == mark => c,
        _ => return unquote_code(escape, rest),
    };
    Some((Unit::Character(simple), rest))
}

/// A numeric escape: `\x41`, `\u0041`, `\U00000041` or the octal `\101`.
fn unquote_code(escape: char, rest: &str) -> Option<(Unit, &str)> {
    let hexadecimal = |digits: usize| -> Option<(u32, &str)> {
        let text = rest
            .get(..digits)
            .filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()))?;
        Some((u32::from_str_radix(text, 16).ok()?, &rest[digits..]))
    };
    match escape {
        'x' => {
            let (code, tail) = hexadecimal(2)?;
            Some((Unit::Byte(u8::try_from(code).ok()?), tail))
        }
        'u' | 'U' => {
            let (code, tail) = hexadecimal(if escape == 'u' { 4 } else { 8 })?;
            Some((Unit::Character(char::from_u32(code)?), tail))
        }
        '0'..='7' => {
            let more = rest
                .get(..2)
                .filter(|t| t.bytes().all(|b| matches!(b, b'0'..=b'7')))?;
            let code = u32::from_str_radix(&format!("{escape}{more}"), 8).ok()?;
            Some((Unit::Byte(u8::try_from(code).ok()?), &rest[2..]))
        }
        _ => None,
    }
}
