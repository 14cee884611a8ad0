//! Takes a finished report to everybody who waits for it: outputs, job summary, pull request.

use std::time::Duration;

use super::conclusion::Conclusion;
use super::console::Console;
use super::marker::Marker;
use super::outputs::{OutputError, OutputWriter};
use super::result::RunReport;
use super::sticky::{self, Before, Posted, Posting, Skip, Text};
use super::{chronicle, summary};
use crate::action::commands::{self, Level};
use crate::action::environment::Environment;
use crate::action::files::{CommandFiles, FileError};
use crate::error::on_one_line;
use crate::secret::{Redactor, Secret};
use crate::stop::Stop;

/// The title of our annotations on the comment.
const TITLE: &str = "Comment";

/// Where a report goes.
#[derive(Clone, Copy)]
pub(crate) struct Destinations<'a> {
    /// Which run, and whose.
    pub(crate) environment: &'a Environment,
    /// For the job summary.
    pub(crate) files: &'a CommandFiles,
    /// For the outputs.
    pub(crate) outputs: &'a OutputWriter,
    /// For notices, and for the redactor.
    pub(crate) console: &'a Console,
    /// Where a comment is wanted and can be written.
    pub(crate) comment: Option<CommentBy<'a>>,
}

/// Who comments where, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommentBy<'a> {
    /// The token.
    pub(crate) token: &'a Secret,
    /// The input `pr-number`.
    pub(crate) pull_request: Option<u64>,
    /// After a cancel there are seconds, otherwise a minute or two.
    pub(crate) limit: Duration,
}

/// A report that did not reach the runner. A comment that was not written is none of these: it is said and forgiven.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    /// The outputs.
    #[error("the outputs could not be written")]
    Outputs(#[from] OutputError),
    /// The summary.
    #[error("the job summary could not be written")]
    Summary(#[source] FileError),
}

/// The report as a comment.
struct Story<'a> {
    report: &'a RunReport,
    redactor: &'a Redactor,
}

impl Text for Story<'_> {
    fn compose(&self, marker: &Marker, before: &Before, room: usize) -> String {
        chronicle::compose(self.report, self.redactor, marker, (before, room))
    }
}

/// Writes everything; what can be written at once comes before what needs GitHub.
pub(crate) async fn publish(
    report: &RunReport,
    to: Destinations<'_>,
    stop: &Stop,
) -> Result<(), PublishError> {
    let redactor = to.console.redactor();
    let summary = summary::render(report, redactor);
    let summarised = to.files.summary(&summary).map_err(PublishError::Summary);
    // The summary comes first, so that the output `conclusion` can tell that it is missing.
    let unreported = summarised.is_err().then_some(Conclusion::Report);
    let conclusion = Conclusion::of_all(unreported.into_iter().chain([report.conclusion()]));
    to.outputs.finish(conclusion, report.duration)?;
    summarised?;
    let Some(by) = to.comment else {
        return Ok(());
    };
    let posting = Posting {
        environment: to.environment,
        token: by.token,
        pull_request: by.pull_request,
        template: &report.subject(),
        text: &Story { report, redactor },
    };
    match sticky::post(&posting, by.limit, stop).await {
        Ok(posted) => tell(&posted, to)?,
        Err(error) => annotate(Level::Warning, &on_one_line(&error), to.console),
    }
    Ok(())
}

fn tell(posted: &Posted, to: Destinations<'_>) -> Result<(), OutputError> {
    match posted {
        Posted::Created(url) | Posted::Edited(url) | Posted::Unchanged(url) => {
            to.outputs.comment_url(url)
        }
        // Most runs on a branch are like that.
        Posted::Skipped(skip @ Skip::NoPullRequest) => {
            log::info!("{skip}");
            Ok(())
        }
        Posted::Skipped(skip) => {
            annotate(Level::Notice, &skip.to_string(), to.console);
            Ok(())
        }
    }
}

fn annotate(level: Level, text: &str, console: &Console) {
    let text = console.redactor().redact(text);
    console.command(&commands::annotation(level, TITLE, None, &text));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::stub::{Reply, Stub};
    use crate::report::console::tests::console;
    use crate::report::console::{Form, Reader};
    use crate::report::outputs::Builds;
    use crate::report::result::tests::{run, succeeded};

    /// Publishes a report to a GitHub that answers everything like that: console, outputs and summary.
    async fn published(status: u16, message: &'static str) -> (String, String, String) {
        let server =
            Stub::start(move |_| Reply::json(status, &json!({ "message": message }))).await;
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let environment = Environment::of([
            ("GITHUB_API_URL", &server.url),
            ("GITHUB_REPOSITORY", "octo-org/images"),
            ("GITHUB_OUTPUT", &path("output")),
            ("GITHUB_STEP_SUMMARY", &path("summary")),
        ]);
        let files = CommandFiles::of(&environment);
        let outputs = OutputWriter::new(files.clone());
        outputs.expect(Builds::One);
        let (console, captured) = console(Form::Human, Reader::Runner);
        let token = Secret::new("token");
        let comment = Some(CommentBy {
            token: &token,
            pull_request: Some(7),
            limit: Duration::from_millis(500),
        });
        let to = Destinations {
            environment: &environment,
            files: &files,
            outputs: &outputs,
            console: &console,
            comment,
        };
        publish(&run(vec![succeeded("web")]), to, &Stop::never())
            .await
            .unwrap();
        let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
        (captured.text(), read("output"), read("summary"))
    }

    #[tokio::test]
    async fn a_token_that_may_not_write_is_one_notice() {
        let (console, outputs, summary) =
            published(403, "Resource not accessible by integration").await;
        assert_eq!(
            console,
            "::notice title=Comment::no comment: the token may not write one; the job needs `permissions: pull-requests: write`\n"
        );
        assert!(
            outputs.contains("\nsuccess\n") && !outputs.contains("comment-url"),
            "{outputs}"
        );
        assert!(summary.starts_with("### ami-build"), "{summary}");
    }

    #[tokio::test]
    async fn a_summary_that_cannot_be_written_shows_in_the_conclusion() {
        let directory = tempfile::tempdir().unwrap();
        let output = directory.path().join("output");
        let environment = Environment::of([
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
            // No file can be opened under the name of a directory.
            ("GITHUB_STEP_SUMMARY", directory.path().to_str().unwrap()),
        ]);
        let files = CommandFiles::of(&environment);
        let outputs = OutputWriter::new(files.clone());
        let (console, _) = console(Form::Human, Reader::Runner);
        let to = Destinations {
            environment: &environment,
            files: &files,
            outputs: &outputs,
            console: &console,
            comment: None,
        };
        let published = publish(&run(vec![succeeded("web")]), to, &Stop::never()).await;
        assert!(matches!(published, Err(PublishError::Summary(_))));
        let written = std::fs::read_to_string(output).unwrap();
        assert!(written.contains("\nreport\n"), "{written}");
    }

    #[tokio::test]
    async fn a_github_that_is_down_is_a_warning_with_its_cause() {
        let (console, ..) = published(503, "unicorn").await;
        assert!(
            console.starts_with("::warning title=Comment::the comment could not be written"),
            "{console}"
        );
        assert!(
            console.contains("GitHub answered 503 to `GET /user`: unicorn"),
            "{console}"
        );
    }
}
