//! `build`: everything is checked, then the builds run side by side, then it is told what came of them.

use std::sync::OnceLock;
use std::time::Instant;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::context::RunContext;
use super::life;
use super::load;
use super::one_build::{self, Finished};
use super::{Outcome, problems, refuse, rehearsal, reporting, secrets, time_limit};
use crate::action::commands;
use crate::cli::options::{BuildOptions, Debugging};
use crate::plan::{InvalidBuild, PlannedBuild};
use crate::report::closing;
use crate::report::console::{Colour, Form};
use crate::report::outputs::Builds;
use crate::report::result::{BuildFacts, BuildReport, NothingCreated, Outcome as BuildOutcome};
use crate::report::ui::{Grouping, Ui};
use crate::stop::StopRequest;
use crate::template::problem::Problem;

/// Whether valid builds run although others are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// They do: Packer's way.
    Packer,
    /// They do not: in the action, where nobody watches.
    AllOrNothing,
}

/// Runs `build`.
pub(super) async fn build(mut cx: RunContext, strictness: Strictness) -> Outcome {
    let begin = Instant::now();
    let planned = match load::load(&cx.options.template, &cx.environment) {
        Ok(mut loaded) => {
            if let Some(rehearsal) = &cx.rehearsal {
                loaded.facts.lookups = rehearsal.lookups.clone();
            }
            let stores = secrets::stores(&cx.console, &cx.environment, &cx.stop);
            load::plan_and_keep(loaded, &cx.options.template, cx.options.force, &stores).await
        }
        Err(found) => Err(found),
    };
    let (mut plan, ground) = match planned {
        Ok(planned) => planned,
        Err(found) => {
            problems::print_template(&cx.console, &found);
            let texts = found.iter().map(problems::described).collect();
            return reporting::report(&cx, Vec::new(), texts, begin).await;
        }
    };
    secrets::hide(&plan, &cx.console, &cx.environment);
    problems::print_warnings(&cx.console, &plan);
    problems::print_invalid(&cx.console, &plan.invalid);
    let invalid: Vec<BuildReport> = plan.invalid.iter().map(invalid_report).collect();
    if let Err(problem) = life::give(&mut plan.builds, ground, &cx).await {
        problems::print_template(&cx.console, std::slice::from_ref(&problem));
        return reporting::report(&cx, Vec::new(), vec![problems::described(&problem)], begin)
            .await;
    }
    let (mut builds, refused) = split_refused(plan.builds, &cx);
    let mut reports: Vec<BuildReport> = invalid.into_iter().chain(refused).collect();
    if builds.is_empty() && reports.is_empty() {
        let nothing = Problem::without_place("No builds to run")
            .with_hint("-only and -except name builds by their rendered names");
        problems::print_template(&cx.console, std::slice::from_ref(&nothing));
        return reporting::report(&cx, reports, vec![problems::described(&nothing)], begin).await;
    }
    if strictness == Strictness::AllOrNothing && !reports.is_empty() {
        cx.console.error("Nothing was built: in the action every selected build has to be in order. The input `only` leaves out the others.");
        return reporting::report(&cx, reports, Vec::new(), begin).await;
    }
    if builds.is_empty() {
        return reporting::report(&cx, reports, Vec::new(), begin).await;
    }
    let notes = match rehearsal::prepare(&mut cx, &mut builds) {
        Ok(notes) => notes,
        Err(error) => {
            let text = format!(
                "no scratch directory can be made: {error}; `TMPDIR` names another place for it"
            );
            cx.console.error(&format!("Error: {text}"));
            return reporting::report(&cx, reports, vec![text], begin).await;
        }
    };
    cx.outputs.expect(if builds.len() == 1 {
        Builds::One
    } else {
        Builds::Many
    });
    let bounded = time_limit::bounded(&cx.stop, cx.environment.policy().map(AsRef::as_ref));
    // Whatever the policy ends, the report of it is written.
    let of_person = std::mem::replace(&mut cx.stop, bounded);
    let finished = run_all(&mut builds, notes, &cx).await;
    cx.stop = of_person;
    let outcome = close(&cx, &finished, begin);
    let failed_before = !reports.is_empty();
    reports.extend(finished.into_iter().map(|finished| finished.report));
    let reported = reporting::report(&cx, reports, Vec::new(), begin).await;
    match (outcome, reported, failed_before) {
        (Outcome::Succeeded, Outcome::Succeeded, false) => Outcome::Succeeded,
        _ => Outcome::Failed,
    }
}

