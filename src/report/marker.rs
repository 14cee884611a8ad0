//! The first line of our comment: it says whose it is and which run wrote it, and nobody sees it.
//!
//! Anybody can write such a line, so it counts only in a comment of our own.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::action::environment::{self, Environment};

/// Which comment: one for each template in each job of each workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

/// Which run wrote last. Runs have ascending ids, and attempts ascending numbers within a run.
/// <https://docs.github.com/actions/reference/workflows-and-actions/variables>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Writer {
    pub(super) run: u64,
    attempt: u64,
}

/// The line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Which comment.
    pub(crate) key: Key,
    /// Who wrote it.
    pub(crate) writer: Writer,
}

impl Key {
    /// The key of `template` in this job.
    pub(crate) fn of(environment: &Environment, template: &str) -> Self {
        let workflow = environment
            .get(environment::GITHUB_WORKFLOW_REF)
            .unwrap_or_default();
        // `octo-org/images/.github/workflows/image.yml@refs/pull/7/merge`: the ref differs from push to pull request.
        let workflow = workflow.split('@').next().unwrap_or_default();
        let job = environment.get(environment::GITHUB_JOB).unwrap_or_default();
        let template = template.trim_start_matches("./");
        let digest = Sha256::digest(format!("{workflow}\0{job}\0{template}"));
        Self(
            digest
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl Writer {
    /// This run.
    pub(crate) fn of(environment: &Environment) -> Self {
        let number = |name| {
            environment
                .get(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or_default()
        };
        Self {
            run: number(environment::GITHUB_RUN_ID),
            attempt: number(environment::GITHUB_RUN_ATTEMPT),
        }
    }
}

impl Marker {
    /// This run's marker for `template`.
    pub(crate) fn of(environment: &Environment, template: &str) -> Self {
        Self {
            key: Key::of(environment, template),
            writer: Writer::of(environment),
        }
    }

    /// The line without its end.
    pub(crate) fn line(&self) -> String {
        let Writer { run, attempt } = self.writer;
        format!(
            "<!-- ami-build:v1 key={} run={run} attempt={attempt} -->",
            self.key.0
        )
    }

    /// Reads the first line of a comment.
    pub(crate) fn read(body: &str) -> Option<Self> {
        let line = body.lines().next()?;
        let fields = line
            .trim_end()
            .strip_prefix("<!-- ami-build:v1 key=")?
            .strip_suffix(" -->")?;
        let (key, rest) = fields.split_once(" run=")?;
        let (run, attempt) = rest.split_once(" attempt=")?;
        let writer = Writer {
            run: run.parse().ok()?,
            attempt: attempt.parse().ok()?,
        };
        Some(Self {
            key: Key(key.to_owned()),
            writer,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(reference: &str, job: &str) -> Environment {
        let workflow = format!("octo-org/images/.github/workflows/image.yml@{reference}");
        Environment::of([
            ("GITHUB_WORKFLOW_REF", &workflow),
            ("GITHUB_JOB", job),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_RUN_ATTEMPT", "2"),
        ])
    }

    #[test]
    fn a_marker_is_read_as_it_was_written() {
        let marker = Marker::of(&environment("refs/heads/main", "image"), "web.json");
        assert_eq!(
            Marker::read(&format!("{}\r\n### text", marker.line())),
            Some(marker)
        );
    }

    #[test]
    fn a_marker_further_down_is_somebodys_text() {
        let marker = Marker::of(&environment("refs/heads/main", "image"), "web.json");
        assert_eq!(Marker::read(&format!("text\n{}", marker.line())), None);
    }

    #[test]
    fn the_ref_does_not_matter_and_job_and_template_do() {
        let key = |reference, job, template| Key::of(&environment(reference, job), template);
        let base = key("refs/heads/main", "image", "web.json");
        assert_eq!(base, key("refs/pull/7/merge", "image", "./web.json"));
        assert_ne!(base, key("refs/heads/main", "other", "web.json"));
        assert_ne!(base, key("refs/heads/main", "image", "db.json"));
    }

    #[test]
    fn a_later_attempt_is_newer_and_a_later_run_newer_still() {
        let writer = |run, attempt| Writer { run, attempt };
        assert!(writer(1, 2) > writer(1, 1) && writer(2, 1) > writer(1, 9));
    }
}
