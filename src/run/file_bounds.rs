//! Which files a run of the action may use.

use std::path::{Path, PathBuf};

use crate::action::doubt::{self, Doubt};
use crate::action::environment::{Environment, GITHUB_WORKSPACE};
use crate::action::inputs::FileInputs;
use crate::action::repository::Repository;
use crate::bounds::{Bounds, TrustedCommit, TrustedCommits, real_path};
use crate::error::on_one_line;
use crate::secret::Secret;

/// The workspace and what the inputs add; in a run with more rights than the pull request's author, only what is as in the
/// branch that the run belongs to.
pub(super) async fn of(
    inputs: &FileInputs,
    environment: &Environment,
    token: Option<&Secret>,
) -> Bounds {
    let workspace = environment
        .get(GITHUB_WORKSPACE)
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let workspace = real_path(&workspace);
    let mut directories = vec![workspace.clone()];
    directories.extend(inputs.directories.iter().map(|path| workspace.join(path)));
    let commits = match doubt::of(environment) {
        None => None,
        Some(doubt) => {
            let repository = Repository::of(environment, token);
            let repository = repository.map_err(|error| on_one_line(&error));
            Some(TrustedCommits {
                commits: listed(&doubt, repository).await,
                event: doubt.event,
                head: doubt.head,
                allowed: allowed(inputs, &workspace),
                workspace,
            })
        }
    };
    Bounds::new(&directories, commits)
}

fn allowed(inputs: &FileInputs, workspace: &Path) -> Vec<PathBuf> {
    let paths = inputs.untrusted.iter();
    paths.map(|path| real_path(&workspace.join(path))).collect()
}

async fn listed(doubt: &Doubt, repository: Result<Repository, String>) -> Vec<TrustedCommit> {
    let mut commits = Vec::new();
    for id in &doubt.trusted {
        let files = match &repository {
            Ok(repository) => {
                let files = repository.files(id).await;
                files.map_err(|error| on_one_line(&error))
            }
            Err(error) => Err(error.clone()),
        };
        commits.push(TrustedCommit {
            id: id.clone(),
            files,
        });
    }
    commits
}
