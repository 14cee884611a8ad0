//! The `file` builder at work: writes a file, then runs the provisioners that need no machine.

use std::path::Path;

use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::provisioning::Provisioning;
use crate::build::GeneratedData;
use crate::error::chain;
use crate::plan::PlannedBuild;
use crate::plan::file::{FileSettings, Origin};
use crate::post::{Artifact, hand_over};
use crate::provision::{ChildEnding, Machine};
use crate::remote::SshRemote;
use crate::report::conclusion::Conclusion;
use crate::report::result::Product;
use crate::report::ui::Ui;

/// Runs the builder.
pub(super) async fn run(
    settings: &FileSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
) -> BuilderEnd {
    let data = GeneratedData::from([("ID".to_owned(), "File".to_owned())]);
    let result = match write(settings, cx) {
        Ok(()) => provision(settings, build, cx, ui, &data).await,
        Err(error) => BuilderResult::Failed {
            error: chain(&error),
            conclusion: Conclusion::Failure,
        },
    };
    BuilderEnd {
        result,
        data,
        settled: None,
    }
}

async fn provision(
    settings: &FileSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
    data: &GeneratedData,
) -> BuilderResult {
    let ending = if cx.on_runner() {
        ChildEnding::KillDescendants
    } else {
        ChildEnding::AwaitDescendants
    };
    let provisioned = Provisioning::new(build, cx, ui, ending)
        .run::<SshRemote>(&mut Machine::None, data)
        .await;
    match provisioned {
        _ if cx.stop.requested().is_some() => BuilderResult::Cancelled,
        Ok(()) => {
            let artifact = Artifact::file(&settings.target.to_string_lossy());
            let product = Product::Other(artifact.text.clone());
            BuilderResult::Made { artifact, product }
        }
        Err(error) => BuilderResult::Failed {
            error: crate::error::with_hint(&error, error.hint()),
            conclusion: Conclusion::Provision,
        },
    }
}

fn write(settings: &FileSettings, cx: &RunContext) -> Result<(), FileBuilderError> {
    let target = cx.working_directory.join(&settings.target);
    let is_new = !target.exists();
    fill(settings, &cx.working_directory, &target)?;
    if is_new && let Ok(file) = std::fs::File::open(&target) {
        hand_over(&file, cx.owner);
    }
    Ok(())
}

fn fill(settings: &FileSettings, directory: &Path, target: &Path) -> Result<(), FileBuilderError> {
    let failed = |source| FileBuilderError {
        path: settings.target.display().to_string(),
        source,
    };
    match &settings.origin {
        Origin::Text(text) => std::fs::write(target, text).map_err(failed),
        Origin::File(source) => {
            let source_path = directory.join(source);
            let unread = |error| FileBuilderError {
                path: source.display().to_string(),
                source: error,
            };
            std::fs::File::open(&source_path).map_err(unread)?;
            std::fs::copy(source_path, target)
                .map(|_| ())
                .map_err(failed)
        }
    }
}

/// The builder's only error.
#[derive(Debug, thiserror::Error)]
#[error("open {path}")]
struct FileBuilderError {
    path: String,
    #[source]
    source: std::io::Error,
}
