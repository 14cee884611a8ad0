//! `min_packer_version`.

use std::cmp::Ordering;

use crate::version::PACKER;

/// What Packer says about a template that this version must not build; nothing where it may.
///
/// The format is that of <https://github.com/hashicorp/go-version>: numbers, an optional pre-release, optional metadata.
pub(crate) fn objection(minimum: &str) -> Option<String> {
    let Some(wanted) = Version::parse(minimum) else {
        return Some(format!(
            "min_version is invalid: Malformed version: {minimum}"
        ));
    };
    let ours = Version::parse(PACKER)?;
    (ours.compare(&wanted) == Ordering::Less).then(|| {
        format!(
            "This template requires Packer version {} or higher; using {PACKER}",
            wanted.text()
        )
    })
}

struct Version<'a> {
    numbers: Vec<u64>,
    prerelease: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').unwrap_or((text, "0"));
        let length = text
            .find(|character: char| character != '.' && !character.is_ascii_digit())
            .unwrap_or(text.len());
        let (numbers, prerelease) = text.split_at(length);
        let mut numbers = numbers
            .split('.')
            .map(|number| number.parse().ok())
            .collect::<Option<Vec<u64>>>()?;
        while numbers.len() < 3 {
            numbers.push(0);
        }
        let prerelease = prerelease.strip_prefix('-').unwrap_or(prerelease);
        let are_words = |text: &str| {
            text.split('.').all(|word| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'~'))
            })
        };
        let is_whole = length == text.len();
        ((is_whole || are_words(prerelease)) && are_words(metadata)).then_some(Self {
            numbers,
            prerelease,
        })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let number =
            |version: &Self, index: usize| version.numbers.get(index).copied().unwrap_or(0);
        let by_numbers = (0..length).map(|index| number(self, index).cmp(&number(other, index)));
        let by_numbers = by_numbers.fold(Ordering::Equal, Ordering::then);
        // A release comes after its pre-releases. Ours is a release, so more need not be told apart.
        by_numbers.then_with(|| self.prerelease.is_empty().cmp(&other.prerelease.is_empty()))
    }

    fn text(&self) -> String {
        let numbers: Vec<_> = self.numbers.iter().map(u64::to_string).collect();
        match self.prerelease {
            "" => numbers.join("."),
            prerelease => format!("{}-{prerelease}", numbers.join(".")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_and_equal_versions_are_accepted() {
        for minimum in [
            "0.8.1",
            "1.16.0",
            "v1.6",
            "1",
            "1.16.0-beta1",
            "1.15.99+build.7",
        ] {
            assert_eq!(objection(minimum), None, "{minimum}");
        }
    }

    #[test]
    fn a_newer_version_is_refused_with_both_versions() {
        let expected = "This template requires Packer version 99.0.0 or higher; using 1.16.0";
        assert_eq!(objection("99.0").as_deref(), Some(expected));
        assert!(objection("1.16.1-dev").is_some_and(|text| text.contains("1.16.1-dev or higher")));
    }

    #[test]
    fn what_is_no_version_is_named() {
        for minimum in [
            "abc",
            "",
            "1..2",
            "1.2.",
            ">= 1.0",
            "1.2.3 ",
            "99999999999999999999999",
        ] {
            assert_eq!(
                objection(minimum),
                Some(format!(
                    "min_version is invalid: Malformed version: {minimum}"
                ))
            );
        }
    }
}
