//! The flags of `prune`, which Packer does not have.

use super::flags::{Flag, FlagError, Given, Takes, parse};
use super::promote_options::number;
use super::sweep_options::{Earnest, Printed};
use crate::prune::{Expired, PruneOptions, Words};

const FLAGS: &[Flag] = &[
    flag("region", Takes::Value),
    flag("kinds", Takes::Value),
    flag("keep-last", Takes::Value),
    flag("older-than", Takes::Value),
    flag("expired", Takes::Switch),
    flag("pr", Takes::Value),
    flag("merged-head", Takes::Value),
    flag("max-removals", Takes::Value),
    flag("dry-run", Takes::Switch),
    flag("json", Takes::Switch),
    flag("repository-id", Takes::Value),
];

const fn flag(name: &'static str, takes: Takes) -> Flag {
    Flag { name, takes }
}

/// Reads `prune`'s command line.
pub(crate) fn prune(arguments: &[String]) -> Result<PruneOptions, FlagError> {
    let parsed = parse(arguments, FLAGS)?;
    if !parsed.arguments.is_empty() {
        return Err(FlagError::NoArguments);
    }
    let mut words = Words::default();
    let (mut pull_request, mut merged_head, mut repository_id) = (None, None, None);
    let (mut earnest, mut printed) = (Earnest::Remove, Printed::Table);
    for Given { name, value } in &parsed.flags {
        let list = || value.split(',').map(str::trim).map(str::to_owned);
        let text = || Some(value.clone());
        let is_on = value == "true";
        match *name {
            "region" => words.regions.extend(list()),
            "kinds" => words.kinds.extend(list()),
            "keep-last" => words.keep_last = text(),
            "older-than" => words.older_than = text(),
            "expired" if is_on => words.expired = Some(Expired::Goes),
            "expired" => words.expired = Some(Expired::Stays),
            "pr" => pull_request = Some(number(name, value)?),
            "merged-head" => merged_head = text(),
            "max-removals" => words.limit = text(),
            "dry-run" if is_on => earnest = Earnest::PlanOnly,
            "json" if is_on => printed = Printed::Json,
            "repository-id" => repository_id = text(),
            _ => {}
        }
    }
    let options = PruneOptions::read(words).map_err(|wrong| FlagError::BadValue {
        name: wrong.name,
        value: wrong.value,
        reason: format!("takes {}", wrong.takes),
    })?;
    Ok(PruneOptions {
        pull_request,
        merged_head,
        earnest: Some(earnest),
        printed,
        repository_id,
        ..options
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<PruneOptions, FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        prune(&words)
    }

    #[test]
    fn in_a_terminal_it_is_in_earnest_unless_it_is_told_otherwise() {
        assert_eq!(read("-pr 7").unwrap().earnest, Some(Earnest::Remove));
        let dry = read("-keep-last=3 -dry-run").unwrap();
        assert_eq!(dry.earnest, Some(Earnest::PlanOnly));
        assert_eq!(dry.retention.unwrap().keep_last.unwrap().get(), 3);
    }

    #[test]
    fn prune_takes_no_template_and_no_pull_request_zero() {
        assert_eq!(read("template.json"), Err(FlagError::NoArguments));
        assert!(read("-pr 0").is_err());
    }
}
