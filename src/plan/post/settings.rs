//! Which post-processor is which.

use crate::facts::Facts;
use crate::plan::provision::{self, ExecuteCommandForm, ShellLocalSettings};
use crate::template::document::Node;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

use super::{
    ArtificeSettings, ChecksumSettings, CompressSettings, ManifestSettings, artifice, checksum,
    compress, manifest,
};

/// The settings of one post-processor.
#[derive(Clone, Debug)]
pub(crate) enum PostProcessorSettings {
    /// `manifest`.
    Manifest(ManifestSettings),
    /// `checksum`.
    Checksum(ChecksumSettings),
    /// `shell-local`.
    ShellLocal(ShellLocalSettings),
    /// `compress`.
    Compress(CompressSettings),
    /// `artifice`.
    Artifice(ArtificeSettings),
    /// One that Packer has, or its plugins, and we have not: its keys are not checked, and `build` refuses it.
    Unsupported {
        /// Its type.
        kind: String,
    },
}

/// Decodes and checks one post-processor. `None` where there were problems.
pub(crate) fn settings(
    kind: &str,
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    problems: &Problems,
) -> Option<PostProcessorSettings> {
    let before = problems.count();
    let render = |late: &[&str]| render_config(node, scope, late, problems);
    let decoded = match kind {
        "manifest" => PostProcessorSettings::Manifest(manifest::decode(&render(&[]), problems)),
        "checksum" => {
            PostProcessorSettings::Checksum(checksum::decode(&render(&["output"]), problems))
        }
        "compress" => {
            PostProcessorSettings::Compress(compress::decode(&render(&["output"]), problems))
        }
        "artifice" => PostProcessorSettings::Artifice(artifice::decode(&render(&[]), problems)),
        "shell-local" => {
            let rendered = render(provision::SHELL_LOCAL_LATE);
            let form = ExecuteCommandForm::ShellLine;
            PostProcessorSettings::ShellLocal(provision::decode_shell_local(
                &rendered, form, facts, problems,
            ))
        }
        _ => {
            let message = format!(
                "the post-processor `{kind}` is not checked, and `ami-build build` cannot run it yet"
            );
            problems.warn(node.span, message);
            PostProcessorSettings::Unsupported {
                kind: kind.to_owned(),
            }
        }
    };
    (problems.count() == before).then_some(decoded)
}
