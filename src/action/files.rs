//! The runner's command files: outputs, state for the post step, the job summary.
//!
//! They are read after the step, even when it was killed, so each record is written by one call and at once.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::environment::{self, Environment};

/// The runner drops a summary above 1 MiB whole (`CreateStepSummaryCommand`).
const LARGEST_SUMMARY: usize = 1024 * 1024;

/// Where the records of one step go; nowhere outside a runner.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandFiles {
    output: Option<PathBuf>,
    state: Option<PathBuf>,
    summary: Option<PathBuf>,
}

/// A record that could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// The file cannot be opened or written.
    #[error("cannot write to `{path}`", path = path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No random delimiter can be had.
    #[error("no random bytes for a delimiter")]
    Random(#[source] std::io::Error),
}

impl CommandFiles {
    /// No files at all.
    pub(crate) fn nowhere() -> Self {
        Self::default()
    }

    /// The files that the runner names.
    pub(crate) fn of(environment: &Environment) -> Self {
        let path = |name| environment.get(name).map(PathBuf::from);
        Self {
            output: path(environment::GITHUB_OUTPUT),
            state: path(environment::GITHUB_STATE),
            summary: path(environment::GITHUB_STEP_SUMMARY),
        }
    }

    /// Writes a step output.
    pub(crate) fn output(&self, name: &str, value: &str) -> Result<(), FileError> {
        record(self.output.as_deref(), name, value)
    }

    /// Writes a value that only our own post step sees, as `STATE_name`.
    pub(crate) fn state(&self, name: &str, value: &str) -> Result<(), FileError> {
        record(self.state.as_deref(), name, value)
    }

    /// Adds Markdown to the job summary, cut where the runner would drop all of it.
    pub(crate) fn summary(&self, markdown: &str) -> Result<(), FileError> {
        let Some(path) = &self.summary else {
            return Ok(());
        };
        let present = std::fs::metadata(path)
            .map_or(0, |data| usize::try_from(data.len()).unwrap_or(usize::MAX));
        append(
            path,
            cut(markdown, LARGEST_SUMMARY.saturating_sub(present)).as_bytes(),
        )
    }
}

/// Always the heredoc form, with a delimiter that nobody can guess: a value with a line break could forge further records otherwise.
fn record(path: Option<&Path>, name: &str, value: &str) -> Result<(), FileError> {
    let Some(path) = path else { return Ok(()) };
    let mut random = [0_u8; 16];
    // getrandom's error is a std error only with its feature `std`.
    getrandom::fill(&mut random)
        .map_err(|error| FileError::Random(std::io::Error::other(error.to_string())))?;
    let delimiter = format!("ami_build_{:032x}", u128::from_be_bytes(random));
    append(
        path,
        format!("{name}<<{delimiter}\n{value}\n{delimiter}\n").as_bytes(),
    )
}

fn append(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = |source| FileError::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(failed)?;
    file.write_all(bytes).map_err(failed)
}

fn cut(markdown: &str, room: usize) -> String {
    const NOTICE: &str = "\n\n*The rest did not fit into the job summary.*\n";
    if markdown.len() <= room {
        return markdown.to_owned();
    }
    let mut end = room.saturating_sub(NOTICE.len());
    while !markdown.is_char_boundary(end) {
        end -= 1;
    }
    if end == 0 {
        String::new()
    } else {
        format!("{}{NOTICE}", &markdown[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("output");
        let environment = Environment::of([("GITHUB_OUTPUT", path.to_str().unwrap())]);
        CommandFiles::of(&environment)
            .output("ami-id", value)
            .unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_value_with_line_breaks_stays_one_value() {
        let text = written("ami-1\nami-ids=forged");
        let lines: Vec<&str> = text.lines().collect();
        let delimiter = lines[0].strip_prefix("ami-id<<").unwrap();
        assert_eq!(lines, [lines[0], "ami-1", "ami-ids=forged", delimiter]);
    }

    #[test]
    fn the_delimiter_is_another_one_each_time() {
        assert_ne!(written("x"), written("x"));
    }

    #[test]
    fn outside_a_runner_nothing_is_written() {
        CommandFiles::default().output("ami-id", "ami-1").unwrap();
    }

    #[test]
    fn a_summary_is_cut_before_the_runner_drops_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("summary");
        let environment = Environment::of([("GITHUB_STEP_SUMMARY", path.to_str().unwrap())]);
        CommandFiles::of(&environment)
            .summary(&"ä".repeat(LARGEST_SUMMARY))
            .unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            text.len() <= LARGEST_SUMMARY && text.ends_with("job summary.*\n"),
            "{}",
            text.len()
        );
    }
}
