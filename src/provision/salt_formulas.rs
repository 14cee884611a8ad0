//! `formulas` of `salt-masterless`: fetched by the `git` of this side into the local state tree, and removed once they are
//! uploaded.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::plan::provision::{Formula, SaltSettings};

use super::child::{self, ChildExit};
use super::{Attempt, ProvisionContext, ProvisionError};

/// The formulas that were fetched. They go when this is dropped, but one that was there before stays.
#[derive(Debug, Default)]
pub(super) struct Formulas(Vec<Fetched>);

#[derive(Debug)]
struct Fetched {
    shown: String,
    path: PathBuf,
}

impl Drop for Fetched {
    fn drop(&mut self) {
        let _already_gone = fs::remove_dir_all(&self.path);
    }
}

impl Formulas {
    /// Says so, and removes them.
    pub(super) fn remove(self, cx: &ProvisionContext) {
        for formula in self.0 {
            cx.ui
                .message(&format!("Removing Salt formula: {}", formula.shown));
        }
    }
}

/// Fetches every formula that is not there yet.
pub(super) async fn fetch(
    settings: &SaltSettings,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<Formulas, ProvisionError> {
    let mut formulas = Formulas::default();
    if settings.formulas.is_empty() {
        return Ok(formulas);
    }
    cx.ui.say("Downloading Salt formulas...");
    for formula in &settings.formulas {
        let tree = settings.local_state_tree.trim_end_matches('/');
        let shown = format!("{tree}/{}", formula.directory);
        let path = cx.local_path(&shown);
        if path.exists() {
            cx.ui
                .message(&format!("Found existing formula at: {shown}"));
            continue;
        }
        cx.ui.message(&format!("{} => {shown}", formula.source));
        clone(formula, &path, cx, attempt).await.map_err(|error| {
            let source = &formula.source;
            error.step(format!("Unable to download Salt formula from {source}"))
        })?;
        formulas.0.push(Fetched { shown, path });
    }
    Ok(formulas)
}

/// Clones beside the target, so that the directory only has to be renamed.
async fn clone(
    formula: &Formula,
    path: &Path,
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), ProvisionError> {
    let number = getrandom::u32().unwrap_or_default();
    let checkout = Fetched {
        shown: String::new(),
        path: path.with_file_name(format!(".packer-formula{number}")),
    };
    let folder = checkout.path.display().to_string();
    git(
        &["clone", "--quiet", "--", &formula.repository, &folder],
        cx,
        attempt,
    )
    .await?;
    if let Some(reference) = &formula.reference {
        // With `--` at the end a reference cannot be taken for a file.
        git(
            &["-C", &folder, "checkout", "--quiet", reference, "--"],
            cx,
            attempt,
        )
        .await?;
    }
    let directory = checkout.path.join(&formula.directory);
    fs::rename(&directory, path).map_err(|cause| ProvisionError::Local {
        path: directory,
        cause,
    })
}

async fn git(
    arguments: &[&str],
    cx: &ProvisionContext,
    attempt: &Attempt,
) -> Result<(), ProvisionError> {
    let command = [&["git"], arguments].concat();
    let command: Vec<_> = command.into_iter().map(str::to_owned).collect();
    match child::run(&command, cx, attempt).await {
        Ok(ChildExit::Status(0)) => Ok(()),
        Ok(ChildExit::Status(status)) => Err(ProvisionError::exit(format!(
            "`git` ended with status {status}"
        ))),
        Ok(ChildExit::Cancelled) => Err(ProvisionError::Cancelled),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ProvisionError::Exit {
            words: "there is no `git` here".to_owned(),
            hint: Some("`git` has to be in the path where ami-build runs"),
        }),
        Err(cause) => Err(ProvisionError::Local {
            path: "git".into(),
            cause,
        }),
    }
}
