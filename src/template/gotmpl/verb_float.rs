//! Floats by the verbs of Go's `fmt`, with the digits of `strconv.FormatFloat`.

use super::verb::{Flags, append_padded};

/// Appends a float by one of `v b g G x X f F e E`.
pub(super) fn append_float(out: &mut String, number: f64, verb: char, flags: Flags) {
    let sign = match (
        number.is_sign_negative() && !number.is_nan(),
        flags.plus,
        flags.space,
    ) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    if !number.is_finite() {
        let name = match (number.is_nan(), sign) {
            (true, _) => format!("{sign}NaN"),
            (false, "") => "+Inf".to_owned(),
            (false, _) => format!("{sign}Inf"),
        };
        append_padded(
            out,
            &name,
            Flags {
                zero: false,
                ..flags
            },
        );
        return;
    }
    let magnitude = number.abs();
    let mut text = match verb {
        'f' | 'F' => format!("{magnitude:.*}", flags.precision.unwrap_or(6)),
        'e' | 'E' => {
            let decimals = flags.precision.unwrap_or(6);
            Decimal::rounded(magnitude, decimals + 1).scientific(decimals)
        }
        'b' => binary(magnitude),
        'x' | 'X' => hexadecimal(magnitude, flags.precision),
        _ => general(magnitude, flags.precision),
    };
    if flags.sharp && verb != 'b' {
        text = with_point(&text, verb, flags.precision);
    }
    if matches!(verb, 'E' | 'G' | 'X') {
        text = text.to_uppercase();
    }
    if sign.is_empty() || !flags.zero || flags.minus {
        append_padded(out, &format!("{sign}{text}"), flags);
    } else {
        out.push_str(sign);
        append_padded(
            out,
            &text,
            Flags {
                width: flags.width.map(|w| w.saturating_sub(1)),
                ..flags
            },
        );
    }
}

/// The significant digits of a number, and where its point stands.
struct Decimal {
    /// Without trailing zeros; empty for zero.
    digits: String,
    /// The power of ten of the first digit.
    exponent: i32,
}

impl Decimal {
    /// The fewest digits that give the number back.
    fn shortest(number: f64) -> Self {
        Self::from_scientific(&format!("{number:e}"))
    }

    /// At most `count` digits.
    fn rounded(number: f64, count: usize) -> Self {
        Self::from_scientific(&format!("{number:.*e}", count.max(1) - 1))
    }

    fn from_scientific(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits = mantissa.replace('.', "").trim_end_matches('0').to_owned();
        Self {
            digits,
            exponent: exponent.parse().unwrap_or(0),
        }
    }

    /// `d.ddde±dd` with `decimals` digits behind the point.
    fn scientific(&self, decimals: usize) -> String {
        let mut digits = self.digits.clone();
        digits.push_str(&"0".repeat((decimals + 1).saturating_sub(digits.len())));
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if self.exponent < 0 { '-' } else { '+' };
        format!("{first}{point}{rest}e{sign}{:02}", self.exponent.abs())
    }

    /// The digits written out, without an exponent.
    fn positional(&self) -> String {
        let before = usize::try_from(self.exponent + 1).unwrap_or(0);
        let leading = usize::try_from(-1 - self.exponent).unwrap_or(0);
        let mut whole: String = self.digits.chars().take(before).collect();
        whole.push_str(&"0".repeat(before - whole.len()));
        let fraction: String = "0"
            .repeat(leading)
            .chars()
            .chain(self.digits.chars().skip(before))
            .collect();
        let whole = if whole.is_empty() { "0" } else { &whole };
        match self.digits.len() > before {
            true => format!("{whole}.{fraction}"),
            false => whole.to_owned(),
        }
    }
}

/// `%g`: with an exponent where it is below -4, or not below the precision (6 for the shortest form).
fn general(number: f64, precision: Option<usize>) -> String {
    let decimal = match precision {
        Some(count) => Decimal::rounded(number, count),
        None => Decimal::shortest(number),
    };
    let digits = i32::try_from(decimal.digits.len()).unwrap_or(i32::MAX);
    let limit = match precision {
        None => SHORTEST_LIMIT,
        Some(count) => {
            let count = i32::try_from(count.max(1)).unwrap_or(i32::MAX);
            match count > digits && digits > decimal.exponent {
                true => digits,
                false => count,
            }
        }
    };
    match decimal.exponent < -4 || decimal.exponent >= limit {
        true => decimal.scientific(decimal.digits.len().saturating_sub(1)),
        false => decimal.positional(),
    }
}

/// From which power of ten on the shortest form has an exponent, as in Go's `strconv`.
const SHORTEST_LIMIT: i32 = 6;

/// Mantissa and exponent of `number` = mantissa × 2^exponent, as the bits have them.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    match exponent {
        0 => (fraction, -1074),
        _ => (fraction | (1 << 52), exponent - 1075),
    }
}

/// `%b`: mantissa and power of two, without rounding.
fn binary(number: f64) -> String {
    let (mantissa, exponent) = parts(number);
    format!("{mantissa}p{exponent:+}")
}

/// `%x`: a hexadecimal mantissa and a power of two.
fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(number);
    if mantissa == 0 {
        exponent = -52;
    }
    while mantissa != 0 && mantissa < 1 << 52 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(kept) = precision.filter(|kept| *kept < 13) {
        // Round half to even on the hexadecimal digits that go.
        let dropped = (13 - kept) * 4;
        let (half, rest) = (1_u64 << (dropped - 1), mantissa & ((1 << dropped) - 1));
        mantissa >>= dropped;
        mantissa += u64::from(rest > half || (rest == half && mantissa & 1 == 1));
        mantissa <<= dropped;
        if mantissa >= 1 << 53 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(count) => format!("{fraction:0<count$}")[..count].to_owned(),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let exponent = exponent + 52;
    let sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "0x{}{point}{fraction}p{sign}{:02}",
        mantissa >> 52,
        exponent.abs()
    )
}

/// `#`: the point is kept, and for `%g` the trailing zeros up to the precision.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let exponent_marks: &[char] = if matches!(verb, 'x' | 'X') {
        &['p']
    } else {
        &['e']
    };
    let (mantissa, exponent) = text.split_at(text.find(exponent_marks).unwrap_or(text.len()));
    let mut out = mantissa.to_owned();
    let significant = mantissa
        .trim_start_matches("0x")
        .trim_start_matches(['0', '.'])
        .bytes()
        .filter(u8::is_ascii_hexdigit)
        .count();
    if !mantissa.contains('.') {
        out.push('.');
    }
    if matches!(verb, 'v' | 'g' | 'G' | 'x') {
        // Go counts the `x` of `0x` as a digit.
        let zero = usize::from(mantissa == "0" || verb == 'x');
        let wanted = precision.unwrap_or(6);
        out.push_str(&"0".repeat(wanted.saturating_sub(significant + zero)));
    }
    out + exponent
}
