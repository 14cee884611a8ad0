//! `artifice`: other files take the artifact's place.

use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

/// The settings.
#[derive(Clone, Debug)]
pub(crate) struct ArtificeSettings {
    /// Patterns.
    pub(crate) files: Vec<String>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, problems: &Problems) -> ArtificeSettings {
    let mut fields = Fields::new(node, problems, "");
    let files = fields.strings("files");
    if files.is_empty() {
        fields.problem("files", "No files specified in artifice configuration");
    }
    fields.finish();
    ArtificeSettings { files }
}
