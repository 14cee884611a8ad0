//! What `build` refuses by name before its first call: builders, provisioners and keys that are checked but not done yet.

use crate::plan::post::PostProcessorSettings;
use crate::plan::provision::ProvisionerSettings;
use crate::plan::{Builder, OUR_BUILDERS, PlannedBuild, PlannedPostProcessor};
use crate::post::unsupported_format;

/// What of this build cannot be done, in words; empty where all can.
pub(super) fn unsupported(build: &PlannedBuild) -> Vec<String> {
    let mut found = builder(&build.builder);
    let provisioners = build.provisioners.iter().chain(&build.cleanup_provisioner);
    found.extend(
        provisioners.filter_map(|provisioner| match &provisioner.settings {
            ProvisionerSettings::Unsupported { kind, instead } => Some(format!(
                "the provisioner `{kind}` at {} does not run here: {instead}",
                provisioner.place
            )),
            _ => None,
        }),
    );
    found.extend(
        build
            .post_processors
            .iter()
            .flatten()
            .filter_map(post_processor),
    );
    found
}

fn builder(builder: &Builder) -> Vec<String> {
    let keys = match builder {
        Builder::AmazonEbs(settings) => &settings.unsupported,
        Builder::Null(settings) => &settings.unsupported,
        Builder::File(_) => return Vec::new(),
        Builder::Foreign(kind) => {
            return vec![format!(
                "the builder `{kind}` is not one that ami-build runs ({OUR_BUILDERS}); -only selects the others"
            )];
        }
    };
    keys.iter()
        .map(|key| format!("the key `{key}` is not supported yet{}", instead(key)))
        .collect()
}

/// What works in its place.
fn instead(key: &str) -> &'static str {
    match key {
        "communicator" => {
            ": connect by `ssh`; a Windows machine can start OpenSSH from its `user_data` (docs/windows.md has the script)"
        }
        "ssh_interface" => {
            " with `session_manager`: connect by `private_ip` from inside the VPC, or by `public_ip`"
        }
        _ => "",
    }
}

fn post_processor(post_processor: &PlannedPostProcessor) -> Option<String> {
    let place = &post_processor.place;
    match &post_processor.settings {
        PostProcessorSettings::Unsupported { kind } => Some(format!(
            "the post-processor `{kind}` at {place} cannot run yet"
        )),
        PostProcessorSettings::Compress(settings) => {
            let format = unsupported_format(settings)?;
            Some(format!(
                "the post-processor `compress` at {place} cannot write `{format}` yet"
            ))
        }
        _ => None,
    }
}
