//! Tags: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>.

use super::super::place::{Outcome, Refused};
use crate::cloud::Tags;
use crate::ledger::MOST_TAGS;

const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;
/// AWS's own.
const RESERVED: &str = "aws:";

/// The tags of one thing.
pub(in super::super) fn check(tags: &Tags) -> Outcome<()> {
    if tags.len() > MOST_TAGS {
        let count = tags.len();
        return Err(Refused::new(
            "TagLimitExceeded",
            format!("More than {MOST_TAGS} tags specified: {count}"),
        ));
    }
    tags.iter().try_for_each(|(key, value)| one(key, value))
}

fn one(key: &str, value: &str) -> Outcome<()> {
    let invalid = |why: String| Err(Refused::new("InvalidParameterValue", why));
    let lower = key.to_ascii_lowercase();
    if lower.starts_with(RESERVED) {
        return invalid(format!(
            "Tag keys starting with 'aws:' are reserved for internal use: {key}"
        ));
    }
    if key.is_empty() {
        return invalid("Tag key cannot be empty".to_owned());
    }
    if key.chars().count() > LONGEST_KEY {
        return invalid(format!(
            "Tag key exceeds the maximum length of {LONGEST_KEY} characters: {key}"
        ));
    }
    if value.chars().count() > LONGEST_VALUE {
        return invalid(format!(
            "Tag value exceeds the maximum length of {LONGEST_VALUE} characters: {key}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(tags: impl IntoIterator<Item = (String, String)>) -> Option<String> {
        check(&tags.into_iter().collect())
            .err()
            .map(|refused| refused.code)
    }

    #[test]
    fn a_thing_has_fifty_tags_and_not_one_more() {
        let tags = |count: usize| (0..count).map(|number| (format!("tag-{number}"), String::new()));
        assert_eq!(code(tags(50)), None);
        assert_eq!(code(tags(51)).as_deref(), Some("TagLimitExceeded"));
    }

    #[test]
    fn keys_and_values_have_their_lengths() {
        let one = |key: &str, value: &str| code([(key.to_owned(), value.to_owned())]);
        assert_eq!(one(&"ä".repeat(128), &"ä".repeat(256)), None);
        assert!(one(&"k".repeat(129), "").is_some());
        assert!(one("k", &"v".repeat(257)).is_some());
        assert!(one("", "v").is_some());
    }

    #[test]
    fn keys_of_aws_are_aws_alone() {
        let one = |key: &str| code([(key.to_owned(), String::new())]);
        assert!(one("aws:cloudformation:stack-name").is_some());
        assert_eq!(one("awesome:1"), None);
    }
}
