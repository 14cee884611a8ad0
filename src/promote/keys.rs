//! The KMS keys that the copies of a release are encrypted with.

use std::collections::BTreeMap;

use super::wish::is_region;
use crate::cloud::Region;
use crate::plan::amazon::is_kms_key;

/// One key for every copy, or one for each region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    everywhere: Option<String>,
    by_region: BTreeMap<Region, String>,
}

impl Keys {
    /// Reads `key` or `region:key`; a key's ARN names its region itself. The first word that is neither is the error.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut keys = Self::default();
        for word in words {
            let (region, key) = placed(word);
            if !is_kms_key(key) {
                return Err(word.clone());
            }
            let former = match region {
                Some(region) => keys.by_region.insert(Region::new(region), key.to_owned()),
                None => keys.everywhere.replace(key.to_owned()),
            };
            if former.is_some() {
                return Err(word.clone());
            }
        }
        Ok(keys)
    }

    /// The key of a copy there; without one EC2 takes the account's own.
    pub(crate) fn of(&self, region: &Region) -> Option<&String> {
        self.by_region.get(region).or(self.everywhere.as_ref())
    }

    /// A region that has a key of its own and is none of these.
    pub(super) fn elsewhere(&self, regions: &[Region]) -> Option<&Region> {
        self.by_region
            .keys()
            .find(|region| !regions.contains(region))
    }
}

fn placed(word: &str) -> (Option<&str>, &str) {
    if word.starts_with("arn:") {
        let region = word.split(':').nth(3).filter(|region| is_region(region));
        return (region, word);
    }
    match word.split_once(':') {
        Some((region, key)) if is_region(region) => (Some(region), key),
        _ => (None, word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(words: &[&str]) -> Result<Keys, String> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Keys::parse(&words)
    }

    #[test]
    fn a_regions_own_key_wins_over_the_one_for_all() {
        let arn = "arn:aws:kms:us-west-2:123456789012:key/1234abcd";
        let keys = keys(&["alias/images", "eu-west-1:mrk-12ab", arn]).unwrap();
        let of = |region: &str| keys.of(&Region::new(region)).map(String::as_str);
        assert_eq!(of("us-east-1"), Some("alias/images"));
        assert_eq!(of("eu-west-1"), Some("mrk-12ab"));
        assert_eq!(of("us-west-2"), Some(arn));
    }

    #[test]
    fn a_region_where_no_copy_is_made_has_no_key() {
        let keys = keys(&["eu-west-1:alias/a"]).unwrap();
        let there = Region::new("eu-west-1");
        assert_eq!(keys.elsewhere(&[Region::new("us-east-1")]), Some(&there));
        assert_eq!(keys.elsewhere(std::slice::from_ref(&there)), None);
    }

    #[test]
    fn what_is_no_key_or_a_second_one_is_told() {
        assert_eq!(keys(&["my key"]), Err("my key".to_owned()));
        let twice = keys(&["alias/a", "alias/b"]);
        assert_eq!(twice, Err("alias/b".to_owned()));
    }
}
