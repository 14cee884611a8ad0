//! What GitHub takes, and what the input `only` can say.

use std::collections::BTreeSet;

use super::jobs::Job;

/// <https://docs.github.com/en/actions/reference/limits>
const MOST_JOBS: usize = 256;
/// Of one output, which is counted as UTF-16.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs>
const LARGEST_OUTPUT: usize = 1024 * 1024;

/// Why there is no matrix.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MatrixError {
    /// GitHub refuses a matrix without jobs.
    #[error("there are no builds, and a matrix needs one")]
    Empty,
    /// More than GitHub starts.
    #[error("there are {0} builds, and a matrix has at most {MOST_JOBS} jobs")]
    TooMany(usize),
    /// The runner would drop the output.
    #[error(
        "the matrix has {0} bytes as GitHub counts them, and an output has at most {LARGEST_OUTPUT}"
    )]
    TooLarge(usize),
    /// Two jobs of one build.
    #[error("the matrix names the build `{0}` twice")]
    Twice(String),
    /// Not what `plan` writes.
    #[error("the matrix is not one that `plan` wrote")]
    Json(#[from] serde_json::Error),
}

impl MatrixError {
    /// What to do.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "`only` and `except` name builds by their rendered names",
            Self::TooMany(_) | Self::TooLarge(_) => {
                "split the builds over several matrices with `only` and `except`"
            }
            Self::Twice(_) | Self::Json(_) => {
                "pass on the output `matrix` of `command: plan` as it is"
            }
        }
    }
}

pub(super) fn check(jobs: &[Job]) -> Result<(), MatrixError> {
    match jobs.len() {
        0 => return Err(MatrixError::Empty),
        many if many > MOST_JOBS => return Err(MatrixError::TooMany(many)),
        _ => {}
    }
    let mut seen = BTreeSet::new();
    match jobs.iter().find(|job| !seen.insert(&job.build)) {
        Some(job) => Err(MatrixError::Twice(job.build.clone())),
        None => Ok(()),
    }
}

pub(super) fn check_size(json: &str) -> Result<(), MatrixError> {
    let bytes = json.encode_utf16().count() * 2;
    if bytes > LARGEST_OUTPUT {
        return Err(MatrixError::TooLarge(bytes));
    }
    Ok(())
}

/// What keeps the input `only` from naming this build, in words. It is split by lines and commas, and its parts are trimmed.
pub(crate) fn nameable(build: &str) -> Result<(), &'static str> {
    if build.contains(',') {
        return Err("it has a comma, by which the input `only` is split");
    }
    if build.contains(['\n', '\r']) {
        return Err("it has a line end, by which the input `only` is split");
    }
    if build.trim() != build || build.is_empty() {
        return Err("it is empty or has blanks at its ends, which the input `only` drops");
    }
    Ok(())
}
