//! Integers by the verbs of Go's `fmt`.

use super::quote::{Range, is_printable, quote_character};
use super::verb::{Case, Flags, append_padded};

/// Appends an integer by one of `v d b o O x X c q U`.
pub(super) fn append_integer(out: &mut String, number: i64, verb: char, flags: Flags) {
    match verb {
        'c' => append_padded(out, &character(number).to_string(), flags),
        'q' => {
            let range = if flags.plus {
                Range::Ascii
            } else {
                Range::Unicode
            };
            append_padded(out, &quote_character(character(number), range), flags);
        }
        'U' => append_padded(
            out,
            &unicode(number, flags),
            Flags {
                zero: false,
                ..flags
            },
        ),
        _ => append_digits(out, number, verb, flags),
    }
}

/// The character with that code, or U+FFFD.
fn character(code: i64) -> char {
    u32::try_from(code)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn unicode(number: i64, flags: Flags) -> String {
    // Go reads a negative number as the unsigned one with the same bits.
    let code = format!(
        "U+{:0>1$X}",
        number.cast_unsigned(),
        flags.precision.unwrap_or(4).max(4)
    );
    let shown = u32::try_from(number)
        .ok()
        .and_then(char::from_u32)
        .filter(|c| is_printable(*c));
    match shown {
        Some(character) if flags.sharp => format!("{code} '{character}'"),
        _ => code,
    }
}

fn append_digits(out: &mut String, number: i64, verb: char, flags: Flags) {
    let padding = Flags {
        zero: false,
        ..flags
    };
    if flags.precision == Some(0) && number == 0 {
        append_padded(out, "", padding);
        return;
    }
    let magnitude = number.unsigned_abs();
    let mut digits = match verb {
        'b' => format!("{magnitude:b}"),
        'o' | 'O' => format!("{magnitude:o}"),
        'x' => format!("{magnitude:x}"),
        'X' => format!("{magnitude:X}"),
        _ => magnitude.to_string(),
    };
    let sign = match (number < 0, flags.plus, flags.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    let wanted = match (flags.precision, flags.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(sign.len()),
        _ => 0,
    };
    digits.insert_str(0, &"0".repeat(wanted.saturating_sub(digits.len())));
    let prefix = match verb {
        'O' if flags.sharp && !digits.starts_with('0') => "0o0",
        'O' => "0o",
        'b' if flags.sharp => "0b",
        'o' if flags.sharp && !digits.starts_with('0') => "0",
        'x' if flags.sharp => Case::Lower.prefix(),
        'X' if flags.sharp => Case::Upper.prefix(),
        _ => "",
    };
    append_padded(out, &format!("{sign}{prefix}{digits}"), padding);
}
