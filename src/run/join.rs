//! What the jobs of a matrix came to, as one run. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::matrix::{Job, Matrix};
use crate::report::conclusion::Conclusion;
use crate::report::result::{
    BuildFacts, BuildReport, Failure, NothingCreated, Outcome, Product, Reality,
};
use crate::report::result_file::{BuildRecord, Found, RunRecord};

/// What a build without a result came to.
const MISSING: &str = "there is no result of this build: its job did not run, was cancelled or killed, or did not pass its result on";
/// A build that was not made, beside others that were.
const ONLY_REHEARSED: &str = "this build was only rehearsed, and others of the matrix were built";

/// The results of a matrix.
pub(super) struct Joined {
    /// One for each job, in their order.
    pub(super) builds: Vec<BuildReport>,
    /// Whether they are real.
    pub(super) reality: Reality,
    /// As long as the longest job took.
    pub(super) duration: Duration,
    /// What somebody should know of the files.
    pub(super) notes: Vec<String>,
}

/// Finds the result of every job. Of several attempts the last one counts.
pub(super) fn join(matrix: &Matrix, template: &str, found: Found) -> Joined {
    let mut notes = found.unreadable;
    let (mut records, foreign): (Vec<RunRecord>, Vec<RunRecord>) = found
        .records
        .into_iter()
        .partition(|record| plain(&record.template) == plain(template));
    let others: BTreeSet<String> = foreign.into_iter().map(|record| record.template).collect();
    notes.extend(
        others
            .iter()
            .map(|other| format!("a result of the template `{other}` does not count here")),
    );
    notes.extend(unknown(matrix, &records));
    records.sort_by_key(|record| record.attempt);
    let reality = reality(&records);
    let job = |job: &Job| report(job, &records, reality);
    Joined {
        builds: matrix.jobs().iter().map(job).collect(),
        reality,
        duration: records
            .iter()
            .map(|record| record.duration)
            .max()
            .unwrap_or_default(),
        notes,
    }
}

fn plain(template: &str) -> &str {
    template.trim_start_matches("./")
}

/// Builds that have a result and no job.
fn unknown(matrix: &Matrix, records: &[RunRecord]) -> Vec<String> {
    let known: BTreeSet<&str> = matrix.jobs().iter().map(|job| job.build.as_str()).collect();
    let builds = records.iter().flat_map(|record| &record.builds);
    let names: BTreeSet<&str> = builds.map(|build| build.facts.name.as_str()).collect();
    let unknown = names.difference(&known);
    unknown
        .map(|name| format!("the matrix has no build `{name}`, whose result is there"))
        .collect()
}

/// Built, where one of them was. Else the kind of rehearsal that all were.
fn reality(records: &[RunRecord]) -> Reality {
    let all = || records.iter().map(|record| record.reality);
    if all().any(|reality| reality == Reality::Built) {
        return Reality::Built;
    }
    all().next_back().unwrap_or_default()
}

fn report(job: &Job, records: &[RunRecord], run: Reality) -> BuildReport {
    let newest = records.iter().rev().find_map(|record| {
        let own = |build: &&BuildRecord| build.facts.name == job.build;
        if let Some(build) = record.builds.iter().find(own) {
            return Some((record, Some(build)));
        }
        // What is wrong with the whole template has no build.
        let asked = record.only.contains(&job.build) && !record.problems.is_empty();
        asked.then_some((record, None))
    });
    match newest {
        Some((record, Some(_))) if record.reality != run => failed(job, ONLY_REHEARSED),
        Some((_, Some(build))) => build.clone().into_report(),
        Some((record, None)) => ended(
            job,
            Outcome::Invalid {
                problems: record.problems.clone(),
            },
        ),
        None => failed(job, MISSING),
    }
}

fn failed(job: &Job, error: &str) -> BuildReport {
    ended(
        job,
        Outcome::Failed(Failure {
            conclusion: Conclusion::Failure,
            error: error.to_owned(),
            log_tail: Vec::new(),
            product: Product::Nothing,
        }),
    )
}

fn ended(job: &Job, outcome: Outcome) -> BuildReport {
    let facts = BuildFacts {
        name: job.build.clone(),
        kind: job.kind.clone(),
        outcome,
        timeline: Vec::new(),
        advice: Vec::new(),
        rehearsed: None,
    };
    BuildReport::new(facts, &NothingCreated)
}

#[cfg(test)]
mod tests;
