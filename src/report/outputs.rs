//! The step's outputs, each written as soon as it cannot change any more. `action.yml` lists the same names; a test compares them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::conclusion::Conclusion;
use super::result::{Images, Volumes};
use crate::action::files::{CommandFiles, FileError};
use crate::matrix::Matrix;
use crate::promote::Promoted;

/// Every output, as `action.yml` spells it.
#[cfg(test)]
pub(crate) const NAMES: [&str; 19] = [
    "ami-id",
    "ami-ids",
    "ami-name",
    "region",
    "source-ami-id",
    "snapshot-ids",
    "instance-id",
    "reused",
    "promoted-from",
    "builds",
    "build-id",
    "manifest",
    "matrix",
    "result-file",
    "comment-url",
    "pruned",
    "swept",
    "duration-seconds",
    "conclusion",
];

/// What stands in `builds` only: there is no output of this name.
const VOLUME_IDS: &str = "volume-ids";

/// An output that was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// EC2 answered something that is no image id; a later step would pass it on.
    #[error("`{0}` is not an image id")]
    ImageId(String),
    /// The runner's file.
    #[error("an output could not be written")]
    File(#[from] FileError),
}

/// How many builds the run has: with one, its values are outputs of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builds {
    /// Exactly one.
    One,
    /// None or several.
    Many,
}

/// Writes the outputs of one step.
pub(crate) struct OutputWriter {
    files: CommandFiles,
    builds: OnceLock<Builds>,
    written: Mutex<BTreeMap<String, Value>>,
}

impl OutputWriter {
    /// For a run whose builds are not known yet.
    pub(crate) fn new(files: CommandFiles) -> Self {
        Self {
            files,
            builds: OnceLock::new(),
            written: Mutex::new(BTreeMap::new()),
        }
    }

    /// So many builds run. Until this is told, no build's values are outputs of their own.
    pub(crate) fn expect(&self, builds: Builds) {
        // The first word counts: nobody tells it twice.
        let _ = self.builds.set(builds);
    }

    /// The tag value that everything of this run carries.
    pub(crate) fn build_id(&self, id: &str) -> Result<(), OutputError> {
        Ok(self.files.output("build-id", id)?)
    }

    /// The images of a build can no longer be undone. Call it once for each build, from any of them.
    pub(crate) fn images_final(&self, build: &str, images: &Images) -> Result<(), OutputError> {
        let ids = images.ids.values().chain([&images.source.id]);
        if let Some(wrong) = ids.map(|id| id.as_str()).find(|id| !is_image_id(id)) {
            return Err(OutputError::ImageId(wrong.to_owned()));
        }
        self.write(build, entry(images))
    }

    /// The same of volumes. They have no output of their own but stand in `builds`.
    pub(crate) fn volumes_final(&self, build: &str, volumes: &Volumes) -> Result<(), OutputError> {
        self.write(build, volume_entry(volumes))
    }

    fn write(&self, build: &str, entry: serde_json::Map<String, Value>) -> Result<(), OutputError> {
        if self.builds.get() == Some(&Builds::One) {
            for (name, value) in entry.iter().filter(|(name, _)| *name != VOLUME_IDS) {
                self.files.output(name, &plain(value))?;
            }
        }
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(build.to_owned(), Value::Object(entry));
        // The last record of a name counts, so a killed run still has what was final by then.
        Ok(self.files.output("builds", &json!(*written).to_string())?)
    }

    /// A `manifest` post-processor wrote its file.
    pub(crate) fn manifest(&self, path: &Path) -> Result<(), OutputError> {
        Ok(self.files.output("manifest", &path.to_string_lossy())?)
    }

    /// The builds as GitHub's `strategy.matrix` takes them.
    pub(crate) fn matrix(&self, matrix: &Matrix) -> Result<(), OutputError> {
        Ok(self.files.output("matrix", &matrix.json())?)
    }

    /// What the run came to lies there, for the job that joins results.
    pub(crate) fn result_file(&self, name: &str) -> Result<(), OutputError> {
        Ok(self.files.output("result-file", name)?)
    }

    /// The comment on the pull request stands there.
    pub(crate) fn comment_url(&self, url: &str) -> Result<(), OutputError> {
        Ok(self.files.output("comment-url", url)?)
    }

    /// The image that was tested, and the release that it is now.
    pub(crate) fn promoted(&self, promoted: &Promoted) -> Result<(), OutputError> {
        let ids = promoted.images.values().chain([&promoted.tested]);
        if let Some(wrong) = ids.map(|id| id.as_str()).find(|id| !is_image_id(id)) {
            return Err(OutputError::ImageId(wrong.to_owned()));
        }
        for (name, value) in promoted.outputs() {
            self.files.output(name, &plain(&value))?;
        }
        Ok(())
    }

    /// What a pruning came to.
    pub(crate) fn pruned(&self, report: &Value) -> Result<(), OutputError> {
        Ok(self.files.output("pruned", &report.to_string())?)
    }

    /// What a sweep came to.
    pub(crate) fn swept(&self, report: &Value) -> Result<(), OutputError> {
        Ok(self.files.output("swept", &report.to_string())?)
    }

    /// The run is over. `builds` is there in any case, so that `fromJSON` never meets an empty text.
    pub(crate) fn finish(
        &self,
        conclusion: Conclusion,
        duration: Duration,
    ) -> Result<(), OutputError> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        self.files.output("builds", &json!(*written).to_string())?;
        self.files
            .output("duration-seconds", &duration.as_secs().to_string())?;
        Ok(self.files.output("conclusion", conclusion.word())?)
    }
}

/// `^ami-[0-9a-f]{8,17}$`
pub(crate) fn is_image_id(text: &str) -> bool {
    let digits = text.strip_prefix("ami-").unwrap_or_default();
    (8..=17).contains(&digits.len())
        && digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn entry(images: &Images) -> serde_json::Map<String, Value> {
    let values = [
        ("ami-id", json!(images.ids.get(&images.region))),
        ("ami-ids", json!(images.ids)),
        ("ami-name", json!(images.name)),
        ("region", json!(images.region)),
        ("source-ami-id", json!(images.source.id)),
        ("snapshot-ids", json!(images.snapshots)),
        ("instance-id", json!(images.instance)),
        ("reused", json!(images.are_reused())),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn volume_entry(volumes: &Volumes) -> serde_json::Map<String, Value> {
    let in_region = |ids: Value| json!({ volumes.region.as_str(): ids });
    let values = [
        (VOLUME_IDS, in_region(json!(volumes.volumes))),
        ("snapshot-ids", in_region(json!(volumes.snapshots))),
        ("region", json!(volumes.region)),
        ("source-ami-id", json!(volumes.source.id)),
        ("instance-id", json!(volumes.instance)),
    ];
    values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Texts stand alone, everything else is JSON, and what does not exist is empty.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
