//! `uuid`: Packer's time-ordered identifier.

/// 36 characters in the groups of a UUID: the first eight are the time, the rest is random.
///
/// The time is in seconds since 1970 and wraps after 32 bits, as in Packer.
pub(crate) fn time_ordered_uuid(unix_seconds: u64, random: [u8; 12]) -> String {
    let seconds = unix_seconds & u64::from(u32::MAX);
    let hexadecimal = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    format!(
        "{seconds:08x}-{}-{}-{}-{}",
        hexadecimal(&random[..2]),
        hexadecimal(&random[2..4]),
        hexadecimal(&random[4..6]),
        hexadecimal(&random[6..])
    )
}

#[cfg(test)]
mod tests {
    use super::time_ordered_uuid;

    #[test]
    fn the_first_group_is_the_time_and_the_rest_the_random_bytes() {
        let random = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255];
        assert_eq!(
            time_ordered_uuid(1_795_360_093, random),
            "6b03055d-0001-0203-0405-060708090aff"
        );
    }

    #[test]
    fn an_early_time_keeps_its_leading_zeros() {
        assert_eq!(
            time_ordered_uuid(1, [0; 12]),
            "00000001-0000-0000-0000-000000000000"
        );
    }

    #[test]
    fn the_time_wraps_after_32_bits() {
        assert!(time_ordered_uuid(1 << 32, [0; 12]).starts_with("00000000-"));
    }
}
