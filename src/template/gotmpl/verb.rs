//! Writes one value by one verb of Go's `fmt`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::quote::{quote, quote_ascii};
use super::value::Value;
use super::verb_float::append_float;
use super::verb_integer::append_integer;

/// The flags, width and precision of a directive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) sharp: bool,
    pub(super) zero: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    /// `%#v`: the value in Go's own syntax.
    pub(super) go_syntax: bool,
    /// In characters.
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Flags {
    /// The flags as `%v` means them: `#` asks for Go's syntax, and `+` concerns only the fields of structs.
    pub(super) fn for_value(self) -> Self {
        Self {
            go_syntax: self.sharp,
            sharp: false,
            plus: false,
            ..self
        }
    }
}

/// Appends text, padded to the width.
pub(super) fn append_padded(out: &mut String, text: &str, flags: Flags) {
    let missing = flags
        .width
        .unwrap_or(0)
        .saturating_sub(text.chars().count());
    if flags.minus {
        out.push_str(text);
        out.extend(std::iter::repeat_n(' ', missing));
    } else {
        let padding = if flags.zero { '0' } else { ' ' };
        out.extend(std::iter::repeat_n(padding, missing));
        out.push_str(text);
    }
}

/// Appends a value by a verb; a verb that does not fit shows as `%!verb(type=value)`.
pub(super) fn append_value(out: &mut String, value: &Value, verb: char, flags: Flags) {
    match value {
        Value::Nil | Value::Missing if matches!(verb, 'v' | 'T') => {
            append_padded(out, "<nil>", flags)
        }
        Value::Nil | Value::Missing => append_bad_verb(out, value, verb, flags),
        _ if verb == 'T' => append_text(out, value.type_name(), 's', flags),
        _ => append_element(out, value, verb, flags),
    }
}

/// As [`append_value`], for what may also stand within a list or map: nil there is always `<nil>`.
fn append_element(out: &mut String, value: &Value, verb: char, flags: Flags) {
    match value {
        Value::Nil | Value::Missing if flags.go_syntax => out.push_str("interface {}(nil)"),
        Value::Nil | Value::Missing => out.push_str("<nil>"),
        Value::Bool(truth) if matches!(verb, 't' | 'v') => {
            append_padded(out, if *truth { "true" } else { "false" }, flags);
        }
        Value::Int(number) if "vdboOxXcqU".contains(verb) => {
            append_integer(out, *number, verb, flags)
        }
        Value::Float(number) if "vbgGxXfFeE".contains(verb) => {
            append_float(out, *number, verb, flags)
        }
        Value::String(text) if "vsxXq".contains(verb) => append_text(out, text, verb, flags),
        Value::List(items) if !matches!(verb, 'p' | 'w') => {
            append_list(out, value, items, verb, flags)
        }
        Value::Map(entries) if !matches!(verb, 'p' | 'w') => {
            append_map(out, value, entries, verb, flags)
        }
        Value::Record(record) if !matches!(verb, 'p' | 'w') => {
            out.push_str("&{");
            for (index, (_, field)) in record.fields.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { " " });
                append_element(out, field, verb, flags);
            }
            out.push('}');
        }
        _ => append_bad_verb(out, value, verb, flags),
    }
}

fn append_bad_verb(out: &mut String, value: &Value, verb: char, flags: Flags) {
    write!(out, "%!{verb}(").expect("writing to a String cannot fail");
    match value {
        Value::Nil | Value::Missing => out.push_str("<nil>"),
        other => {
            out.push_str(other.type_name());
            out.push('=');
            append_value(out, other, 'v', flags);
        }
    }
    out.push(')');
}

fn append_list(out: &mut String, list: &Value, items: &[Value], verb: char, flags: Flags) {
    let (open, separator, close) = if flags.go_syntax {
        ("{", ", ", "}")
    } else {
        ("[", " ", "]")
    };
    if flags.go_syntax {
        out.push_str(list.type_name());
    }
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        append_element(out, item, verb, flags);
    }
    out.push_str(close);
}

fn append_map(
    out: &mut String,
    map: &Value,
    entries: &BTreeMap<String, Value>,
    verb: char,
    flags: Flags,
) {
    let (open, separator, close) = if flags.go_syntax {
        ("{", ", ", "}")
    } else {
        ("[", " ", "]")
    };
    out.push_str(if flags.go_syntax {
        map.type_name()
    } else {
        "map"
    });
    out.push_str(open);
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        append_element(out, &Value::String(key.clone()), verb, flags);
        out.push(':');
        append_element(out, value, verb, flags);
    }
    out.push_str(close);
}

fn append_text(out: &mut String, text: &str, verb: char, flags: Flags) {
    match verb {
        'x' => return append_hexadecimal(out, text, Case::Lower, flags),
        'X' => return append_hexadecimal(out, text, Case::Upper, flags),
        _ => {}
    }
    let text = match flags
        .precision
        .and_then(|length| text.char_indices().nth(length))
    {
        Some((end, _)) => &text[..end],
        None => text,
    };
    match verb {
        'q' if flags.sharp && can_backquote(text) => {
            append_padded(out, &format!("`{text}`"), flags)
        }
        'q' if flags.plus => append_padded(out, &quote_ascii(text), flags),
        'q' => append_padded(out, &quote(text), flags),
        'v' if flags.go_syntax => append_padded(out, &quote(text), flags),
        _ => append_padded(out, text, flags),
    }
}

/// Whether a text can be a raw string literal on one line.
fn can_backquote(text: &str) -> bool {
    !text
        .chars()
        .any(|c| (c < ' ' && c != '\t') || matches!(c, '`' | '\x7f' | '\u{feff}'))
}

/// The case of hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Upper,
}

impl Case {
    /// The prefix that `#` asks for.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Lower => "0x",
            Self::Upper => "0X",
        }
    }
}

fn append_hexadecimal(out: &mut String, text: &str, case: Case, flags: Flags) {
    let bytes = text.as_bytes();
    let bytes = &bytes[..flags.precision.unwrap_or(bytes.len()).min(bytes.len())];
    let mut encoded = String::with_capacity(bytes.len() * 2);
    for (index, byte) in bytes.iter().enumerate() {
        if flags.space && index > 0 {
            encoded.push(' ');
        }
        if flags.sharp && (index == 0 || flags.space) {
            encoded.push_str(case.prefix());
        }
        let written = match case {
            Case::Lower => write!(encoded, "{byte:02x}"),
            Case::Upper => write!(encoded, "{byte:02X}"),
        };
        written.expect("writing to a String cannot fail");
    }
    append_padded(out, &encoded, flags);
}
