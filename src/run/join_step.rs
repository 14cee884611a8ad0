//! `command: join` in a workflow: outputs, one summary and one comment of all jobs of a matrix.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::context::RunContext;
use super::join::{self, Joined};
use super::planned::{self, PlanContext, Told};
use super::{Outcome, reporting};
use crate::action::commands::Level;
use crate::action::inputs::JoinOptions;
use crate::cli::options::Force;
use crate::error::on_one_line;
use crate::matrix::Matrix;
use crate::report::links;
use crate::report::outputs::{Builds, OutputError};
use crate::report::result::{BuildReport, Outcome as BuildOutcome, Product, Reality, RunReport};
use crate::report::result_file::{self, Found};
use crate::template::problem::Problem;

/// Joins and reports.
pub(super) async fn join(options: &JoinOptions, cx: &RunContext) -> Outcome {
    let joined = match matrix(options, cx).await {
        Ok(matrix) => {
            read(options, cx).map(|found| join::join(&matrix, &options.template.template, found))
        }
        Err(told) => Err(told),
    };
    let (joined, problems) = match joined {
        Ok(joined) => (joined, Vec::new()),
        Err(Told(problems)) => (nothing(), problems),
    };
    for note in &joined.notes {
        cx.console.error(&format!("Warning: {note}"));
        planned::annotate(Level::Warning, note, &cx.console);
    }
    tell(&joined.builds, cx);
    let written = match joined.reality {
        Reality::Built => outputs(&joined.builds, cx),
        Reality::Rehearsed | Reality::RehearsedForFork => Ok(()),
    };
    let report = RunReport {
        reality: joined.reality,
        template: options.template.template.clone(),
        builds: joined.builds,
        problems,
        stopped: cx.stop.requested().map(|request| request.reason),
        duration: joined.duration,
        log_url: links::run(&cx.environment),
    };
    let reported = reporting::publish_to_all(&report, cx).await;
    match written {
        Ok(()) => reported,
        Err(error) => {
            cx.console.error(&format!("Error: {}", on_one_line(&error)));
            Outcome::Failed
        }
    }
}

/// The builds that have to have a result.
async fn matrix(options: &JoinOptions, cx: &RunContext) -> Result<Matrix, Told> {
    if let Some(given) = &options.matrix {
        return Matrix::parse(given).map_err(|error| {
            let problem = Problem::without_place(on_one_line(&error)).with_hint(error.hint());
            planned::told(&[problem], &cx.console)
        });
    }
    let plan_cx = PlanContext {
        console: &cx.console,
        environment: &cx.environment,
        stop: &cx.stop,
    };
    let plan = planned::plan(&options.template, Force::No, plan_cx).await?;
    planned::matrix(&plan, &BTreeMap::new(), &cx.console)
}

fn read(options: &JoinOptions, cx: &RunContext) -> Result<Found, Told> {
    let given = options.results.as_ref().map(PathBuf::from);
    let Some(directory) = given.or_else(|| result_file::directory(&cx.environment)) else {
        let problem = Problem::without_place("there is no directory of results")
            .with_hint("name it in the input `results`");
        return Err(planned::told(&[problem], &cx.console));
    };
    result_file::read(&directory).map_err(|error| {
        let text = format!(
            "the results in `{}` cannot be read: {error}",
            directory.display()
        );
        planned::told(&[Problem::without_place(text)], &cx.console)
    })
}

fn nothing() -> Joined {
    Joined {
        builds: Vec::new(),
        reality: Reality::Built,
        duration: Default::default(),
        notes: Vec::new(),
    }
}

/// One line for each build.
fn tell(builds: &[BuildReport], cx: &RunContext) {
    for build in builds {
        let name = &build.facts().name;
        let word = build.conclusion().word();
        let line = match product(build) {
            Some(Product::Images(images)) => {
                let ids: Vec<String> = images
                    .ids
                    .iter()
                    .map(|(region, id)| format!("{region}: {id}"))
                    .collect();
                format!("{name}: {word}, {}", ids.join(", "))
            }
            _ => format!("{name}: {word}"),
        };
        cx.console.say(&line);
    }
}

fn outputs(builds: &[BuildReport], cx: &RunContext) -> Result<(), OutputError> {
    cx.outputs.expect(if builds.len() == 1 {
        Builds::One
    } else {
        Builds::Many
    });
    for build in builds {
        let name = &build.facts().name;
        match product(build) {
            Some(Product::Images(images)) => cx.outputs.images_final(name, images)?,
            Some(Product::Volumes(volumes)) => cx.outputs.volumes_final(name, volumes)?,
            Some(Product::Other(_) | Product::Nothing) | None => {}
        }
    }
    Ok(())
}

/// What is there, however its build ended.
fn product(build: &BuildReport) -> Option<&Product> {
    match &build.facts().outcome {
        BuildOutcome::Succeeded(product) | BuildOutcome::Cancelled(product) => Some(product),
        BuildOutcome::Failed(failure) => Some(&failure.product),
        BuildOutcome::Invalid { .. } => None,
    }
}
