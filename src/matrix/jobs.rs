//! `{"include": [{"build": "web", …}, …]}`: what `strategy.matrix` takes.

use serde::{Deserialize, Serialize};

use super::limits::{self, MatrixError};

/// One job for each build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Matrix {
    include: Vec<Job>,
}

/// One job of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// The build's name, for the input `only`.
    pub(crate) build: String,
    /// Its builder's type.
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    /// Where it builds, where the template or the credentials tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
}

impl Matrix {
    /// A matrix that GitHub takes.
    pub(crate) fn new(jobs: Vec<Job>) -> Result<Self, MatrixError> {
        let matrix = Self { include: jobs };
        limits::check(&matrix.include)?;
        limits::check_size(&matrix.json())?;
        Ok(matrix)
    }

    /// Reads what `plan` wrote.
    pub(crate) fn parse(json: &str) -> Result<Self, MatrixError> {
        let matrix: Self = serde_json::from_str(json)?;
        limits::check(&matrix.include)?;
        Ok(matrix)
    }

    /// Its jobs.
    pub(crate) fn jobs(&self) -> &[Job] {
        &self.include
    }

    /// The text of the output `matrix`.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("it has only texts and a list")
    }
}
