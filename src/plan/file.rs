//! The `file` builder: a file made from another one or from a text.

use std::path::PathBuf;

use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

/// What the `file` builder is to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileSettings {
    /// Where to.
    pub(crate) target: PathBuf,
    /// What.
    pub(crate) origin: Origin,
}

/// Where the target's content comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `source`: another file, which need not exist yet.
    File(PathBuf),
    /// `content`, empty where neither key is given.
    Text(String),
}

/// Decodes and checks a `file` builder.
pub(crate) fn file(node: &Node, scope: &Scope, problems: &Problems) -> Option<FileSettings> {
    let before = problems.count();
    let rendered = render_config(node, scope, &[], problems);
    let mut fields = Fields::new(&rendered, problems, "");
    let target = fields.text("target");
    let source = fields.text("source");
    let content = fields.text("content");
    if target.is_empty() {
        fields.problem("target", "target required");
    }
    match (source.is_empty(), content.is_empty()) {
        (false, false) => fields.problem("content", "Cannot specify source file AND content"),
        // Packer stops at its errors before it gets to this.
        (true, true) if !target.is_empty() => {
            fields.warning(
                "content",
                "Both source file and contents are blank; target will have no content",
            );
        }
        _ => {}
    }
    fields.finish();
    (problems.count() == before).then(|| FileSettings {
        target: PathBuf::from(target),
        origin: if source.is_empty() {
            Origin::Text(content)
        } else {
            Origin::File(PathBuf::from(source))
        },
    })
}

#[cfg(test)]
mod tests;
