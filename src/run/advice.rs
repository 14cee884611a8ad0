//! One line each on what a template could do better. What a script on the machine could notice is never changed unasked.

use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::EbsSettings;
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
    advice.extend(surrogates_that_stay(settings));
    advice
}

/// A volume that the image is made of and nobody needs any more costs money until somebody sees it.
fn surrogates_that_stay(settings: &EbsSettings) -> Vec<String> {
    if !matches!(settings.recipe, Recipe::Surrogate(_)) {
        return Vec::new();
    }
    let launched = settings.launch.block_devices.iter();
    let stays = launched.filter(|device| {
        let ebs = device.ebs.as_ref();
        ebs.is_some_and(|ebs| ebs.delete_on_termination == Some(false))
    });
    let advice = stays.map(|device| {
        format!(
            "The volume of `{}` outlives the build machine (Packer's default); `delete_on_termination: true` in its launch mapping removes it.",
            device.device_name
        )
    });
    advice.collect()
}
