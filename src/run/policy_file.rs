//! Reads the policy: on a pull request as the base branch has it, since whoever wrote the pull request may have changed or
//! removed it.

use std::path::Path;

use crate::action::environment::{Environment, GITHUB_SHA, GITHUB_WORKSPACE};
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

impl PolicyFileError {
    /// One thing to try.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Repository { .. } => Some(
                "GitHub has to say whether the branch has a policy, for which `github-token` needs `contents: read`; `policy: none` \
                 says that there is none",
            ),
            _ => None,
        }
    }
}

/// What the policy is to bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Nothing that it has rules for: nobody is asked.
    Nothing,
    /// A template, beside which its file would be in the workspace.
    Template,
    /// A promotion, for which nothing has to be checked out.
    Promotion,
}

/// The policy that bounds this run, where there is one.
pub(super) async fn of(
    input: &PolicyInput,
    subject: Subject,
    environment: &Environment,
    token: Option<&Secret>,
) -> Result<Option<Policy>, PolicyFileError> {
    let path = match input {
        _ if subject == Subject::Nothing => return Ok(None),
        PolicyInput::Off => return Ok(None),
        PolicyInput::Usual(path) => path,
        PolicyInput::Named(path) => path.as_str(),
    };
    let workspace = environment.get(GITHUB_WORKSPACE).unwrap_or(".");
    let local = Path::new(workspace).join(path);
    let (text, source) = match commit(subject, &local, environment) {
        Some(commit) => {
            let text = of_commit(path, &commit, (environment, token)).await?;
            (text, format!("`{path}` of the commit `{commit}`"))
        }
        None => (of_workspace(&local)?, format!("`{path}`")),
    };
    match (text, input) {
        (Some(text), _) => Ok(Some(Policy::parse(&text, &source)?)),
        (None, PolicyInput::Named(path)) => Err(PolicyFileError::Missing(path.clone())),
        (None, _) => Ok(None),
    }
}

/// The commit that has the policy, where that is not the one in the workspace.
fn commit(subject: Subject, local: &Path, environment: &Environment) -> Option<String> {
    let of_run = || match subject {
        Subject::Promotion if !local.exists() => environment.get(GITHUB_SHA).map(str::to_owned),
        _ => None,
    };
    event::base_commit(environment).or_else(of_run)
}

async fn of_commit(
    path: &str,
    commit: &str,
    (environment, token): (&Environment, Option<&Secret>),
) -> Result<Option<String>, PolicyFileError> {
    let read = async {
        let repository = Repository::of(environment, token)?;
        let text = repository.text(path, commit).await?;
        if text.is_none() && !repository.has(commit).await? {
            return Err(RepositoryError::Refused { status: 404 });
        }
        Ok(text)
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
