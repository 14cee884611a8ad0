//! What a post-processor knows beside its settings and its artifact.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::artifact::Place;
use crate::bounds::{Bounds, OutOfBounds};
use crate::ownership::FileOwner;
use crate::plan::amazon::Force;
use crate::provision::{ChildEnding, GeneratedData};
use crate::report::ui::Ui;
use crate::stop::Stop;
use crate::template::gotmpl::Value;
use crate::template::scope::Scope;

/// One build, as its post-processors see it.
#[derive(Clone, Copy)]
pub(crate) struct PostContext<'a> {
    /// For texts that are rendered now; its section is that of post-processors.
    pub(crate) scope: &'a Scope,
    /// What the builder found out while it ran.
    pub(crate) data: &'a GeneratedData,
    /// The build's voice.
    pub(crate) ui: &'a Ui,
    /// Ends everything that takes long.
    pub(crate) stop: &'a Stop,
    /// The build's name.
    pub(crate) build_name: &'a str,
    /// The builder's type.
    pub(crate) build_kind: &'a str,
    /// `PACKER_RUN_UUID`.
    pub(crate) run_uuid: &'a str,
    /// `-force`.
    pub(crate) force: Force,
    /// When the post-processing began.
    pub(crate) now: OffsetDateTime,
    /// Where relative paths start; absolute.
    pub(crate) working_directory: &'a Path,
    /// Which files may be used.
    pub(crate) bounds: &'a Bounds,
    /// The whole environment of a local command.
    pub(crate) child_environment: &'a BTreeMap<String, String>,
    /// How a local command ends.
    pub(crate) child_ending: ChildEnding,
    /// Who new files are handed to.
    pub(crate) owner: Option<FileOwner>,
}

impl PostContext<'_> {
    /// A path of the template as the system takes it.
    pub(super) fn local_path(&self, path: &str) -> PathBuf {
        self.working_directory.join(path)
    }

    /// Where the files of an artifact are.
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            directory: self.working_directory,
            bounds: self.bounds,
        }
    }

    /// Whether a file may be written there.
    pub(super) fn may_write(&self, path: &str) -> Result<(), OutOfBounds> {
        self.bounds.write(&self.local_path(path))
    }

    /// Whether a file may become part of an artifact.
    pub(super) fn may_collect(&self, path: &str) -> Result<(), OutOfBounds> {
        self.bounds.collect(&self.local_path(path))
    }

    /// The build's data with a few more values, for rendering.
    pub(super) fn values(&self, more: &[(&str, &str)]) -> Value {
        let data = self
            .data
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        let all = data.chain(more.iter().copied());
        Value::Map(
            all.map(|(key, value)| (key.to_owned(), value.into()))
                .collect(),
        )
    }
}
