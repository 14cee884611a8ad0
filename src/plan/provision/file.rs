//! `file`: files and directories to the machine and back.

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To the machine.
    Upload,
    /// From it.
    Download,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileSource {
    /// `sources`, then `source`; rendered again at run time.
    Paths(Vec<String>),
    /// `content`, which becomes a file.
    Content(String),
}

/// The settings.
#[derive(Clone, Debug)]
pub(crate) struct FileProvisionerSettings {
    /// What travels.
    pub(crate) source: FileSource,
    /// Where to; rendered again at run time.
    pub(crate) destination: String,
    /// Which way.
    pub(crate) direction: Direction,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> FileProvisionerSettings {
    let mut fields = Fields::new(node, problems, "");
    let content = fields.string("content").filter(|text| !text.is_empty());
    let mut sources = fields.strings("sources");
    sources.extend(fields.string("source").filter(|source| !source.is_empty()));
    let destination = fields.text("destination");
    let (generated, word) = (fields.bool("generated"), fields.text("direction"));
    let direction = if word == "download" {
        Direction::Download
    } else {
        Direction::Upload
    };
    if !matches!(word.as_str(), "" | "upload" | "download") {
        fields.problem("direction", "Direction must be one of: download, upload.");
    }
    if content.is_some() && !sources.is_empty() {
        fields.problem("content", "source(s) conflicts with content");
    }
    if content.is_some() && direction == Direction::Download {
        fields.problem("content", "content can only be uploaded");
    }
    if content.is_none() && sources.is_empty() {
        fields.problem("source", "Source must be specified.");
    }
    if direction == Direction::Upload && !generated {
        for path in &sources {
            if let Some(fault) = checks::path_fault(path, facts) {
                fields.problem("source", format!("Bad source '{path}': {fault}"));
            }
        }
    }
    if destination.is_empty() {
        fields.problem("destination", "Destination must be specified.");
    }
    fields.finish();
    FileProvisionerSettings {
        source: content.map_or(FileSource::Paths(sources), FileSource::Content),
        destination,
        direction,
    }
}
