//! `strftime`: the C library's directives, as far as Packer knows them.

use std::fmt::Write;

use time::UtcDateTime;

use super::time_layout::format_time;

/// The time by a format: `%a %A %b %B %d %H %I %L %m %M %p %S %y %Y %z %Z %%`; any other directive stays as it is.
///
/// `%L` is a dot and three digits of the second's fraction, so `%S%L` is what people want.
pub(crate) fn strftime(format: &str, time: UtcDateTime) -> String {
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    while let Some((text, directive)) = rest.split_once('%') {
        out.push_str(text);
        let mut characters = directive.chars();
        let layout = match characters.next() {
            Some('a') => "Mon",
            Some('A') => "Monday",
            Some('b') => "Jan",
            Some('B') => "January",
            Some('d') => "02",
            Some('H') => "15",
            Some('I') => "03",
            Some('L') => ".000",
            Some('m') => "01",
            Some('M') => "04",
            Some('p') => "PM",
            Some('S') => "05",
            Some('y') => "06",
            Some('Y') => "2006",
            Some('z') => "-0700",
            Some('Z') => "MST",
            Some('%') => "%",
            Some(other) => {
                write!(out, "%{other}").expect("writing to a String cannot fail");
                ""
            }
            None => "%",
        };
        out.push_str(&format_time(layout, time));
        rest = characters.as_str();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use time::macros::utc_datetime;

    use super::strftime;

    #[test]
    fn each_known_directive_is_replaced() {
        let time = utc_datetime!(2020-01-05 15:04:09.792_345);
        let cases = [
            ("%a %A", "Sun Sunday"),
            ("%b %B", "Jan January"),
            ("%Y-%m-%d", "2020-01-05"),
            ("%y", "20"),
            ("%H:%M:%S", "15:04:09"),
            ("%I %p", "03 PM"),
            ("%S%L", "09.792"),
            ("%z %Z", "+0000 UTC"),
            ("%%", "%"),
        ];
        for (format, expected) in cases {
            assert_eq!(strftime(format, time), expected, "{format}");
        }
    }

    #[test]
    fn unknown_directives_and_a_last_percent_sign_stay() {
        let time = utc_datetime!(2020-01-05 15:04:09);
        for format in ["%F %T", "%D %e %j %s", "%é", "100%", "", "text"] {
            assert_eq!(strftime(format, time), format);
        }
        assert_eq!(strftime("%%Y", time), "%Y");
    }

    #[test]
    fn midnight_is_twelve_on_the_short_clock() {
        assert_eq!(
            strftime("%I %p", utc_datetime!(2020-01-05 00:04:09)),
            "12 AM"
        );
    }
}