async fn run_all(
    builds: &mut [PlannedBuild],
    notes: Vec<Vec<String>>,
    cx: &RunContext,
) -> Vec<Finished> {
    let grouping = if builds.len() == 1 {
        Grouping::BySteps
    } else {
        Grouping::ByBuild
    };
    let uis: Vec<Ui> = builds
        .iter()
        .enumerate()
        .map(|(number, build)| Ui::new(cx.console.clone(), &build.name, number, grouping))
        .collect();
    introduce(&uis, &cx.options, cx);
    let limit = if cx.options.debugging == Debugging::Steps {
        Some(1)
    } else {
        cx.options.parallel
    };
    // No more than there are builds: a semaphore of absurd size panics.
    let places = Semaphore::new(limit.unwrap_or(usize::MAX).min(builds.len()).max(1));
    let all = builds.iter_mut().zip(&uis).zip(notes);
    let running = all.map(async |((build, ui), notes)| {
        let _place = places
            .acquire()
            .await
            .expect("the semaphore is never closed");
        ui.begin();
        match &cx.rehearsal {
            Some(rehearsal) => Box::pin(rehearsal::run(build, (cx, rehearsal), ui, notes)).await,
            None => Box::pin(one_build::run(build, cx, ui)).await,
        }
    });
    let all = join_all(running);
    let announced = OnceLock::new();
    let announce = |request| *announced.get_or_init(|| say_cancelling(request, cx));
    // The announcement first: a script that died of the same Ctrl-C may let every build end in the very poll that brings the stop.
    let finished = tokio::select! {
        biased;
        () = async {
            announce(cx.stop.wait().await);
            std::future::pending().await
        } => unreachable!("it never ends"),
        finished = all => finished,
    };
    // Or the stop comes while that poll is under way.
    if let Some(request) = cx.stop.requested() {
        announce(request);
    }
    finished
}

fn say_cancelling(request: StopRequest, cx: &RunContext) {
    cx.console.say(&match time_limit::failure(cx) {
        Some(why) => format!("Cancelling build: {why}"),
        None => format!("Cancelling build after receiving {}", request.reason.word()),
    });
}

fn introduce(uis: &[Ui], options: &BuildOptions, cx: &RunContext) {
    if options.debugging == Debugging::Steps {
        cx.console
            .say("Debug mode enabled. Builds will not be parallelized.");
    }
    for ui in uis {
        ui.legend();
    }
    if cx.console.style().form == Form::Human
        && cx.console.style().colour != Colour::Off
        && !uis.is_empty()
    {
        cx.console.say("");
    }
}

/// Packer's last lines.
fn close(cx: &RunContext, finished: &[Finished], begin: Instant) -> Outcome {
    closing::print_wait(&cx.console, begin.elapsed());
    let ended: Vec<closing::Ended> = finished
        .iter()
        .map(|finished| finished.ended.clone())
        .collect();
    if cx.stop.requested().is_some() {
        cx.console
            .say("Cleanly cancelled builds after being interrupted.");
        return Outcome::Failed;
    }
    match cx.rehearsal {
        Some(_) => closing::print_errors(&cx.console, &ended),
        None => closing::print_lists(&cx.console, &ended),
    }
    annotate(cx, &ended);
    let all_well = ended.iter().all(|build| build.error.is_none());
    if all_well {
        Outcome::Succeeded
    } else {
        Outcome::Failed
    }
}

/// What a reader of the pull request sees without opening the log.
fn annotate(cx: &RunContext, ended: &[closing::Ended]) {
    for build in ended {
        if let Some(error) = &build.error {
            let title = format!("Build '{}' errored", build.name);
            let error = cx.console.redactor().redact(error);
            let level = commands::Level::Error;
            cx.console
                .command(&commands::annotation(level, &title, None, &error));
        }
    }
}

/// Sets aside the builds that ask for what is not done yet: they are refused before anything of theirs runs.
fn split_refused(
    builds: Vec<PlannedBuild>,
    cx: &RunContext,
) -> (Vec<PlannedBuild>, Vec<BuildReport>) {
    let mut refused = Vec::new();
    let mut runnable = Vec::new();
    for build in builds {
        let reasons = refuse::unsupported(&build);
        if reasons.is_empty() {
            runnable.push(build);
            continue;
        }
        let list: Vec<String> = reasons.iter().map(|reason| format!("* {reason}")).collect();
        let heading = format!("Build {:?} is refused before its first call", build.name);
        cx.console
            .error(&format!("Error: {heading}\n\n{}\n", list.join("\n")));
        cx.console.command(&commands::annotation(
            commands::Level::Error,
            &heading,
            None,
            &reasons.join("\n"),
        ));
        refused.push(not_begun(&build.name, &build.kind, reasons));
    }
    (runnable, refused)
}

fn invalid_report(build: &InvalidBuild) -> BuildReport {
    not_begun(
        &build.name,
        &build.kind,
        build.problems.iter().map(problems::described).collect(),
    )
}

fn not_begun(name: &str, kind: &str, problems: Vec<String>) -> BuildReport {
    let facts = BuildFacts {
        name: name.to_owned(),
        kind: kind.to_owned(),
        outcome: BuildOutcome::Invalid { problems },
        timeline: Vec::new(),
        advice: Vec::new(),
        rehearsed: None,
    };
    BuildReport::new(facts, &NothingCreated)
}
