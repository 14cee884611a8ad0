//! The flags of `sweep`, which Packer does not have.

use std::time::Duration;

use super::flags::{Flag, FlagError, Given, Takes, parse};
use crate::cloud::Region;
use crate::template::duration::GoDuration;

/// Where to sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum SweptRegions {
    /// The region of the connection.
    #[default]
    Connection,
    /// Every region that the account has enabled.
    Enabled,
    /// These.
    Named(Vec<Region>),
}

/// Whether anything is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Earnest {
    /// Yes.
    #[default]
    Remove,
    /// `-dry-run`.
    PlanOnly,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Printed {
    /// As a table, with what happens meanwhile.
    #[default]
    Table,
    /// `-json`: one JSON object and nothing else.
    Json,
}

/// `sweep`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SweepOptions {
    /// `-region`.
    pub(crate) regions: SweptRegions,
    /// `-older-than`.
    pub(crate) older_than: Option<Duration>,
    /// `-owner`.
    pub(crate) owner: Option<String>,
    /// `-dry-run`.
    pub(crate) earnest: Earnest,
    /// `-json`.
    pub(crate) printed: Printed,
}

/// The word for all regions.
const ALL: &str = "all";

const FLAGS: &[Flag] = &[
    flag("region", Takes::Value),
    flag("older-than", Takes::Value),
    flag("owner", Takes::Value),
    flag("dry-run", Takes::Switch),
    flag("json", Takes::Switch),
];

const fn flag(name: &'static str, takes: Takes) -> Flag {
    Flag { name, takes }
}

/// Reads `sweep`'s command line.
pub(crate) fn sweep(arguments: &[String]) -> Result<SweepOptions, FlagError> {
    let parsed = parse(arguments, FLAGS)?;
    if !parsed.arguments.is_empty() {
        return Err(FlagError::NoArguments);
    }
    let mut options = SweepOptions::default();
    let mut names = Vec::new();
    for Given { name, value } in &parsed.flags {
        let bad = |reason: String| FlagError::BadValue {
            name,
            value: value.clone(),
            reason,
        };
        match *name {
            "region" => names.extend(value.split(',').map(str::to_owned)),
            "older-than" => options.older_than = Some(age(value).map_err(bad)?),
            "owner" => options.owner = Some(value.clone()),
            "dry-run" if value == "true" => options.earnest = Earnest::PlanOnly,
            "json" if value == "true" => options.printed = Printed::Json,
            _ => {}
        }
    }
    options.regions = regions(&names).map_err(|wrong| FlagError::BadValue {
        name: "region",
        value: wrong,
        reason: NO_REGION.to_owned(),
    })?;
    Ok(options)
}

/// What is wrong with a region's name.
pub(crate) const NO_REGION: &str = "takes names of regions, or `all` alone";

/// Regions by name, or the wrong one. A name becomes part of an address, so it has to look like one.
pub(crate) fn regions(names: &[String]) -> Result<SweptRegions, String> {
    match names {
        [] => return Ok(SweptRegions::Connection),
        [only] if only == ALL => return Ok(SweptRegions::Enabled),
        _ => {}
    }
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let mut named: Vec<Region> = Vec::new();
    for name in names.iter().map(|name| name.trim()) {
        if name.is_empty() || name == ALL || !name.bytes().all(fits) {
            return Err(name.to_owned());
        }
        let region = Region::new(name);
        if !named.contains(&region) {
            named.push(region);
        }
    }
    Ok(SweptRegions::Named(named))
}

/// An age, as Go spells durations.
pub(crate) fn age(text: &str) -> Result<Duration, String> {
    let parsed = GoDuration::parse(text).map_err(|error| error.to_string())?;
    if parsed.0 < 0 {
        return Err("an age is not negative".to_owned());
    }
    Ok(parsed.to_std())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<SweepOptions, FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        sweep(&words)
    }

    #[test]
    fn regions_are_repeated_or_split_by_commas_and_each_counts_once() {
        let options = read("-region eu-west-1,us-east-1 --region=eu-west-1").unwrap();
        let named = ["eu-west-1", "us-east-1"].map(Region::new).to_vec();
        assert_eq!(options.regions, SweptRegions::Named(named));
        assert_eq!(read("-region all").unwrap().regions, SweptRegions::Enabled);
        assert_eq!(read("").unwrap().regions, SweptRegions::Connection);
    }

    #[test]
    fn what_is_no_region_is_refused_with_its_name() {
        for line in [
            "-region all,eu-west-1",
            "-region evil.example/",
            "-region ,",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_age_is_a_duration_as_go_spells_it() {
        let six = Duration::from_secs(6 * 3600);
        assert_eq!(read("-older-than 6h").unwrap().older_than, Some(six));
        assert!(read("-older-than 6").is_err() && read("-older-than=-6h").is_err());
    }

    #[test]
    fn sweep_takes_no_arguments() {
        assert_eq!(read("template.json"), Err(FlagError::NoArguments));
    }
}
