//! What a promotion came to, told to whoever asked for it: the console, and in a workflow the job summary and the outputs too.

use std::time::Instant;

use super::promote::{self, PromoteContext};
use crate::action::commands::{self, Level};
use crate::action::files::CommandFiles;
use crate::cli::promote_options::PromoteRequest;
use crate::error::chain;
use crate::promote::Promoted;
use crate::report::chronicle::stage::{Stage, Turn};
use crate::report::conclusion::Conclusion;
use crate::report::markdown::Scribe;
use crate::report::outputs::OutputWriter;
use crate::run::Outcome;
use crate::run::comment_turns::{self, MOST_PULL_REQUESTS, Teller};

/// The title of our annotations.
const TITLE: &str = "Promote";

/// Promotes and reports. Outside of a runner there is no summary and there are no outputs.
pub(in crate::run) async fn promote(
    request: &PromoteRequest,
    cx: PromoteContext<'_>,
    begin: Instant,
) -> Outcome {
    let files = CommandFiles::of(cx.environment);
    let outputs = OutputWriter::new(files.clone());
    let conclusion = match Box::pin(promote::promote(request, cx)).await {
        Ok(promoted) => {
            cx.console.say(&promoted.text());
            let conclusion = written(&promoted, cx, (&files, &outputs));
            told_in_comments(&promoted, cx).await;
            conclusion
        }
        Err(error) => {
            let text = cx.console.redactor().redact(&error.shown());
            cx.console.error(&format!("Error: {text}"));
            if cx.environment.is_runner() {
                let annotation = commands::annotation(Level::Error, TITLE, None, &text);
                cx.console.command(&annotation);
            }
            error.conclusion()
        }
    };
    if let Err(error) = outputs.finish(conclusion, begin.elapsed()) {
        log::error!("{}", chain(&error));
        return Outcome::Failed;
    }
    match conclusion {
        Conclusion::Success => Outcome::Succeeded,
        _ => Outcome::Failed,
    }
}

/// Says in the comments of the pull requests that their image is the release. Whatever comes in between costs the promotion nothing.
async fn told_in_comments(promoted: &Promoted, cx: PromoteContext<'_>) {
    let turn = Turn {
        image: promoted.tested.clone(),
        stage: Stage::Promoted {
            name: promoted.name.clone(),
            images: promoted.images.clone(),
        },
    };
    let newest = promoted.pull_requests.iter().rev().take(MOST_PULL_REQUESTS);
    let turns = newest.map(|number| (*number, vec![turn.clone()])).collect();
    let teller = Teller {
        title: TITLE,
        console: cx.console,
        environment: cx.environment,
        comments: cx.comments,
        stop: cx.stop,
    };
    comment_turns::tell(&turns, teller).await;
}

fn written(
    promoted: &Promoted,
    cx: PromoteContext<'_>,
    (files, outputs): (&CommandFiles, &OutputWriter),
) -> Conclusion {
    let summary = promoted.markdown(Scribe::new(cx.console.redactor()));
    let failures = [
        outputs.promoted(promoted).err().map(|error| chain(&error)),
        files.summary(&summary).err().map(|error| chain(&error)),
    ];
    let mut conclusion = Conclusion::Success;
    for failure in failures.into_iter().flatten() {
        cx.console.error(&format!("Error: {failure}"));
        conclusion = Conclusion::Report;
    }
    conclusion
}
