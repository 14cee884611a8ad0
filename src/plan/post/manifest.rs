//! `manifest`: a JSON file about every build.

use std::collections::BTreeMap;

use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

/// The settings.
#[derive(Clone, Debug)]
pub(crate) struct ManifestSettings {
    /// The file.
    pub(crate) output: String,
    /// Files are named without their directories.
    pub(crate) strip_path: bool,
    /// No `build_time`.
    pub(crate) strip_time: bool,
    /// Rendered again at run time; the file tells `{}` from none.
    pub(crate) custom_data: Option<BTreeMap<String, String>>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, problems: &Problems) -> ManifestSettings {
    let mut fields = Fields::new(node, problems, "");
    let output = fields.string("output").filter(|path| !path.is_empty());
    let custom_data = fields.map("custom_data");
    let settings = ManifestSettings {
        output: output.unwrap_or_else(|| "packer-manifest.json".to_owned()),
        strip_path: fields.bool("strip_path"),
        strip_time: fields.bool("strip_time"),
        custom_data: fields.has("custom_data").then_some(custom_data),
    };
    fields.finish();
    settings
}
