//! `command: sweep` in a workflow: what it came to goes to the job summary and to the outputs too.

use std::time::Instant;

use super::Outcome;
use super::sweep::{self, SweepContext};
use crate::action::commands::{self, Level};
use crate::action::files::CommandFiles;
use crate::cli::sweep_options::{Printed, SweepOptions};
use crate::error::chain;
use crate::report::conclusion::Conclusion;
use crate::report::markdown::Scribe;
use crate::report::outputs::OutputWriter;
use crate::report::swept::SweepReport;

/// The title of our annotations.
const TITLE: &str = "Sweep";

/// Sweeps and reports.
pub(super) async fn sweep(options: &SweepOptions, cx: SweepContext<'_>, begin: Instant) -> Outcome {
    let files = CommandFiles::of(cx.environment);
    let outputs = OutputWriter::new(files.clone());
    let conclusion = match sweep::sweep(options, cx).await {
        Ok(report) => {
            sweep::show(&report, Printed::Table, cx.console);
            annotate(&report, cx);
            written(&report, cx, (&files, &outputs))
        }
        Err(error) => {
            let text = error.shown();
            cx.console.error(&format!("Error: {text}"));
            let annotation = commands::annotation(Level::Error, TITLE, None, &text);
            cx.console.command(&annotation);
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

fn written(
    report: &SweepReport,
    cx: SweepContext<'_>,
    (files, outputs): (&CommandFiles, &OutputWriter),
) -> Conclusion {
    let summary = report.markdown(Scribe::new(cx.console.redactor()));
    let failures = [
        files.summary(&summary).err().map(|error| chain(&error)),
        outputs
            .swept(&report.json())
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

fn annotate(report: &SweepReport, cx: SweepContext<'_>) {
    let annotate = |text: &str| {
        let annotation = commands::annotation(Level::Error, TITLE, None, text);
        cx.console.command(&annotation);
    };
    match report.conclusion {
        Conclusion::Success => {}
        Conclusion::Leftover => annotate(
            "something that earlier builds left is still there: the job summary says what, why and how to remove it",
        ),
        Conclusion::Cancelled => annotate("stopped before everything was removed"),
        _ => annotate("something could not be looked for: the job summary says what and why"),
    }
}
