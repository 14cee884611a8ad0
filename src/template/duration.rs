//! Durations as Go reads and prints them: <https://pkg.go.dev/time#ParseDuration>.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// A signed duration in nanoseconds, Go's `time.Duration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GoDuration(pub(crate) i64);

/// A text that is no duration, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum DurationError {
    /// Not a duration at all, or one that does not fit.
    #[error("time: invalid duration {}", quoted(.0))]
    Invalid(String),
    /// A number alone.
    #[error("time: missing unit in duration {}", quoted(.0))]
    MissingUnit(String),
    /// A unit that Go does not know.
    #[error("time: unknown unit {} in duration {}", quoted(unit), quoted(text))]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole text.
        text: String,
    },
}

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

impl GoDuration {
    /// Reads `300ms`, `-1.5h`, `2h45m`, `0`.
    pub(crate) fn parse(text: &str) -> Result<Self, DurationError> {
        let invalid = || DurationError::Invalid(text.to_owned());
        let (is_negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        // Go's smallest duration, -2^63 ns, has no positive counterpart; the sum is kept unsigned for its sake.
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (part, after) = part(rest, text)?;
            total = total
                .checked_add(part)
                .filter(|total| *total <= 1 << 63)
                .ok_or_else(invalid)?;
            rest = after;
        }
        match (is_negative, i64::try_from(total)) {
            (false, Ok(nanoseconds)) => Ok(Self(nanoseconds)),
            (true, Ok(nanoseconds)) => Ok(Self(-nanoseconds)),
            (true, Err(_)) => Ok(Self(i64::MIN)),
            (false, Err(_)) => Err(invalid()),
        }
    }

    /// The duration to wait: a negative one is none.
    pub(crate) fn to_std(self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0).unwrap_or(0))
    }

    /// Whether it is zero, which in Packer means "not set" nearly everywhere.
    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// One number with its unit from the start of `rest`, in nanoseconds.
fn part<'a>(rest: &'a str, text: &str) -> Result<(u64, &'a str), DurationError> {
    let invalid = || DurationError::Invalid(text.to_owned());
    let (whole, after) = rest.split_at(leading_digits(rest));
    let (fraction, after) = match after.strip_prefix('.') {
        Some(after) => after.split_at(leading_digits(after)),
        None => ("", after),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(invalid());
    }
    let unit_length = after
        .find(|character: char| character == '.' || character.is_ascii_digit())
        .unwrap_or(after.len());
    let (unit, after) = after.split_at(unit_length);
    let scale = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "" => return Err(DurationError::MissingUnit(text.to_owned())),
        _ => {
            return Err(DurationError::UnknownUnit {
                unit: unit.to_owned(),
                text: text.to_owned(),
            });
        }
    };
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().map_err(|_| invalid())?
    };
    let nanoseconds = whole.checked_mul(scale).ok_or_else(invalid)?;
    Ok((
        nanoseconds.saturating_add(fraction_of(fraction, scale)),
        after,
    ))
}

fn leading_digits(text: &str) -> usize {
    text.find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len())
}

/// `0.FRACTION` of `scale` nanoseconds, cut off; 18 digits are more than nanoseconds of an hour can tell apart.
fn fraction_of(fraction: &str, scale: u64) -> u64 {
    let digits = &fraction[..fraction.len().min(18)];
    let numerator: u128 = digits.parse().unwrap_or(0);
    let denominator = 10_u128.pow(u32::try_from(digits.len()).unwrap_or(18));
    u64::try_from(numerator * u128::from(scale) / denominator).unwrap_or(0)
}

/// Go's `quote` in package time: double quotes, no more of a text than a message can bear.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars().take(100) {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..'\u{80}' => quoted.push(character),
            _ => {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    quoted.push_str(&format!("\\x{byte:02x}"));
                }
            }
        }
    }
    quoted.push('"');
    quoted
}

impl fmt::Display for GoDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.0.unsigned_abs();
        if self.0 < 0 {
            formatter.write_str("-")?;
        }
        match nanoseconds {
            0 => formatter.write_str("0s"),
            1..MICROSECOND => write!(formatter, "{nanoseconds}ns"),
            MICROSECOND..MILLISECOND => {
                write!(formatter, "{}µs", decimal(nanoseconds, MICROSECOND))
            }
            MILLISECOND..SECOND => write!(formatter, "{}ms", decimal(nanoseconds, MILLISECOND)),
            _ => {
                let (hours, minutes) = (nanoseconds / HOUR, nanoseconds % HOUR / MINUTE);
                if hours > 0 {
                    write!(formatter, "{hours}h")?;
                }
                if hours > 0 || minutes > 0 {
                    write!(formatter, "{minutes}m")?;
                }
                write!(formatter, "{}s", decimal(nanoseconds % MINUTE, SECOND))
            }
        }
    }
}

/// `value` in units of `scale`, a power of ten, without trailing zeros.
fn decimal(value: u64, scale: u64) -> String {
    let fraction = value % scale;
    if fraction == 0 {
        return (value / scale).to_string();
    }
    let width = scale.ilog10() as usize;
    format!(
        "{}.{}",
        value / scale,
        format!("{fraction:0width$}").trim_end_matches('0')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_in_go() {
        let cases = [
            ("300ms", 300_000_000),
            ("-1.5h", -5_400_000_000_000),
            ("2h45m", 9_900_000_000_000),
        ];
        for (text, nanoseconds) in cases {
            assert_eq!(
                GoDuration::parse(text),
                Ok(GoDuration(nanoseconds)),
                "{text}"
            );
        }
        assert_eq!(GoDuration::parse("0"), Ok(GoDuration(0)));
        assert_eq!(GoDuration::parse(".5us"), Ok(GoDuration(500)));
        assert_eq!(
            GoDuration::parse("-9223372036854775808ns"),
            Ok(GoDuration(i64::MIN))
        );
    }

    #[test]
    fn what_is_no_duration_is_refused_in_go_s_words() {
        let cases = [
            ("5", "time: missing unit in duration \"5\""),
            ("soon", "time: invalid duration \"soon\""),
            ("", "time: invalid duration \"\""),
            (".s", "time: invalid duration \".s\""),
            ("\nß\"", "time: invalid duration \"\\x0a\\xc3\\x9f\\\"\""),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
            (
                "9223372036854775808ns",
                "time: invalid duration \"9223372036854775808ns\"",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(GoDuration::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn durations_print_as_in_go() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_000, "1µs"),
            (1_500_000, "1.5ms"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
            (-1_001_000_000, "-1.001s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(GoDuration(nanoseconds).to_string(), text);
        }
    }
}
