//! The escaping functions `html`, `js` and `urlquery`.

use std::fmt::Write;

use super::quote::is_printable;

/// Text for HTML.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}

/// Text for a JavaScript string literal.
pub(super) fn javascript(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '\'' | '"' => out.extend(['\\', character]),
            '<' | '>' | '&' | '=' | '\0'..' ' => push_unicode(&mut out, character),
            other if other.is_ascii() || is_printable(other) => out.push(other),
            other => push_unicode(&mut out, other),
        }
    }
    out
}

fn push_unicode(out: &mut String, character: char) {
    write!(out, "\\u{:04X}", u32::from(character)).expect("writing to a String cannot fail");
}

/// Text for the value of a URL query: spaces become `+`.
pub(super) fn url_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            other => write!(out, "%{other:02X}").expect("writing to a String cannot fail"),
        }
    }
    out
}
