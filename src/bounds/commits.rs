//! The commits whose files are believed, and what each of them holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha1::{Digest as _, Sha1};

use super::checkout;
use super::refusal::OutOfBounds;

/// What is believed in a run that has more rights than whoever wrote the pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustedCommits {
    /// The event, such as `pull_request_target`.
    pub(crate) event: String,
    /// The commits of the branch that the run belongs to.
    pub(crate) commits: Vec<TrustedCommit>,
    /// The pull request's own commit, where the event tells it.
    pub(crate) head: Option<String>,
    /// What is used whatever it is of: real paths of files and directories.
    pub(crate) allowed: Vec<PathBuf>,
    /// The workspace's real path.
    pub(crate) workspace: PathBuf,
}

/// A commit and its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustedCommit {
    /// In hexadecimal digits.
    pub(crate) id: String,
    /// Path → git's name of the content; else why nobody could list them.
    pub(crate) files: Result<BTreeMap<String, String>, String>,
}

impl TrustedCommits {
    /// Whether a file is of such a commit, unchanged.
    pub(super) fn check(&self, path: &Path, real: &Path) -> Result<(), OutOfBounds> {
        if self.allowed.iter().any(|allowed| real.starts_with(allowed)) {
            return Ok(());
        }
        self.of_a_trusted_commit(real)
            .map_err(|why| OutOfBounds::Untrusted {
                path: path.to_owned(),
                event: self.event.clone(),
                why,
            })
    }

    /// The checkout's own word is not enough: a step may have fetched files over it since, or unpacked an artifact.
    fn of_a_trusted_commit(&self, real: &Path) -> Result<(), String> {
        let checkout = checkout::of(real, &self.workspace)?;
        let short = short(&checkout.commit);
        let commit = self
            .commits
            .iter()
            .find(|commit| commit.id == checkout.commit);
        let Some(commit) = commit else {
            return Err(if self.head.as_ref() == Some(&checkout.commit) {
                format!("it is of the pull request's commit `{short}`")
            } else {
                format!(
                    "it is of the commit `{short}`, of which this run does not tell where it comes from"
                )
            });
        };
        let files = commit.files.as_ref().map_err(|why| {
            format!("whether it is as in the commit `{short}` cannot be told, since {why}")
        })?;
        let inside = real.strip_prefix(&checkout.root).unwrap_or(real);
        let Some(name) = inside.to_str().and_then(|inside| files.get(inside)) else {
            return Err(format!("the commit `{short}` has no such file"));
        };
        match content_name(real, name.len()) {
            Ok(found) if found == *name => Ok(()),
            Ok(_) => Err(format!("it is not as in the commit `{short}`")),
            Err(error) => Err(format!("it cannot be read: {error}")),
        }
    }
}

/// Git's name of a file's content (<https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>), by SHA-1 or SHA-256 as the
/// name that it is compared with.
fn content_name(path: &Path, digits: usize) -> std::io::Result<String> {
    let content = std::fs::read(path)?;
    let head = format!("blob {}\0", content.len());
    let name = if digits == 64 {
        let digest = sha2::Sha256::new_with_prefix(head.as_bytes()).chain_update(&content);
        hexadecimal(&digest.finalize())
    } else {
        let digest = Sha1::new_with_prefix(head.as_bytes()).chain_update(&content);
        hexadecimal(&digest.finalize())
    };
    Ok(name)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
