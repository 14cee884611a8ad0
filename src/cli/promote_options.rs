//! The flags of `promote`, which Packer does not have.

use super::flags::{Flag, FlagError, Given, Parsed, Takes, parse};
use super::options::{self, TemplateOptions};
use crate::content::ContentInputs;
use crate::promote::{PromoteOptions, Protection, Words};

/// A promotion, with the template where one tells the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PromoteRequest {
    /// What is asked for.
    pub(crate) options: PromoteOptions,
    /// What the image was made of.
    pub(crate) template: Option<TemplateContent>,
}

/// What an image was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TemplateContent {
    /// The template and its variables.
    pub(crate) template: TemplateOptions,
    /// What else counts, and what does not.
    pub(crate) inputs: ContentInputs,
}

const FLAGS: &[Flag] = &[
    flag("region", Takes::Value),
    flag("regions", Takes::Value),
    flag("pr", Takes::Value),
    flag("digest", Takes::Value),
    flag("only", Takes::Value),
    flag("release-name", Takes::Value),
    flag("release-tag", Takes::Value),
    flag("kms-key", Takes::Value),
    flag("share-with", Takes::Value),
    flag("protect", Takes::Switch),
    flag("deprecate-at", Takes::Value),
    flag("publish-ssm-parameter", Takes::Value),
    flag("launch-template", Takes::Value),
    flag("repository-id", Takes::Value),
    flag("var", Takes::Value),
    flag("var-file", Takes::Value),
    flag("volatile-vars", Takes::Value),
    flag("reuse-files", Takes::Value),
];

const fn flag(name: &'static str, takes: Takes) -> Flag {
    Flag { name, takes }
}

/// Reads `promote`'s command line.
pub(crate) fn promote(arguments: &[String]) -> Result<PromoteRequest, FlagError> {
    let parsed = parse(arguments, FLAGS)?;
    Ok(PromoteRequest {
        template: content(&parsed)?,
        options: promotion(&parsed)?,
    })
}

fn content(parsed: &Parsed) -> Result<Option<TemplateContent>, FlagError> {
    if parsed.arguments.is_empty() {
        return Ok(None);
    }
    let mut inputs = ContentInputs::default();
    for Given { name, value } in &parsed.flags {
        let list = || value.split(',').map(str::trim).map(str::to_owned);
        match *name {
            "volatile-vars" => inputs.volatile_variables.extend(list()),
            "reuse-files" => inputs.files.extend(list()),
            _ => {}
        }
    }
    Ok(Some(TemplateContent {
        template: options::template(parsed)?,
        inputs,
    }))
}

fn promotion(parsed: &Parsed) -> Result<PromoteOptions, FlagError> {
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
            "kms-key" => words.keys.extend(list()),
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
        promote(&words).map(|request| request.options)
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
    fn promote_takes_one_template_at_most_and_no_pull_request_zero() {
        assert_eq!(read("a.json b.json"), Err(FlagError::NotOneTemplate));
        assert!(read("-pr 0").is_err());
    }

    #[test]
    fn a_template_comes_with_its_variables_and_what_counts_of_it() {
        let line = "-var a=b -volatile-vars=c,d -reuse-files src -only web web.json";
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let content = promote(&words).unwrap().template.unwrap();
        assert_eq!(content.template.template, "web.json");
        assert_eq!(content.template.only, ["web"]);
        assert_eq!(content.inputs.volatile_variables, ["c", "d"]);
    }
}
