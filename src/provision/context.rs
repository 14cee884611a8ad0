//! What every provisioner of a build may use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::bounds::Bounds;
use crate::cli::options::Survival;
use crate::ownership::FileOwner;
use crate::report::ui::Ui;
use crate::stop::Stop;
use crate::template::gotmpl::Value;
use crate::template::scope::{RenderError, Scope};

use super::ProvisionError;

/// What the builder announces: `build` in templates. Keys as Packer spells them, such as `ID` and `SourceAMI`.
pub(crate) type GeneratedData = BTreeMap<String, String>;

/// The machine that a provisioner works on.
pub(crate) enum Machine<'a, R> {
    /// `communicator: none`, or a builder without a machine.
    None,
    /// One that is logged in to.
    Reached(&'a mut R),
}

/// What becomes of a local script's descendants when it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChildEnding {
    /// As Packer does it: the script itself is killed, and what it left running is awaited. A terminal's Ctrl-C reaches them all.
    AwaitDescendants,
    /// All are killed at once: where seconds count, as in a cancelled job.
    KillDescendants,
}

/// What every provisioner of a build may use.
pub(crate) struct ProvisionContext {
    /// For texts that are rendered at run time; of the provisioner's section.
    pub(crate) scope: Scope,
    /// The builder's data.
    pub(crate) data: GeneratedData,
    /// The build's voice.
    pub(crate) ui: Ui,
    /// The stop signal.
    pub(crate) stop: Stop,
    /// The build's bare name.
    pub(crate) build_name: String,
    /// The builder's type.
    pub(crate) builder_kind: String,
    /// `PACKER_RUN_UUID`.
    pub(crate) run_uuid: String,
    /// Relative paths start here.
    pub(crate) working_directory: PathBuf,
    /// Which files may be used.
    pub(crate) bounds: Bounds,
    /// What local scripts inherit.
    pub(crate) child_environment: BTreeMap<String, String>,
    /// Who downloaded files are handed to.
    pub(crate) owner: Option<FileOwner>,
    /// How local scripts end.
    pub(crate) child_ending: ChildEnding,
    /// `-debug`.
    pub(crate) pauses: Pauses,
    /// `-survive-disconnect`.
    pub(crate) survival: Survival,
}

/// Whether somebody presses Enter before each provisioner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pauses {
    /// Yes: `-debug`, where there is a terminal.
    BeforeEach,
    /// No.
    None,
}

impl ProvisionContext {
    /// Renders a text with the builder's data until it stays the same.
    pub(super) fn render(&self, text: &str) -> Result<String, Box<RenderError>> {
        self.render_with(text, &[])
    }

    /// The same with more data.
    pub(super) fn render_with(
        &self,
        text: &str,
        more: &[(&str, &str)],
    ) -> Result<String, Box<RenderError>> {
        let own = self
            .data
            .iter()
            .map(|(key, value)| (key.clone(), Value::String(value.clone())));
        let more = more
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::String((*value).to_owned())));
        self.scope
            .render_until_stable(text, &Value::Map(own.chain(more).collect()))
            .map_err(Box::new)
    }

    /// Renders a text until it stays the same with nothing but the fields of `data`, a provisioner's own.
    pub(super) fn render_own(&self, text: &str, data: &Value) -> Result<String, ProvisionError> {
        self.scope
            .render_until_stable(text, data)
            .map_err(|error| ProvisionError::Template(Box::new(error)))
    }

    /// Renders a text of ours once, with nothing but `data`.
    pub(super) fn render_once(
        &self,
        text: &str,
        data: &[(&str, &str)],
    ) -> Result<String, Box<RenderError>> {
        let data = data
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::String((*value).to_owned())));
        self.scope
            .render(text, &Value::Map(data.collect()))
            .map_err(Box::new)
    }

    /// A local path as the system takes it.
    pub(super) fn local_path(&self, path: &str) -> PathBuf {
        self.working_directory.join(path)
    }

    /// Where temporary files go.
    pub(super) fn temporary_directory(&self) -> &Path {
        let set = self
            .child_environment
            .get("TMPDIR")
            .filter(|path| !path.is_empty());
        set.map_or(Path::new("/tmp"), Path::new)
    }
}
