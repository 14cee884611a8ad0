//! Durations and counts in words, as Packer prints them.

use std::time::Duration;

/// The units, largest first, with their length in microseconds. Packer's library counts a year as 365 days.
const UNITS: [(&str, u128); 8] = [
    ("year", 365 * 24 * 3600 * 1_000_000),
    ("week", 7 * 24 * 3600 * 1_000_000),
    ("day", 24 * 3600 * 1_000_000),
    ("hour", 3600 * 1_000_000),
    ("minute", 60 * 1_000_000),
    ("second", 1_000_000),
    ("millisecond", 1_000),
    ("microsecond", 1),
];

/// Units of size, largest first, each with its power of two.
const UNITS_OF_SIZE: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];

/// The two largest units in words: `3 minutes 2 seconds`.
pub(crate) fn duration(duration: Duration) -> String {
    let mut rest = duration.as_micros();
    let mut words = Vec::new();
    for (unit, length) in UNITS {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            words.push(counted(count, unit));
        }
    }
    words.truncate(2);
    if words.is_empty() {
        "0 seconds".to_owned()
    } else {
        words.join(" ")
    }
}

/// A short clock form for progress: `45s`, `2m05s`, `1h02m`.
pub(crate) fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A size in the units that Packer's progress bar has: `512 B`, `1.50 KiB`, `1.00 GiB`.
pub(crate) fn bytes(count: u64) -> String {
    let unit = UNITS_OF_SIZE.iter().find(|(_, shift)| count >> shift > 0);
    match unit {
        Some((name, shift)) => {
            let whole = count >> shift;
            // In hundredths, cut off as a count that still grows should be.
            let rest = ((count - (whole << shift)) * 100) >> shift;
            format!("{whole}.{rest:02} {name}")
        }
        None => format!("{count} B"),
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: u128, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_shows_its_two_largest_units() {
        assert_eq!(
            duration(Duration::from_micros(182_000_001)),
            "3 minutes 2 seconds"
        );
        assert_eq!(
            duration(Duration::from_micros(18_926)),
            "18 milliseconds 926 microseconds"
        );
        assert_eq!(duration(Duration::from_secs(1)), "1 second");
        assert_eq!(duration(Duration::ZERO), "0 seconds");
    }

    #[test]
    fn a_size_has_two_digits_after_the_point() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.50 KiB");
        assert_eq!(bytes(1 << 30), "1.00 GiB");
        assert_eq!(bytes((5 << 40) + (1 << 39)), "5.50 TiB");
    }

    #[test]
    fn a_clock_stays_short() {
        assert_eq!(clock(Duration::from_secs(45)), "45s");
        assert_eq!(clock(Duration::from_secs(125)), "2m05s");
        assert_eq!(clock(Duration::from_secs(3720)), "1h02m");
    }
}
