//! What flags and inputs say about a run. Command line and action read the same words.

use std::num::NonZeroUsize;

use super::aim::{Expired, Retention};
use crate::cli::sweep_options::{Earnest, Printed, SweptRegions, regions};
use crate::images::{self, Kind, WrongOption};

/// More than this is hardly meant, and can be asked for.
const DEFAULT_LIMIT: usize = 50;

/// The words as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// `regions`.
    pub(crate) regions: Vec<String>,
    /// `kinds`.
    pub(crate) kinds: Vec<String>,
    /// `keep-last`.
    pub(crate) keep_last: Option<String>,
    /// `older-than`.
    pub(crate) older_than: Option<String>,
    /// `expired`.
    pub(crate) expired: Option<Expired>,
    /// `max-removals`.
    pub(crate) limit: Option<String>,
}

/// A run as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PruneOptions {
    /// Where to look.
    pub(crate) regions: SweptRegions,
    /// What is to go; where nothing was said the event tells.
    pub(crate) retention: Option<Retention>,
    /// The pull request that is closed, where the event does not tell it.
    pub(crate) pull_request: Option<u64>,
    /// The head that it was merged with, where the event does not tell it.
    pub(crate) merged_head: Option<String>,
    /// How many images may go.
    pub(crate) limit: usize,
    /// Whether anything is removed; where nothing was said the event tells.
    pub(crate) earnest: Option<Earnest>,
    /// How the result is printed.
    pub(crate) printed: Printed,
    /// Whose images, where no runner tells it.
    pub(crate) repository_id: Option<String>,
}

impl PruneOptions {
    /// Reads the words.
    pub(crate) fn read(words: Words) -> Result<Self, WrongOption> {
        let regions = match regions(&words.regions) {
            // A preview may have copies anywhere.
            Ok(SweptRegions::Connection) => SweptRegions::Enabled,
            Ok(named) => named,
            Err(wrong_one) => {
                let takes = "names of regions, or `all` alone";
                return Err(wrong("regions", &wrong_one, takes));
            }
        };
        let limit = match &words.limit {
            None => DEFAULT_LIMIT,
            Some(text) => number("max-removals", text)?.get(),
        };
        Ok(Self {
            regions,
            retention: retention(&words)?,
            pull_request: None,
            merged_head: None,
            limit,
            earnest: None,
            printed: Printed::Table,
            repository_id: None,
        })
    }
}

fn retention(words: &Words) -> Result<Option<Retention>, WrongOption> {
    let keep_last = words.keep_last.as_deref();
    let keep_last = keep_last
        .map(|text| number("keep-last", text))
        .transpose()?;
    let older_than = words.older_than.as_deref().map(|text| {
        let takes = "an age such as `30d` or `12h`";
        images::span(text).ok_or_else(|| wrong("older-than", text, takes))
    });
    let older_than = older_than.transpose()?;
    let has_rule = keep_last.is_some() || older_than.is_some();
    let is_silent = !has_rule && words.expired.is_none() && words.kinds.is_empty();
    if is_silent {
        return Ok(None);
    }
    let expired = match words.expired {
        Some(expired) => expired,
        None if has_rule => Expired::Stays,
        None => Expired::Goes,
    };
    if !has_rule && expired == Expired::Stays {
        let takes = "`false` only beside `keep-last` or `older-than`: else nothing ever goes";
        return Err(wrong("expired", "false", takes));
    }
    Ok(Some(Retention {
        kinds: kinds(&words.kinds)?,
        keep_last,
        older_than,
        expired,
    }))
}

fn kinds(words: &[String]) -> Result<Vec<Kind>, WrongOption> {
    if words.is_empty() {
        return Ok(Retention::default().kinds);
    }
    let read = |word: &String| {
        Kind::parse(word).ok_or_else(|| wrong("kinds", word, "`preview`, `release` or both"))
    };
    words.iter().map(read).collect()
}

fn number(name: &'static str, text: &str) -> Result<NonZeroUsize, WrongOption> {
    text.parse()
        .map_err(|_| wrong(name, text, "a number from 1"))
}

fn wrong(name: &'static str, value: &str, takes: &'static str) -> WrongOption {
    WrongOption {
        name,
        value: value.to_owned(),
        takes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn read(change: impl FnOnce(&mut Words)) -> Result<PruneOptions, WrongOption> {
        let mut words = Words::default();
        change(&mut words);
        PruneOptions::read(words)
    }

    fn rules(change: impl FnOnce(&mut Words)) -> Retention {
        read(change).unwrap().retention.unwrap()
    }

    #[test]
    fn without_a_rule_the_event_tells_and_every_region_counts() {
        let options = read(|_| {}).unwrap();
        assert_eq!(options.retention, None);
        assert_eq!(options.regions, SweptRegions::Enabled);
        assert_eq!(options.limit, 50);
    }

    #[test]
    fn a_rule_is_for_previews_until_releases_are_named() {
        let old = rules(|words| words.older_than = Some("30d".to_owned()));
        assert_eq!(old.kinds, [Kind::Preview]);
        assert_eq!(old.older_than, Some(Duration::from_secs(30 * 86400)));
        assert_eq!(old.expired, Expired::Stays);
        let both = rules(|words| words.kinds = vec!["preview".to_owned(), "release".to_owned()]);
        assert_eq!(both.kinds, [Kind::Preview, Kind::Release]);
        assert_eq!(both.expired, Expired::Goes);
    }

    #[test]
    fn each_wrong_word_is_told_by_its_name() {
        let wrong = |change: fn(&mut Words)| read(change).unwrap_err().name;
        assert_eq!(
            wrong(|words| words.keep_last = Some("0".to_owned())),
            "keep-last"
        );
        assert_eq!(
            wrong(|words| words.older_than = Some("soon".to_owned())),
            "older-than"
        );
        assert_eq!(
            wrong(|words| words.limit = Some("-1".to_owned())),
            "max-removals"
        );
        assert_eq!(
            wrong(|words| words.kinds = vec!["beta".to_owned()]),
            "kinds"
        );
        assert_eq!(
            wrong(|words| words.regions = vec!["a b".to_owned()]),
            "regions"
        );
        assert_eq!(
            wrong(|words| words.expired = Some(Expired::Stays)),
            "expired"
        );
    }
}
