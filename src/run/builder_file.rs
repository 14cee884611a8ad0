//! The `file` builder at work: writes a file, then runs the provisioners, as Packer does, on a machine that is none.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::provisioning::Provisioning;
use crate::bounds::Bounds;
use crate::build::GeneratedData;
use crate::error::chain;
use crate::file_error::FileError;
use crate::ownership::{FileOwner, create_directories, hand_over};
use crate::plan::PlannedBuild;
use crate::plan::file::{FileSettings, Origin};
use crate::post::Artifact;
use crate::provision::{ChildEnding, Machine};
use crate::remote::PretendedRemote;
use crate::report::conclusion::Conclusion;
use crate::report::result::Product;
use crate::report::ui::Ui;

/// Where files are written.
struct Place<'a> {
    directory: &'a Path,
    bounds: &'a Bounds,
    owner: Option<FileOwner>,
}

/// Runs the builder.
pub(super) async fn run(
    settings: &FileSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
) -> BuilderEnd {
    let place = Place {
        directory: &cx.working_directory,
        bounds: cx.environment.bounds(),
        owner: cx.owner,
    };
    let result = match write(settings, &place, ui) {
        Ok(()) => provision(settings, build, cx, ui).await,
        Err(error) => BuilderResult::Failed {
            error: chain(&error),
            conclusion: Conclusion::Failure,
        },
    };
    BuilderEnd {
        result,
        data: GeneratedData::new(),
        settled: None,
    }
}

async fn provision(
    settings: &FileSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
) -> BuilderResult {
    let ending = if cx.on_runner() {
        ChildEnding::KillDescendants
    } else {
        ChildEnding::AwaitDescendants
    };
    let provisioned = Provisioning::new(build, cx, ui, ending)
        .run_without_steps(&mut Machine::Reached(&mut PretendedRemote))
        .await;
    match provisioned {
        _ if cx.stop.requested().is_some() => BuilderResult::Cancelled,
        Ok(()) => {
            let artifact = Artifact::file(&settings.target.to_string_lossy());
            let product = Product::Other(artifact.text.clone());
            BuilderResult::Made { artifact, product }
        }
        Err(error) => BuilderResult::Failed {
            error: error.shown(),
            conclusion: Conclusion::Provision,
        },
    }
}

/// The target's directories come first, as in Packer: they are there even where the rest fails.
fn write(settings: &FileSettings, place: &Place<'_>, ui: &Ui) -> Result<(), FileError> {
    let Place {
        directory,
        bounds,
        owner,
    } = *place;
    let target = directory.join(&settings.target);
    let spelled = settings.target.to_string_lossy();
    let refused = |path: &str, why| FileError::new("open", path, io::Error::other(why));
    bounds
        .write(&target)
        .map_err(|why| refused(&spelled, why))?;
    if let Origin::File(source) = &settings.origin {
        let read = bounds.read(&directory.join(source));
        read.map_err(|why| refused(&source.to_string_lossy(), why))?;
    }
    if let (Some(parent), Some(spelled)) = (target.parent(), settings.target.parent()) {
        create_directories(parent, owner)
            .map_err(|error| FileError::new("mkdir", &spelled.to_string_lossy(), error))?;
    }
    let is_new = !target.exists();
    fill(settings, directory, &target, ui)?;
    if is_new && let Ok(file) = File::open(&target) {
        hand_over(&file, owner);
    }
    Ok(())
}

fn fill(
    settings: &FileSettings,
    directory: &Path,
    target: &Path,
    ui: &Ui,
) -> Result<(), FileError> {
    let spelled = settings.target.to_string_lossy();
    let failed = |error| FileError::new("open", &spelled, error);
    match &settings.origin {
        Origin::Text(text) => private(target)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(failed),
        Origin::File(source) => {
            let from = source.to_string_lossy();
            let mut source = File::open(directory.join(source))
                .map_err(|error| FileError::new("open", &from, error))?;
            let mut copy = File::create(target).map_err(failed)?;
            ui.say(&format!("Copying {from} to {spelled}"));
            let count = std::io::copy(&mut source, &mut copy).map_err(failed)?;
            ui.say(&format!("Copied {count} bytes"));
            Ok(())
        }
    }
}

/// A text may be a secret: Packer writes it for its owner alone, where the file is new.
fn private(target: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(target)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::report::console::tests::console;
    use crate::report::console::{Form, Reader};
    use crate::report::ui::Grouping;

    fn written(target: &str, origin: Origin) -> (tempfile::TempDir, Result<(), FileError>) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("source"), "copied").unwrap();
        let (console, _) = console(Form::Human, Reader::Plain);
        let settings = FileSettings {
            target: target.into(),
            origin,
        };
        let result = write(
            &settings,
            &Place {
                directory: directory.path(),
                bounds: &Bounds::default(),
                owner: None,
            },
            &Ui::new(console, "file", 0, Grouping::ByBuild),
        );
        (directory, result)
    }

    #[test]
    fn directories_are_made_and_a_text_is_for_its_owner_alone() {
        let (directory, result) = written("a/b/out", Origin::Text("data".to_owned()));
        result.unwrap();
        let out = directory.path().join("a/b/out");
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "data");
        assert_eq!(out.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_copy_does_not_take_the_source_s_mode() {
        let (directory, result) = written("out", Origin::File("source".into()));
        result.unwrap();
        let out = directory.path().join("out");
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "copied");
        assert_eq!(out.metadata().unwrap().permissions().mode() & 0o111, 0);
    }

    #[test]
    fn a_source_that_is_not_there_is_told_in_packer_s_words() {
        let (_directory, result) = written("out", Origin::File("nope".into()));
        assert_eq!(
            result.unwrap_err().to_string(),
            "open nope: no such file or directory"
        );
    }
}
