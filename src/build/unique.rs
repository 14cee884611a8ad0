//! Names that nothing else has.

use time::OffsetDateTime;

/// Packer's UUID: eight digits of the Unix time, then random ones (packer-plugin-sdk, `uuid/uuid.go`).
pub(crate) fn time_ordered_uuid() -> String {
    let seconds = OffsetDateTime::now_utc().unix_timestamp() & 0xffff_ffff;
    let random: String = random_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "{seconds:08x}-{}-{}-{}-{}",
        &random[0..4],
        &random[4..8],
        &random[8..12],
        &random[12..24]
    )
}

/// Seven letters and digits, as Packer names an image that does not stay.
pub(crate) fn random_name() -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    random_bytes()
        .iter()
        .take(7)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}

/// Any number below `count`; 0 where there is none.
pub(crate) fn random_below(count: usize) -> usize {
    let bytes = random_bytes();
    let number = bytes[..4]
        .iter()
        .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    number.checked_rem(count).unwrap_or(0)
}

fn random_bytes() -> [u8; 12] {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)
        .expect("Linux and macOS always have randomness once they have started");
    bytes
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_uuid_has_packers_shape() {
        let lengths: Vec<usize> = time_ordered_uuid().split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }

    #[test]
    fn two_names_differ() {
        assert_ne!(random_name(), random_name());
        assert_eq!(random_name().len(), 7);
    }
}
