//! When a build began: its id starts with the seconds, as Packer's run ids do.

use time::OffsetDateTime;

/// The digits that tell the time.
const DIGITS: usize = 8;

/// When the build of this id began; `None` where the id is not one of ours.
pub(super) fn begin(build_id: &str) -> Option<OffsetDateTime> {
    let (digits, rest) = build_id.split_at_checked(DIGITS)?;
    let seconds = u32::from_str_radix(digits, 16).ok()?;
    let begin = OffsetDateTime::from_unix_timestamp(i64::from(seconds)).ok()?;
    rest.starts_with('-').then_some(begin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_eight_digits_are_seconds() {
        let begin = begin("5f5e1000-aaaa-bbbb-cccc-ddddeeeeffff-01234567").unwrap();
        assert_eq!(begin.unix_timestamp(), 0x5f5e_1000);
    }

    #[test]
    fn an_id_of_another_form_tells_nothing() {
        for id in ["", "b-1", "5f5e1000", "zzzzzzzz-1", "5f5e10001-1"] {
            assert_eq!(begin(id), None, "{id}");
        }
    }
}
