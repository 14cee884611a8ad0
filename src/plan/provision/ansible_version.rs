//! Which ansible it is, by what it prints.

/// The major version in what `ansible-playbook --version` prints: the first number with a point in it that follows a word
/// and a space, such as `ansible-playbook 2.9.6` and `ansible-playbook [core 2.19.3]`.
pub(super) fn major_version(printed: &str) -> Option<u64> {
    let bytes = printed.as_bytes();
    (2..bytes.len())
        .filter(|at| {
            let before = bytes[at - 2];
            bytes[at - 1] == b' ' && (before.is_ascii_alphanumeric() || before == b'_')
        })
        .find_map(|at| {
            let (major, rest) = digits(&printed[at..])?;
            digits(rest.strip_prefix('.')?)?;
            major.parse().ok()
        })
}

/// Leading digits, of which there has to be one, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn old_and_new_ansible_are_understood() {
        let new = "ansible-playbook [core 2.19.14]\n  config file = None\n";
        assert_eq!(major_version(new), Some(2));
        assert_eq!(major_version("ansible-playbook 1.9.4\n"), Some(1));
    }

    #[test]
    fn a_number_without_a_point_or_without_a_word_before_it_is_no_version() {
        for text in ["", "ansible 2", "2.9.6", "a  2.9", "— 2.9.6"] {
            assert_eq!(major_version(text), None, "{text:?}");
        }
    }
}
