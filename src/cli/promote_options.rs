//! The flags of `promote`, which Packer does not have.

use super::flags::{Flag, FlagError, Given, Takes, parse};
use crate::promote::{PromoteOptions, Protection, Words};

const FLAGS: &[Flag] = &[
    flag("region", Takes::Value),
    flag("regions", Takes::Value),
    flag("pr", Takes::Value),
    flag("digest", Takes::Value),
    flag("only", Takes::Value),
    flag("release-name", Takes::Value),
    flag("release-tag", Takes::Value),
    flag("share-with", Takes::Value),
    flag("protect", Takes::Switch),
    flag("deprecate-at", Takes::Value),
    flag("publish-ssm-parameter", Takes::Value),
    flag("launch-template", Takes::Value),
    flag("repository-id", Takes::Value),
];

const fn flag(name: &'static str, takes: Takes) -> Flag {
    Flag { name, takes }
}

/// Reads `promote`'s command line.
pub(crate) fn promote(arguments: &[String]) -> Result<PromoteOptions, FlagError> {
    let parsed = parse(arguments, FLAGS)?;
    if !parsed.arguments.is_empty() {
        return Err(FlagError::NoArguments);
    }
    let mut words = Words::default();
    let (mut pull_request, mut repository_id) = (None, None);
    for Given { name, value } in &parsed.flags {
        let list = || value.split(',').map(str::trim).map(str::to_owned);
        let text = || Some(value.clone());
        match *name {
            "region" => words.region = text(),
            "regions" => words.regions.extend(list()),
            "pr" => pull_request = Some(number(name, value)?),
            "digest" => words.digest = text(),
            "only" => words.only.extend(list()),
            "release-name" => words.release_name = text(),
            "release-tag" => words.tags.push(value.clone()),
            "share-with" => words.share_with.extend(list()),
            "protect" if value == "true" => words.protection = Protection::On,
            "deprecate-at" => words.deprecate_at = text(),
            "publish-ssm-parameter" => words.parameters.extend(list()),
            "launch-template" => words.launch_templates.extend(list()),
            "repository-id" => repository_id = text(),
            _ => {}
        }
    }
    let options = PromoteOptions::read(words).map_err(|wrong| FlagError::BadValue {
        name: wrong.name,
        value: wrong.value,
        reason: format!("takes {}", wrong.takes),
    })?;
    Ok(PromoteOptions {
        pull_request,
        repository_id,
        ..options
    })
}

/// A pull request.
pub(super) fn number(name: &'static str, value: &str) -> Result<u64, FlagError> {
    let parsed = value.parse().ok().filter(|&number: &u64| number > 0);
    parsed.ok_or_else(|| FlagError::BadValue {
        name,
        value: value.to_owned(),
        reason: "takes a number from 1".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<PromoteOptions, FlagError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        promote(&words)
    }

    #[test]
    fn lists_are_split_at_commas_and_add_up() {
        let options =
            read("-pr 7 -regions eu-west-1,us-west-2 -launch-template a -launch-template=b")
                .unwrap();
        assert_eq!(options.pull_request, Some(7));
        assert_eq!(
            (options.regions.len(), options.launch_templates.len()),
            (2, 2)
        );
    }

    #[test]
    fn promote_takes_no_template_and_no_pull_request_zero() {
        assert_eq!(read("template.json"), Err(FlagError::NoArguments));
        assert!(read("-pr 0").is_err());
    }
}
