//! `plan`: the builds of a template as a matrix of jobs, for the console, and in a workflow for outputs and job summary too.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::outlook::{self, Checked, Outlook};
use super::planned::{self, PlanContext, Told};
use super::rehearse;
use super::{Outcome, Start};
use crate::action::commands::Level;
use crate::action::files::CommandFiles;
use crate::build::outlook::Verdict;
use crate::cli::plan_options::{PlanOptions, Preflight};
use crate::cli::sweep_options::Printed;
use crate::error::chain;
use crate::matrix::Matrix;
use crate::plan::Plan;
use crate::report::conclusion::Conclusion;
use crate::report::console::Console;
use crate::report::markdown::Scribe;
use crate::report::outputs::OutputWriter;
use crate::report::plan_report::PlanReport;
use crate::stop::Stop;
use crate::template::problem::Problem;

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
        unasked: unasked(options, cx),
        ..PlanReport::default()
    };
    let conclusion = match planned::plan(&options.template, options.force, cx).await {
        Ok(plan) => checked(&plan, options, cx, &mut report).await,
        Err(Told(problems)) => {
            report.problems = problems;
            Conclusion::Invalid
        }
    };
    concluded(conclusion, &report, cx, begin)
}

/// Why AWS is not asked, where that is so.
fn unasked(options: &PlanOptions, cx: PlanContext<'_>) -> Option<&'static str> {
    if rehearse::is_of_a_fork(cx.environment) {
        planned::annotate(Level::Notice, FORK, cx.console);
        return Some(FORK);
    }
    (options.preflight == Preflight::LeaveOut).then_some("nothing was asked of AWS")
}

/// Asks AWS, unless nobody may; what came of it, and the builds, whatever came of it.
async fn checked(
    plan: &Plan,
    options: &PlanOptions,
    cx: PlanContext<'_>,
    report: &mut PlanReport,
) -> Conclusion {
    // What GitHub would not take is said before anybody is asked.
    if let Err(Told(problems)) = planned::matrix(plan, &BTreeMap::new(), cx.console) {
        report.problems = problems;
        return Conclusion::Invalid;
    }
    let outlook = match report.unasked {
        Some(_) => Outlook::default(),
        None => Box::pin(outlook::ask(plan, cx)).await,
    };
    let (problems, asked) = wrong(&outlook);
    report.problems = planned::told(&problems, cx.console).0;
    let checks = outlook.checks.iter();
    let checks = checks.map(|checked| (checked.build.name.clone(), checked.check.clone()));
    report.checks = checks.collect();
    match planned::matrix(plan, &outlook.regions, cx.console) {
        Ok(matrix) => {
            report.jobs = matrix.jobs().to_vec();
            show(report, &matrix, options.printed, cx);
            // Whoever stopped it knows no more than that.
            let stopped = cx.stop.requested().map(|_| Conclusion::Cancelled);
            Conclusion::of_all([told(&matrix, cx), asked].into_iter().chain(stopped))
        }
        Err(Told(problems)) => {
            report.problems.extend(problems);
            Conclusion::Invalid
        }
    }
}

/// Everything that is wrong, where it stands in the template. What many builds have in common is told of the first.
fn wrong(outlook: &Outlook<'_>) -> (Vec<Problem>, Conclusion) {
    let mut told = BTreeSet::new();
    let mut problems = Vec::new();
    let mut conclusions = Vec::new();
    for Checked { build, check } in &outlook.checks {
        let Verdict::Wrong(wrong) = &check.verdict else {
            continue;
        };
        conclusions.push(wrong.conclusion);
        if !told.insert((&check.what, &wrong.error)) {
            continue;
        }
        let message = format!("build '{}': {}: {}", build.name, check.what, wrong.error);
        let mut problem = Problem::at(build.place.of_key(check.keys), message);
        if let Some(hint) = &wrong.hint {
            problem = problem.with_hint(hint.as_str());
        }
        problems.push(problem);
    }
    (problems, Conclusion::of_all(conclusions))
}

fn show(report: &PlanReport, matrix: &Matrix, printed: Printed, cx: PlanContext<'_>) {
    match printed {
        Printed::Json => cx.console.say(&matrix.json()),
        Printed::Table => {
            cx.console.say(&report.table());
            for remark in report.remarks() {
                cx.console.say(&remark);
            }
        }
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
