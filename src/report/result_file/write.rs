//! Writes the file, below the job's temporary directory.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::read::LARGEST;
use super::record::RunRecord;
use crate::action::environment::{Environment, GITHUB_RUN_ATTEMPT, RUNNER_TEMP};
use crate::cli::options::TemplateOptions;
use crate::ownership::{FileOwner, create_directories, hand_over};
use crate::report::result::{Outcome, RunReport};
use crate::secret::Redactor;

/// Below `RUNNER_TEMP`, for all results of the job.
const DIRECTORY: &str = "ami-build-results";
/// A longer text is cut: no error of a build is that long, and the log has all of it.
const LONGEST_TEXT: usize = 16 * 1024;

/// Where results lie: nowhere outside of a runner.
pub(crate) fn directory(environment: &Environment) -> Option<PathBuf> {
    let temporary = environment
        .get(RUNNER_TEMP)
        .filter(|_| environment.is_runner())?;
    Some(Path::new(temporary).join(DIRECTORY))
}

/// The file's path below `runner.temp`, which is another directory in a container than beside it. Two jobs of one matrix differ in
/// what they select, so their files can lie side by side.
pub(crate) fn name(options: &TemplateOptions) -> String {
    let (only, except) = (options.only.join("\n"), options.except.join("\n"));
    let digest = Sha256::digest(format!("{}\0{only}\0{except}", options.template));
    let hex: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{DIRECTORY}/result-{hex}.json")
}

/// Writes what a run came to, and gives the name of the file; outside of a runner there is none. Nothing secret is in it.
pub(crate) fn write(
    report: &RunReport,
    options: &TemplateOptions,
    (environment, owner): (&Environment, Option<FileOwner>),
    redactor: &Redactor,
) -> io::Result<Option<String>> {
    let Some(temporary) = environment
        .get(RUNNER_TEMP)
        .filter(|_| environment.is_runner())
    else {
        return Ok(None);
    };
    let attempt = environment.get(GITHUB_RUN_ATTEMPT);
    let attempt = attempt.and_then(|text| text.parse().ok()).unwrap_or(1);
    let text = text(RunRecord::new(report, &options.only, attempt), redactor)?;
    let name = name(options);
    let path = Path::new(temporary).join(&name);
    create_directories(path.parent().unwrap_or(&path), owner)?;
    // Whoever is killed meanwhile leaves no half of a file under the name that is read.
    let beside = path.with_extension("part");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    hand_over(&file, owner);
    std::fs::rename(&beside, &path)?;
    Ok(Some(name))
}

/// The record as text that will be read. Where it is too long, what explains least goes first.
fn text(mut record: RunRecord, redactor: &Redactor) -> io::Result<String> {
    let whole = written(&record, redactor)?;
    if fits(&whole) {
        return Ok(whole);
    }
    for build in &mut record.builds {
        build.facts.timeline.clear();
        build.cleaned.clear();
        build.facts.rehearsed = None;
    }
    let shorter = written(&record, redactor)?;
    if fits(&shorter) {
        return Ok(shorter);
    }
    for build in &mut record.builds {
        if let Outcome::Failed(failure) = &mut build.facts.outcome {
            failure.log_tail.clear();
        }
        build.facts.advice.clear();
    }
    written(&record, redactor)
}

fn fits(text: &str) -> bool {
    text.len() as u64 <= LARGEST
}

fn written(record: &RunRecord, redactor: &Redactor) -> io::Result<String> {
    let mut value = serde_json::to_value(record)?;
    clean(&mut value, redactor);
    serde_json::to_string(&value).map_err(Into::into)
}

fn clean(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => {
            *text = redactor.redact(text);
            text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| clean(value, redactor)),
        Value::Object(members) => {
            for (key, value) in members.iter_mut() {
                if !is_ours(key, value) {
                    clean(value, redactor);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Ids that EC2 gave and words of this form, which a short secret may be a part of. Nothing of the user's is in them.
fn is_ours(key: &str, value: &Value) -> bool {
    match key {
        "ids" | "snapshots" | "region" | "instance" | "id" => true,
        "reality" | "conclusion" | "intent" => true,
        "product" | "reuse" => value.is_string(),
        "volumes" => value.is_array(),
        _ => false,
    }
}
