//! Adds a build to the manifest.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::document::{Entry, Manifest, ManifestFile};
use super::{lock, store};
use crate::bounds::OutOfBounds;
use crate::file_error::FileError;
use crate::plan::amazon::Force;
use crate::plan::post::ManifestSettings;
use crate::post::artifact::Artifact;
use crate::post::context::PostContext;
use crate::template::scope::RenderError;

/// Why the manifest does not have the build. What was in the file is still there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManifestError {
    /// A value of `custom_data` cannot be rendered.
    #[error("{0}")]
    CustomData(RenderError),
    /// `output` leads where nothing may be written.
    #[error(transparent)]
    Refused(#[from] OutOfBounds),
    #[error("Unable to open {output} for reading")]
    Read {
        output: String,
        #[source]
        source: FileError,
    },
    #[error("Unable to parse content from {output}")]
    Parse {
        output: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("Unable to write {output}")]
    Write {
        output: String,
        #[source]
        source: FileError,
    },
}

/// Adds the entry. With `-force` what earlier runs wrote goes.
pub(in crate::post) async fn run(
    settings: &ManifestSettings,
    artifact: &Artifact,
    cx: &PostContext<'_>,
) -> Result<(), ManifestError> {
    let custom_data = settings.custom_data.as_ref();
    let custom_data = custom_data.map(|data| render(data, cx)).transpose()?;
    let entry = Entry {
        name: cx.build_name.to_owned(),
        builder_type: cx.build_kind.to_owned(),
        build_time: if settings.strip_time {
            0
        } else {
            cx.now.unix_timestamp()
        },
        files: files(settings, artifact, cx),
        artifact_id: artifact.id.clone(),
        packer_run_uuid: cx.run_uuid.to_owned(),
        custom_data,
    };
    let output = &settings.output;
    cx.may_write(output)?;
    let path = cx.local_path(output);
    let _lock = lock::acquire(&path, cx.stop).await;
    let mut manifest = read(&path, output)?;
    if cx.force == Force::Yes && manifest.last_run_uuid != cx.run_uuid {
        manifest = Manifest::default();
    }
    manifest.builds.push(entry);
    cx.run_uuid.clone_into(&mut manifest.last_run_uuid);
    let written = store::replace(&path, manifest.to_json().as_bytes(), cx.owner, cx.run_uuid);
    written.map_err(|error| ManifestError::Write {
        output: output.clone(),
        source: FileError::new("open", output, error),
    })
}

fn render(
    custom_data: &BTreeMap<String, String>,
    cx: &PostContext<'_>,
) -> Result<BTreeMap<String, String>, ManifestError> {
    let values = cx.values(&[]);
    let entries = custom_data.iter().map(|(key, value)| {
        let rendered = cx.scope.render_until_stable(value, &values);
        Ok((key.clone(), rendered.map_err(ManifestError::CustomData)?))
    });
    entries.collect()
}

/// `None` where the artifact has none, as an image.
fn files(
    settings: &ManifestSettings,
    artifact: &Artifact,
    cx: &PostContext<'_>,
) -> Option<Vec<ManifestFile>> {
    let files = artifact.files.iter().map(|file| {
        let size = fs::metadata(cx.local_path(file)).map_or(0, |there| there.len());
        let stripped = Path::new(file).file_name().filter(|_| settings.strip_path);
        ManifestFile {
            name: stripped.map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned()),
            size: i64::try_from(size).unwrap_or(i64::MAX),
        }
    });
    (!artifact.files.is_empty()).then(|| files.collect())
}

fn read(path: &Path, output: &str) -> Result<Manifest, ManifestError> {
    let contents = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            return Err(ManifestError::Read {
                output: output.to_owned(),
                source: FileError::new("open", output, error),
            });
        }
        Ok(contents) => contents,
    };
    Manifest::parse(&contents).map_err(|source| ManifestError::Parse {
        output: output.to_owned(),
        source,
    })
}
