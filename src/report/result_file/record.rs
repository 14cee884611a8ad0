//! The file's form.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::report::result::{BuildFacts, BuildReport, Reality, Remainder, RunReport, Settlement};

/// The form that is written and read. Another number is another form.
pub(super) const VERSION: u32 = 1;

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    /// The version; its name says what the file is.
    #[serde(rename = "ami-build-result")]
    pub(super) version: u32,
    /// The template's path, as the user wrote it.
    pub(crate) template: String,
    /// The names in `only`.
    pub(crate) only: Vec<String>,
    /// The attempt of the workflow's run: a later one counts for more.
    pub(crate) attempt: u64,
    /// Whether it is real.
    pub(crate) reality: Reality,
    /// What went wrong before there were builds.
    pub(crate) problems: Vec<String>,
    /// Wall time.
    pub(crate) duration: Duration,
    /// Its builds.
    pub(crate) builds: Vec<BuildRecord>,
}

/// A build that is over and settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BuildRecord {
    /// What happened.
    pub(crate) facts: BuildFacts,
    /// What was removed.
    pub(crate) cleaned: Vec<String>,
    /// What is still there.
    pub(crate) remaining: Vec<Remainder>,
}

impl RunRecord {
    /// Of a run that is over.
    pub(super) fn new(report: &RunReport, only: &[String], attempt: u64) -> Self {
        let record = |build: &BuildReport| BuildRecord {
            facts: build.facts().clone(),
            cleaned: build.cleaned().to_vec(),
            remaining: build.remaining().to_vec(),
        };
        Self {
            version: VERSION,
            template: report.template.clone(),
            only: only.to_vec(),
            attempt,
            reality: report.reality,
            problems: report.problems.clone(),
            duration: report.duration,
            builds: report.builds.iter().map(record).collect(),
        }
    }
}

impl BuildRecord {
    /// The report that it was made from.
    pub(crate) fn into_report(self) -> BuildReport {
        let settled = Recorded {
            cleaned: self.cleaned,
            remaining: self.remaining,
        };
        BuildReport::new(self.facts, &settled)
    }
}

/// The ledger was settled in the job that wrote the file.
struct Recorded {
    cleaned: Vec<String>,
    remaining: Vec<Remainder>,
}

impl Settlement for Recorded {
    fn removed(&self) -> Vec<String> {
        self.cleaned.clone()
    }

    fn remaining(&self) -> Vec<Remainder> {
        self.remaining.clone()
    }
}

/// The record of a report, without a file.
#[cfg(test)]
pub(crate) fn recorded(report: &RunReport, only: &[String], attempt: u64) -> RunRecord {
    RunRecord::new(report, only, attempt)
}
