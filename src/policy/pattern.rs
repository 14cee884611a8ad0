//! A text with `*` for any letters.

use std::fmt;

use serde::Deserialize;

/// Such as `t3.*`. Case counts, as it does for AWS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pattern(String);

impl Pattern {
    /// Whether all of `text` fits.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else {
            return false;
        };
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else {
            return rest.is_empty();
        };
        for part in middle {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`", self.0)
    }
}

/// The patterns of a rule, for people.
pub(crate) fn listed(patterns: &[Pattern]) -> String {
    if patterns.is_empty() {
        return "nothing in it".to_owned();
    }
    let texts: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_letters_and_all_else_is_itself() {
        let fits = |pattern: &str, text: &str| Pattern(pattern.to_owned()).matches(text);
        assert!(fits("t3.*", "t3.micro") && fits("*", "") && fits("a*b*c", "a-b-b-c"));
        assert!(fits("eu-west-1", "eu-west-1") && fits("*.large", "m7i.large"));
        assert!(!fits("t3.*", "t3a.micro") && !fits("eu-west-1", "eu-west-10"));
        assert!(!fits("a*a", "a") && !fits("", "x") && !fits("T3.*", "t3.micro"));
    }
}
