//! One line each on what a template could do better. What a script on the machine could notice is never changed unasked.

use crate::plan::{Builder, PlannedBuild};

/// Advice on a build.
pub(super) fn of(build: &PlannedBuild) -> Vec<String> {
    let Builder::AmazonEbs(settings) = &build.builder else {
        return Vec::new();
    };
    let tokens_are_optional = settings.launch.metadata.as_ref().is_some_and(|metadata| {
        metadata.http_endpoint == "enabled" && metadata.http_tokens == "optional"
    });
    let mut advice = Vec::new();
    if tokens_are_optional {
        advice.push("The build machine's metadata service answers without a token (Packer's default); `metadata_options` with `http_tokens: required` closes it.".to_owned());
    }
    advice
}
