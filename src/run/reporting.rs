//! The end of a run in the action: outputs, job summary, comment. A report that cannot be written never hides what was built.

use std::time::{Duration, Instant};

use super::Outcome;
use super::context::RunContext;
use crate::action::commands::{self, Level};
use crate::action::environment::{GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SERVER_URL};
use crate::action::files::CommandFiles;
use crate::action::inputs::CommentMode;
use crate::error::chain;
use crate::report::conclusion::Conclusion;
use crate::report::result::{BuildReport, RunReport};
use crate::report::sticky::{self, Posting};
use crate::report::summary::{self, Target};

/// GitHub gets this long to take the comment.
const COMMENT_LIMIT: Duration = Duration::from_secs(60);

/// Writes what there is to write, and says whether all is well with the run.
pub(super) async fn report(cx: &RunContext, builds: Vec<BuildReport>, problems: Vec<String>, begin: Instant) -> Outcome {
    let report = RunReport { template: cx.options.template.template.clone(), builds, problems, duration: begin.elapsed(), log_url: log_url(cx) };
    if cx.on_runner() {
        write_summary(cx, &report);
        comment(cx, &report).await;
    }
    let conclusion = report.conclusion();
    if let Err(error) = cx.outputs.finish(conclusion, report.duration) {
        complain(cx, &chain(&error));
        return Outcome::Failed;
    }
    if conclusion == Conclusion::Success { Outcome::Succeeded } else { Outcome::Failed }
}

fn write_summary(cx: &RunContext, report: &RunReport) {
    let markdown = summary::render(report, cx.console.redactor(), Target::Summary);
    if let Err(error) = CommandFiles::of(&cx.environment).summary(&markdown) {
        complain(cx, &chain(&error));
    }
}

async fn comment(cx: &RunContext, report: &RunReport) {
    let Some(token) = &cx.comment.token else { return };
    if cx.comment.mode == CommentMode::Never || cx.stop.requested().is_some() {
        return;
    }
    let body = summary::render(report, cx.console.redactor(), Target::Comment);
    let posting = Posting { environment: &cx.environment, token, pull_request: cx.comment.pull_request, template: &report.template, body: &body };
    match sticky::post(&posting, COMMENT_LIMIT, &cx.stop).await {
        Ok(posted) => tell(cx, &posted),
        Err(error) => complain(cx, &chain(&error)),
    }
}

fn tell(cx: &RunContext, posted: &sticky::Posted) {
    if let sticky::Posted::Skipped(skip) = posted {
        if *skip != sticky::Skip::NoPullRequest {
            cx.console.command(&commands::annotation(Level::Notice, "Comment", None, &skip.to_string()));
        }
        cx.console.say(&skip.to_string());
    }
    if let Some(url) = posted.url()
        && let Err(error) = cx.outputs.comment_url(url)
    {
        complain(cx, &chain(&error));
    }
}

fn complain(cx: &RunContext, text: &str) {
    cx.console.error(&format!("Warning: {text}"));
    cx.console.command(&commands::annotation(Level::Warning, "Report", None, text));
}

fn log_url(cx: &RunContext) -> Option<String> {
    let value = |name| cx.environment.get(name);
    Some(format!("{}/{}/actions/runs/{}", value(GITHUB_SERVER_URL)?, value(GITHUB_REPOSITORY)?, value(GITHUB_RUN_ID)?))
}
