//! `compress`: one archive of the artifact's files.

use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

/// The settings.
#[derive(Clone, Debug)]
pub(crate) struct CompressSettings {
    /// The archive, rendered with `.BuildName` and `.BuilderType`.
    pub(crate) output: String,
    /// `format`, which only helps to detect what `output` does not say.
    pub(crate) format: String,
    /// 1 to 9, where the template sets it.
    pub(crate) level: Option<u32>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, problems: &Problems) -> CompressSettings {
    let mut fields = Fields::new(node, problems, "");
    let output = fields.string("output").filter(|path| !path.is_empty());
    let level = fields
        .integer("compression_level")
        .filter(|level| *level != 0);
    let settings = CompressSettings {
        output: output.unwrap_or_else(|| "packer_{{.BuildName}}_{{.BuilderType}}".to_owned()),
        format: fields.text("format"),
        // Packer draws a level that is out of range back into it.
        level: level.and_then(|level| u32::try_from(level.clamp(1, 9)).ok()),
    };
    fields.finish();
    settings
}
