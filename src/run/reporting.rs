//! The end of a run: the report, to the outputs, the job summary and the comment.

use std::time::{Duration, Instant};

use super::Outcome;
use super::context::RunContext;
use crate::action::commands::{self, Level};
use crate::action::files::CommandFiles;
use crate::action::inputs::CommentMode;
use crate::error::chain;
use crate::report::conclusion::Conclusion;
use crate::report::links;
use crate::report::publish::{CommentBy, Destinations, publish};
use crate::report::rehearsed;
use crate::report::result::{BuildReport, Reality, RunReport};
use crate::report::result_file;

/// GitHub gets this long to take the comment.
const COMMENT_LIMIT: Duration = Duration::from_secs(60);

/// Writes what there is to write, and says whether all is well with the run.
pub(super) async fn report(
    cx: &RunContext,
    builds: Vec<BuildReport>,
    problems: Vec<String>,
    begin: Instant,
) -> Outcome {
    let report = RunReport {
        reality: cx.reality(),
        template: cx.options.template.template.clone(),
        builds,
        problems,
        stopped: cx.stop.requested().map(|request| request.reason),
        duration: begin.elapsed(),
        log_url: links::run(&cx.environment),
    };
    write_result(&report, cx);
    publish_to_all(&report, cx).await
}

/// The job that joins results misses a file that is not there, and says so.
fn write_result(report: &RunReport, cx: &RunContext) {
    let whose = (&cx.environment, cx.owner);
    let options = &cx.options.template;
    let written = result_file::write(report, options, whose, cx.console.redactor());
    let told = match written {
        Ok(Some(name)) => cx.outputs.result_file(&name).map_err(|error| chain(&error)),
        Ok(None) => Ok(()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = told {
        let text = format!("the result could not be written for another job: {error}");
        cx.console.error(&format!("Warning: {text}"));
    }
}

/// Takes the report to everybody who waits for it, and says whether all is well with the run.
pub(super) async fn publish_to_all(report: &RunReport, cx: &RunContext) -> Outcome {
    let files = CommandFiles::of(&cx.environment);
    let comment = match cx.comment.mode {
        CommentMode::Auto => cx.comment.token.as_ref().map(|token| CommentBy {
            token,
            pull_request: cx.comment.pull_request,
            limit: COMMENT_LIMIT,
        }),
        CommentMode::Never => None,
    };
    let to = Destinations {
        environment: &cx.environment,
        files: &files,
        outputs: &cx.outputs,
        console: &cx.console,
        comment,
    };
    if let Err(error) = publish(report, to, &cx.stop).await {
        let text = chain(&error);
        cx.console.error(&format!("Error: {text}"));
        cx.console
            .command(&commands::annotation(Level::Error, "Report", None, &text));
        return Outcome::Failed;
    }
    if report.reality != Reality::Built {
        rehearsed::print(report, &cx.console);
    }
    match report.conclusion() {
        Conclusion::Success | Conclusion::Rehearsed => Outcome::Succeeded,
        _ => Outcome::Failed,
    }
}
