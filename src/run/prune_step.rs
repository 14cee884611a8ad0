//! What a pruning came to, told to whoever asked for it: the console, and in a workflow the job summary and the outputs too.

use std::time::Instant;

use super::Outcome;
use super::prune::{self, PruneContext};
use crate::action::commands::{self, Level};
use crate::action::files::CommandFiles;
use crate::cli::sweep_options::Printed;
use crate::error::chain;
use crate::prune::PruneOptions;
use crate::report::conclusion::Conclusion;
use crate::report::console::Console;
use crate::report::markdown::Scribe;
use crate::report::outputs::OutputWriter;
use crate::report::pruned::PruneReport;

/// The title of our annotations.
const TITLE: &str = "Prune";

/// Prunes and reports. Outside of a runner there is no summary and there are no outputs.
pub(super) async fn prune(options: &PruneOptions, cx: PruneContext<'_>, begin: Instant) -> Outcome {
    let files = CommandFiles::of(cx.environment);
    let outputs = OutputWriter::new(files.clone());
    let conclusion = match Box::pin(prune::prune(options, cx)).await {
        Ok(report) => {
            show(&report, options.printed, cx.console);
            annotate(&report, cx);
            written(&report, cx, (&files, &outputs))
        }
        Err(error) => {
            let text = error.shown();
            cx.console.error(&format!("Error: {text}"));
            say_to_runner(cx, Level::Error, &text);
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

/// Shows the report, in the form that was asked for.
fn show(report: &PruneReport, printed: Printed, console: &Console) {
    for thing in &report.things {
        let arguments = [
            thing.fate.word(),
            thing.kind,
            &thing.id,
            thing.region.as_str(),
            &thing.why,
        ];
        console.event("", "prune", &arguments);
    }
    if printed == Printed::Json {
        console.say(&report.json().to_string());
        return;
    }
    let table = report.table();
    if !table.is_empty() {
        console.say(&table);
    }
    for one in &report.not_searched {
        let (region, why) = (&one.region, &one.why);
        console.error(&format!("Not looked at: `{region}`\n  why: {why}"));
    }
    for what in &report.unchecked {
        console.error(&format!("Not checked: {what}"));
    }
    for thing in &report.things {
        if let Some(command) = &thing.command {
            console.error(&format!(
                "Still there: {} `{}` in `{}`\n  why: {}\n  remove it with: {command}",
                thing.kind, thing.id, thing.region, thing.why
            ));
        }
    }
    console.say(&report.sentence());
}

fn annotate(report: &PruneReport, cx: PruneContext<'_>) {
    let (level, text) = match report.conclusion {
        Conclusion::Success if report.is_dry => (
            Level::Notice,
            "this was a dry run: `dry-run: false` removes what the job summary lists as planned",
        ),
        Conclusion::Success => return,
        Conclusion::Leftover => (
            Level::Error,
            "something that was to go is still there: the job summary says what, why and how to remove it",
        ),
        Conclusion::Cancelled => (Level::Error, "stopped before everything was removed"),
        _ => (
            Level::Error,
            "a region could not be looked at: the job summary says which and why",
        ),
    };
    say_to_runner(cx, level, text);
}

fn say_to_runner(cx: PruneContext<'_>, level: Level, text: &str) {
    if cx.environment.is_runner() {
        let annotation = commands::annotation(level, TITLE, None, text);
        cx.console.command(&annotation);
    }
}

fn written(
    report: &PruneReport,
    cx: PruneContext<'_>,
    (files, outputs): (&CommandFiles, &OutputWriter),
) -> Conclusion {
    let summary = report.markdown(Scribe::new(cx.console.redactor()));
    let failures = [
        files.summary(&summary).err().map(|error| chain(&error)),
        outputs
            .pruned(&report.json())
            .err()
            .map(|error| chain(&error)),
    ];
    let mut conclusion = report.conclusion;
    for failure in failures.into_iter().flatten() {
        cx.console.error(&format!("Error: {failure}"));
        conclusion = Conclusion::of_all([conclusion, Conclusion::Report]);
    }
    conclusion
}
