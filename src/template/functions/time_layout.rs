//! `isotime`: Go's time layouts, in which an example date stands for the wanted form.

use time::UtcDateTime;

/// The layout of `isotime` without an argument, RFC 3339.
pub(crate) const DEFAULT_LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// The time in the form of a layout, which shows how the moment `Mon Jan 2 15:04:05 MST 2006` would be written.
///
/// <https://pkg.go.dev/time#Layout>. The zone is always UTC.
pub(crate) fn format_time(layout: &str, time: UtcDateTime) -> String {
    let mut out = String::with_capacity(layout.len() + 16);
    let mut rest = layout;
    while let Some(next) = rest.chars().next() {
        if let Some((element, length)) = element_at(rest) {
            out.push_str(&element_text(element, time));
            rest = &rest[length..];
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

/// What a part of a layout stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    LongMonth,
    ShortMonth,
    LongWeekday,
    ShortWeekday,
    ZoneName,
    Month(Padding),
    Day(Padding),
    DayOfYear(Padding),
    Hour24,
    Hour12(Padding),
    Minute(Padding),
    Second(Padding),
    ShortYear,
    LongYear,
    /// An underscore is no padding before a long year.
    UnderscoreLongYear,
    UpperMeridiem,
    LowerMeridiem,
    /// An offset as it is written for UTC.
    Offset(&'static str),
    /// A separator and so many digits.
    Fraction {
        separator: char,
        digits: usize,
        zeros: TrailingZeros,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Padding {
    None,
    Space,
    Zero,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrailingZeros {
    Keep,
    Drop,
}

/// The fixed texts; of two that both fit the longer stands first.
const ELEMENTS: [(&str, Element); 36] = [
    ("January", Element::LongMonth),
    ("Monday", Element::LongWeekday),
    ("MST", Element::ZoneName),
    ("002", Element::DayOfYear(Padding::Zero)),
    ("01", Element::Month(Padding::Zero)),
    ("02", Element::Day(Padding::Zero)),
    ("03", Element::Hour12(Padding::Zero)),
    ("04", Element::Minute(Padding::Zero)),
    ("05", Element::Second(Padding::Zero)),
    ("06", Element::ShortYear),
    ("15", Element::Hour24),
    ("1", Element::Month(Padding::None)),
    ("2006", Element::LongYear),
    ("2", Element::Day(Padding::None)),
    ("_2006", Element::UnderscoreLongYear),
    ("__2", Element::DayOfYear(Padding::Space)),
    ("_2", Element::Day(Padding::Space)),
    ("3", Element::Hour12(Padding::None)),
    ("4", Element::Minute(Padding::None)),
    ("5", Element::Second(Padding::None)),
    ("PM", Element::UpperMeridiem),
    ("pm", Element::LowerMeridiem),
    ("-070000", Element::Offset("+000000")),
    ("-07:00:00", Element::Offset("+00:00:00")),
    ("-0700", Element::Offset("+0000")),
    ("-07:00", Element::Offset("+00:00")),
    ("-07", Element::Offset("+00")),
    ("Z070000", Element::Offset("Z")),
    ("Z07:00:00", Element::Offset("Z")),
    ("Z0700", Element::Offset("Z")),
    ("Z07:00", Element::Offset("Z")),
    ("Z07", Element::Offset("Z")),
    ("Jan", Element::ShortMonth),
    ("Mon", Element::ShortWeekday),
    (
        ".",
        Element::Fraction {
            separator: '.',
            digits: 0,
            zeros: TrailingZeros::Keep,
        },
    ),
    (
        ",",
        Element::Fraction {
            separator: ',',
            digits: 0,
            zeros: TrailingZeros::Keep,
        },
    ),
];

/// The element that starts a layout, and its length in bytes.
fn element_at(layout: &str) -> Option<(Element, usize)> {
    let (text, element) = ELEMENTS.iter().find(|(text, _)| layout.starts_with(text))?;
    let rest = &layout[text.len()..];
    match element {
        // `Janet` and `Monk` are plain text.
        Element::ShortMonth | Element::ShortWeekday
            if rest.starts_with(|c: char| c.is_ascii_lowercase()) =>
        {
            None
        }
        Element::Fraction { separator, .. } => fraction_at(*separator, rest),
        other => Some((*other, text.len())),
    }
}

/// A run of zeros or nines behind the separator, with no other digit behind the run.
fn fraction_at(separator: char, rest: &str) -> Option<(Element, usize)> {
    let zeros = match rest.bytes().next()? {
        b'0' => TrailingZeros::Keep,
        b'9' => TrailingZeros::Drop,
        _ => return None,
    };
    let first = &rest[..1];
    let digits = rest.len() - rest.trim_start_matches(first).len();
    let digit_follows = rest[digits..].starts_with(|c: char| c.is_ascii_digit());
    (!digit_follows).then_some((
        Element::Fraction {
            separator,
            digits,
            zeros,
        },
        1 + digits,
    ))
}

fn element_text(element: Element, time: UtcDateTime) -> String {
    let hour12 = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    match element {
        Element::LongMonth => time.month().to_string(),
        Element::ShortMonth => time.month().to_string()[..3].to_owned(),
        Element::LongWeekday => time.weekday().to_string(),
        Element::ShortWeekday => time.weekday().to_string()[..3].to_owned(),
        Element::ZoneName => "UTC".to_owned(),
        Element::Month(padding) => padded(u16::from(u8::from(time.month())), padding, 2),
        Element::Day(padding) => padded(u16::from(time.day()), padding, 2),
        Element::DayOfYear(padding) => padded(time.ordinal(), padding, 3),
        Element::Hour24 => padded(u16::from(time.hour()), Padding::Zero, 2),
        Element::Hour12(padding) => padded(u16::from(hour12), padding, 2),
        Element::Minute(padding) => padded(u16::from(time.minute()), padding, 2),
        Element::Second(padding) => padded(u16::from(time.second()), padding, 2),
        Element::ShortYear => format!("{:02}", time.year().rem_euclid(100)),
        Element::LongYear => format!("{:04}", time.year()),
        Element::UnderscoreLongYear => format!("_{:04}", time.year()),
        Element::UpperMeridiem => if time.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        Element::LowerMeridiem => if time.hour() < 12 { "am" } else { "pm" }.to_owned(),
        Element::Offset(text) => text.to_owned(),
        Element::Fraction {
            separator,
            digits,
            zeros,
        } => fraction(time.nanosecond(), separator, digits, zeros),
    }
}

fn padded(number: u16, padding: Padding, width: usize) -> String {
    match padding {
        Padding::None => number.to_string(),
        Padding::Space => format!("{number:width$}"),
        Padding::Zero => format!("{number:0width$}"),
    }
}

/// The fraction of a second, cut off and not rounded; without zeros at its end it may vanish.
fn fraction(nanoseconds: u32, separator: char, digits: usize, zeros: TrailingZeros) -> String {
    let all = format!("{nanoseconds:09}");
    let shown = &all[..digits.min(all.len())];
    match zeros {
        TrailingZeros::Keep => format!("{separator}{shown}"),
        TrailingZeros::Drop => match shown.trim_end_matches('0') {
            "" => String::new(),
            kept => format!("{separator}{kept}"),
        },
    }
}

#[cfg(test)]
mod tests;
