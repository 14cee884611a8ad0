//! Numeric literals: which of integer and float they are, by Go's rules for untyped constants.

use super::quote::{quote, unquote_character};
use super::token::TokenKind;

/// A numeric literal; one literal may be both an integer and a float (`1e3`, `7`).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// The literal as written.
    pub(super) text: String,
    pub(super) integer: Option<i64>,
    pub(super) float: Option<f64>,
}

impl Number {
    /// The number that a token stands for.
    ///
    /// # Errors
    ///
    /// Go's message for a malformed literal. A complex constant is neither integer nor float here, and is refused when
    /// it is used: no template function takes one.
    pub(super) fn parse(kind: TokenKind, text: &str) -> Result<Self, String> {
        if kind == TokenKind::CharacterConstant {
            return Self::character(text);
        }
        if kind == TokenKind::Complex
            || (text.ends_with('i') && float(&text[..text.len() - 1]).is_some())
        {
            return Ok(Self {
                text: text.to_owned(),
                integer: None,
                float: None,
            });
        }
        let magnitude = unsigned(text.trim_start_matches(['+', '-']));
        let signed = match (text.chars().next(), magnitude) {
            (Some('-'), Some(m)) => 0_i64.checked_sub_unsigned(m),
            (_, Some(m)) => i64::try_from(m).ok(),
            (_, None) => None,
        };
        let written = text.to_owned();
        if let Some(integer) = signed {
            return Ok(Self {
                text: written,
                integer: Some(integer),
                float: Some(integer as f64),
            });
        }
        // A plain integer between 2^63 and 2^64 is legal in Go's parser and refused when it is used.
        if let Some(large) = magnitude.filter(|_| !text.starts_with(['+', '-'])) {
            return Ok(Self {
                text: written,
                integer: None,
                float: Some(large as f64),
            });
        }
        let Some(value) = float(text) else {
            return Err(format!("illegal number syntax: {}", quote(text)));
        };
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        Ok(Self {
            text: written,
            integer: integral(value),
            float: Some(value),
        })
    }

    fn character(text: &str) -> Result<Self, String> {
        let Some((code, tail)) = unquote_character(text) else {
            return Err("invalid syntax".to_owned());
        };
        if tail != "'" {
            return Err(format!("malformed character constant: {text}"));
        }
        Ok(Self {
            text: text.to_owned(),
            integer: Some(code),
            float: Some(code as f64),
        })
    }

    /// Whether the literal is a float where nothing says which type is wanted: it has a point or an exponent.
    pub(super) fn is_float_constant(&self) -> bool {
        let hexadecimal = self.text.starts_with("0x") || self.text.starts_with("0X");
        let hexadecimal_integer = hexadecimal && !self.text.contains(['p', 'P']);
        self.float.is_some()
            && !hexadecimal_integer
            && !self.text.starts_with('\'')
            && self.text.contains(['.', 'e', 'E', 'p', 'P'])
    }
}

/// The integer that a float is exactly.
fn integral(value: f64) -> Option<i64> {
    // 2^63, the first float that does not fit.
    let limit = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && value >= -limit && value < limit).then_some(value as i64)
}

/// An unsigned integer with Go's base prefixes and underscores (`strconv.ParseUint` with base 0).
fn unsigned(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if !underscores_separate_digits(&lower) {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    u64::from_str_radix(&digits, base).ok()
}

/// A float literal, decimal or hexadecimal (`strconv.ParseFloat`); none where it is malformed or too large.
fn float(text: &str) -> Option<f64> {
    let (sign, magnitude) = match text.strip_prefix(['+', '-']) {
        Some(rest) if text.starts_with('-') => (-1.0, rest),
        Some(rest) => (1.0, rest),
        None => (1.0, text),
    };
    let lower = magnitude.to_ascii_lowercase();
    let value = match lower.strip_prefix("0x") {
        Some(rest) if underscores_separate_digits(&lower) => {
            hexadecimal_float(&rest.replace('_', ""))?
        }
        Some(_) => return None,
        None if underscores_separate_digits(&lower) => decimal_float(&lower.replace('_', ""))?,
        None => return None,
    };
    value.is_finite().then_some(sign * value)
}

fn decimal_float(text: &str) -> Option<f64> {
    let well_formed = text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-'));
    text.parse().ok().filter(|_| well_formed)
}

/// `1.8p3` after the `0x`; Go requires the exponent.
fn hexadecimal_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0_f64;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let exponent: i32 = exponent.parse().ok()?;
    let shift = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    Some(value * 2.0_f64.powi(exponent.checked_sub(shift)?))
}

/// Whether each underscore stands between digits, a base prefix counting as one (`strconv.underscoreOK`).
fn underscores_separate_digits(lower: &str) -> bool {
    let hexadecimal = lower.starts_with("0x");
    let is_digit = |b: u8| b.is_ascii_digit() || (hexadecimal && b.is_ascii_hexdigit());
    let bytes = lower.as_bytes();
    let prefixed = bytes.len() >= 2 && bytes[0] == b'0' && matches!(bytes[1], b'x' | b'o' | b'b');
    bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'_')
        .all(|(i, _)| {
            let before = i > 0 && (is_digit(bytes[i - 1]) || (prefixed && i == 2));
            before && bytes.get(i + 1).is_some_and(|b| is_digit(*b))
        })
}
