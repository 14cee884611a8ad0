//! `plan`: the builds of a template as a matrix of jobs, for the console, and in a workflow for outputs and job summary too.

use std::time::Instant;

use super::planned::{self, PlanContext, Told};
use super::rehearse;
use super::{Outcome, Start};
use crate::action::commands::Level;
use crate::action::files::CommandFiles;
use crate::cli::plan_options::PlanOptions;
use crate::cli::sweep_options::Printed;
use crate::error::chain;
use crate::matrix::Matrix;
use crate::report::conclusion::Conclusion;
use crate::report::console::Console;
use crate::report::markdown::Scribe;
use crate::report::outputs::OutputWriter;
use crate::report::plan_report::PlanReport;
use crate::stop::Stop;

/// Why nothing is asked.
const FORK: &str = "a pull request from a fork has no credentials, so nothing was asked of AWS";

/// `ami-build plan`.
pub(super) async fn on_command_line(
    options: &PlanOptions,
    console: &Console,
    start: &Start,
    stop: &Stop,
) -> Outcome {
    let cx = PlanContext {
        console,
        environment: &start.environment,
        stop,
    };
    plan(options, cx, Instant::now()).await
}

/// Plans and reports. Outside of a runner there is no summary and there are no outputs.
pub(super) async fn plan(options: &PlanOptions, cx: PlanContext<'_>, begin: Instant) -> Outcome {
    let mut report = PlanReport {
        template: options.template.template.clone(),
        unasked: rehearse::is_of_a_fork(cx.environment).then_some(FORK),
        ..PlanReport::default()
    };
    if let Some(why) = report.unasked {
        planned::annotate(Level::Notice, why, cx.console);
    }
    let planned = planned::plan(&options.template, options.force, cx).await;
    let matrix = planned.and_then(|plan| planned::matrix(&plan, None, cx.console));
    let conclusion = match matrix {
        Ok(matrix) => {
            report.jobs = matrix.jobs().to_vec();
            show(&report, &matrix, options.printed, cx);
            told(&matrix, cx)
        }
        Err(Told(problems)) => {
            report.problems = problems;
            Conclusion::Invalid
        }
    };
    concluded(conclusion, &report, cx, begin)
}

fn show(report: &PlanReport, matrix: &Matrix, printed: Printed, cx: PlanContext<'_>) {
    match printed {
        Printed::Json => cx.console.say(&matrix.json()),
        Printed::Table => cx.console.say(&report.table()),
    }
}

/// Writes the output that the next jobs are made of.
fn told(matrix: &Matrix, cx: PlanContext<'_>) -> Conclusion {
    let outputs = OutputWriter::new(CommandFiles::of(cx.environment));
    match outputs.matrix(matrix) {
        Ok(()) => Conclusion::Success,
        Err(error) => {
            cx.console.error(&format!("Error: {}", chain(&error)));
            Conclusion::Report
        }
    }
}

fn concluded(
    conclusion: Conclusion,
    report: &PlanReport,
    cx: PlanContext<'_>,
    begin: Instant,
) -> Outcome {
    let files = CommandFiles::of(cx.environment);
    let summary = report.markdown(conclusion, Scribe::new(cx.console.redactor()));
    let summarised = files.summary(&summary).map_err(|error| chain(&error));
    let unreported = summarised.is_err().then_some(Conclusion::Report);
    let conclusion = Conclusion::of_all([conclusion].into_iter().chain(unreported));
    let outputs = OutputWriter::new(files);
    let finished = outputs.finish(conclusion, begin.elapsed());
    let failures = [summarised, finished.map_err(|error| chain(&error))];
    let failures: Vec<String> = failures.into_iter().filter_map(Result::err).collect();
    for failure in &failures {
        cx.console.error(&format!("Error: {failure}"));
    }
    if conclusion == Conclusion::Success && failures.is_empty() {
        Outcome::Succeeded
    } else {
        Outcome::Failed
    }
}
