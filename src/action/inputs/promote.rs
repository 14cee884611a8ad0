//! The inputs of `promote`.

use super::{Environment, InputError, boolean, lines, names, pull_request, text};
use crate::cli::promote_options::{PromoteRequest, TemplateContent};
use crate::content::ContentInputs;
use crate::promote::{PromoteOptions, Protection, Words};

/// Reads them.
pub(super) fn promote(environment: &Environment) -> Result<PromoteRequest, InputError> {
    let template = match text(environment, "template") {
        Some(_) => Some(TemplateContent {
            template: super::template(environment)?,
            inputs: ContentInputs {
                volatile_variables: names(environment, "volatile-vars"),
                files: lines(environment, "reuse-files"),
            },
        }),
        None => None,
    };
    Ok(PromoteRequest {
        options: options(environment)?,
        template,
    })
}

fn options(environment: &Environment) -> Result<PromoteOptions, InputError> {
    let word = |name| text(environment, name).map(str::to_owned);
    let words = Words {
        region: word("region"),
        regions: names(environment, "regions"),
        digest: word("digest"),
        only: names(environment, "only"),
        release_name: word("release-name"),
        tags: lines(environment, "release-tags"),
        keys: names(environment, "kms-key"),
        share_with: names(environment, "share-with"),
        protection: if boolean(environment, "protect")? {
            Protection::On
        } else {
            Protection::Off
        },
        deprecate_at: word("deprecate-at"),
        parameters: names(environment, "publish-ssm-parameter"),
        launch_templates: names(environment, "launch-template"),
    };
    let options = PromoteOptions::read(words).map_err(|wrong| InputError::Value {
        name: wrong.name,
        value: wrong.value,
        takes: wrong.takes,
    })?;
    Ok(PromoteOptions {
        pull_request: pull_request(environment)?,
        ..options
    })
}
