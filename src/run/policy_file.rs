//! Reads the policy: on a pull request as the base branch has it, since whoever wrote the pull request may have changed it.

use std::path::{Path, PathBuf};

use crate::action::environment::{Environment, GITHUB_WORKSPACE};
use crate::action::event;
use crate::action::inputs::PolicyInput;
use crate::action::repository::{Repository, RepositoryError};
use crate::policy::{Policy, PolicyError};
use crate::secret::Secret;

/// Why a run cannot be bounded, and so does not begin.
#[derive(Debug, thiserror::Error)]
pub(super) enum PolicyFileError {
    /// GitHub did not give it.
    #[error("the policy `{path}` of the commit `{commit}` cannot be read")]
    Repository {
        path: String,
        commit: String,
        #[source]
        source: Box<RepositoryError>,
    },
    /// It is not there.
    #[error("the policy `{0}`, which the input `policy` names, does not exist")]
    Missing(String),
    /// It is not a file.
    #[error("the policy `{path}` cannot be read")]
    Read {
        path: String,
        #[source]
        source: std::io::Error,
    },
    /// It makes no sense.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// The policy that bounds this run, where there is one.
pub(super) async fn of(
    input: &PolicyInput,
    environment: &Environment,
    token: Option<&Secret>,
) -> Result<Option<Policy>, PolicyFileError> {
    let workspace = environment.get(GITHUB_WORKSPACE).unwrap_or(".");
    let local: PathBuf = Path::new(workspace).join(input.path());
    if matches!(input, PolicyInput::Usual(_)) && !local.exists() {
        return Ok(None);
    }
    let (text, source) = match event::base_commit(environment) {
        Some(commit) => {
            let text = of_commit(input.path(), &commit, (environment, token)).await?;
            (text, format!("`{}` of the commit `{commit}`", input.path()))
        }
        None => (of_workspace(&local)?, format!("`{}`", input.path())),
    };
    match (text, input) {
        (Some(text), _) => Ok(Some(Policy::parse(&text, &source)?)),
        (None, PolicyInput::Usual(_)) => Ok(None),
        (None, PolicyInput::Named(path)) => Err(PolicyFileError::Missing(path.clone())),
    }
}

async fn of_commit(
    path: &str,
    commit: &str,
    (environment, token): (&Environment, Option<&Secret>),
) -> Result<Option<String>, PolicyFileError> {
    let read = async {
        let repository = Repository::of(environment, token)?;
        repository.text(path, commit).await
    };
    read.await.map_err(|source| PolicyFileError::Repository {
        path: path.to_owned(),
        commit: commit.to_owned(),
        source: Box::new(source),
    })
}

fn of_workspace(path: &Path) -> Result<Option<String>, PolicyFileError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PolicyFileError::Read {
            path: path.display().to_string(),
            source,
        }),
    }
}
