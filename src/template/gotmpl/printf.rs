//! `printf`: reads the format and hands each verb its value, by the rules of Go's `fmt`.
//!
//! <https://pkg.go.dev/fmt#hdr-Printing>; mistakes in a format show up in the output, as in Go.

use super::error::FunctionError;
use super::limits::{MAX_FORMAT_NUMBER, MAX_TEXT_BYTES};
use super::value::Value;
use super::verb::{Flags, append_value};

/// The format with its verbs replaced by the values.
///
/// # Errors
///
/// Only where the result would pass the bound on the size of a value.
pub(super) fn printf(format: &str, values: &[Value]) -> Result<String, FunctionError> {
    let mut formatter = Formatter {
        format,
        position: 0,
        values,
        next: 0,
        order: Order::InTurn,
        out: String::new(),
    };
    while let Some(distance) = formatter.rest().find('%') {
        let text = &formatter.rest()[..distance];
        formatter.out.push_str(text);
        formatter.position += distance + 1;
        formatter.directive();
        formatter.check_size()?;
    }
    let text = formatter.rest();
    formatter.out.push_str(text);
    formatter.extra_values();
    formatter.check_size()?;
    Ok(formatter.out)
}

struct Formatter<'a> {
    format: &'a str,
    position: usize,
    values: &'a [Value],
    /// The index of the value that the next verb takes.
    next: usize,
    order: Order,
    out: String,
}

/// Whether the format has taken its values in turn, or has named one by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    InTurn,
    Named,
}

/// What an explicit index such as `[2]` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    Absent,
    Taken,
    /// Out of range or malformed.
    Bad,
}

impl<'a> Formatter<'a> {
    fn rest(&self) -> &'a str {
        &self.format[self.position..]
    }

    fn peek(&self) -> Option<u8> {
        self.format.as_bytes().get(self.position).copied()
    }

    fn check_size(&self) -> Result<(), FunctionError> {
        match self.out.len() > MAX_TEXT_BYTES {
            true => Err(FunctionError::new(format!(
                "the result is longer than {MAX_TEXT_BYTES} bytes"
            ))),
            false => Ok(()),
        }
    }

    /// One directive; its `%` has been read.
    fn directive(&mut self) {
        let mut flags = self.flags();
        let mut indexes = vec![self.index()];
        self.width(&mut flags, &mut indexes);
        self.precision(&mut flags, &mut indexes);
        if indexes.last() != Some(&Index::Taken) {
            indexes.push(self.index());
        }
        let Some(verb) = self.rest().chars().next() else {
            self.out.push_str("%!(NOVERB)");
            return;
        };
        self.position += verb.len_utf8();
        if verb == '%' {
            self.out.push('%');
        } else if indexes.contains(&Index::Bad) {
            self.out.push_str(&format!("%!{verb}(BADINDEX)"));
        } else if let Some(value) = self.values.get(self.next) {
            let flags = if matches!(verb, 'v' | 'w') {
                flags.for_value()
            } else {
                flags
            };
            append_value(&mut self.out, value, verb, flags);
            self.next += 1;
        } else {
            self.out.push_str(&format!("%!{verb}(MISSING)"));
        }
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.position += 1;
        }
        flags
    }

    fn width(&mut self, flags: &mut Flags, indexes: &mut Vec<Index>) {
        if self.peek() == Some(b'*') {
            self.position += 1;
            match self.number_from_values() {
                Some(width) => {
                    flags.width = usize::try_from(width.abs()).ok();
                    if width < 0 {
                        flags.minus = true;
                        flags.zero = false;
                    }
                }
                None => self.out.push_str("%!(BADWIDTH)"),
            }
            indexes.push(Index::Absent);
            return;
        }
        flags.width = self.number();
        if flags.width.is_some() && indexes.last() == Some(&Index::Taken) {
            indexes.push(Index::Bad);
        }
    }

    fn precision(&mut self, flags: &mut Flags, indexes: &mut Vec<Index>) {
        if self.peek() != Some(b'.') || self.rest().len() < 2 {
            return;
        }
        self.position += 1;
        if indexes.last() == Some(&Index::Taken) {
            indexes.push(Index::Bad);
        }
        indexes.push(self.index());
        if self.peek() != Some(b'*') {
            flags.precision = Some(self.number().unwrap_or(0));
            return;
        }
        self.position += 1;
        flags.precision = self
            .number_from_values()
            .and_then(|number| usize::try_from(number).ok());
        if flags.precision.is_none() {
            self.out.push_str("%!(BADPREC)");
        }
        indexes.push(Index::Absent);
    }

    /// A decimal number in the format; one that is far too large swallows the rest of the format, as in Go.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            let so_far: i64 = number.unwrap_or(0);
            if so_far > MAX_FORMAT_NUMBER {
                self.position = self.format.len();
                return None;
            }
            number = Some(so_far * 10 + i64::from(digit - b'0'));
            self.position += 1;
        }
        usize::try_from(number?).ok()
    }

    /// A width or precision given as a value, for `*`.
    fn number_from_values(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        match value {
            Value::Int(number) if number.unsigned_abs() <= MAX_FORMAT_NUMBER.unsigned_abs() => {
                Some(*number)
            }
            _ => None,
        }
    }

    /// An explicit index such as `[2]`, counted from 1.
    fn index(&mut self) -> Index {
        if self.peek() != Some(b'[') {
            return Index::Absent;
        }
        self.order = Order::Named;
        let Some(length) = self.rest().find(']').filter(|_| self.rest().len() >= 3) else {
            self.position += 1;
            return Index::Bad;
        };
        let digits = &self.rest()[1..length];
        self.position += length + 1;
        let index = match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse::<usize>().ok(),
            false => None,
        };
        match index
            .and_then(|i| i.checked_sub(1))
            .filter(|i| *i < self.values.len())
        {
            Some(index) => {
                self.next = index;
                Index::Taken
            }
            None => Index::Bad,
        }
    }

    /// Shows the values that no verb took; after an explicit index that cannot be told.
    fn extra_values(&mut self) {
        let extra = self.values.get(self.next..).unwrap_or_default();
        if self.order == Order::Named || extra.is_empty() {
            return;
        }
        self.out.push_str("%!(EXTRA ");
        for (place, value) in extra.iter().enumerate() {
            if place > 0 {
                self.out.push_str(", ");
            }
            if !matches!(value, Value::Nil | Value::Missing) {
                self.out.push_str(value.type_name());
                self.out.push('=');
            }
            append_value(&mut self.out, value, 'v', Flags::default());
        }
        self.out.push(')');
    }
}
