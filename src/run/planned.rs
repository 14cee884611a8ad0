//! The builds of a template as jobs: every one in order, and each to be named by the next job.

use std::collections::BTreeMap;

use super::load;
use super::{problems, refuse, secrets};
use crate::action::commands::{self, Level};
use crate::action::environment::Environment;
use crate::cli::options::{Force, TemplateOptions};
use crate::cloud::Region;
use crate::content::Ground;
use crate::matrix::{Job, Matrix, nameable};
use crate::plan::{self, Builder, Plan, PlannedBuild, Selection, amazon};
use crate::report::console::Console;
use crate::secret::Redactor;
use crate::stop::Stop;
use crate::template::problem::Problem;
use crate::template::variables::resolve;

/// Two plans so far apart differ in every text that has the time in it.
const LATER: time::Duration = time::Duration::minutes(400 * 24 * 60 + 13 * 60 + 31);

/// What is wrong, in words; it was told already.
#[derive(Debug)]
pub(super) struct Told(pub(super) Vec<String>);

/// Where a planner looks and speaks.
#[derive(Clone, Copy)]
pub(super) struct PlanContext<'a> {
    /// Where it speaks.
    pub(super) console: &'a Console,
    /// The environment.
    pub(super) environment: &'a Environment,
    /// The stop signal.
    pub(super) stop: &'a Stop,
}

/// Plans the selected builds. One that cannot run, or that no job could name, is told with all others that are so.
pub(super) async fn plan(
    options: &TemplateOptions,
    force: Force,
    cx: PlanContext<'_>,
) -> Result<Plan, Told> {
    let planned = match load::load(options, cx.environment) {
        Ok(loaded) => {
            let stores = secrets::stores(cx.console, cx.environment, cx.stop);
            load::plan_and_keep(loaded, options, force, &stores).await
        }
        Err(found) => Err(found),
    };
    let (plan, ground) = planned.map_err(|found| told(&found, cx.console))?;
    secrets::hide(&plan, cx.console, cx.environment);
    problems::print_warnings(cx.console, &plan);
    problems::print_invalid(cx.console, &plan.invalid);
    let invalid = plan.invalid.iter().flat_map(|build| &build.problems);
    let mut all: Vec<String> = invalid.map(problems::described).collect();
    let later = later_names(ground, options);
    let builds = plan.builds.iter();
    let unfit: Vec<Problem> = builds
        .flat_map(|build| unfit(build, &later, cx.console.redactor()))
        .collect();
    if !unfit.is_empty() {
        all.extend(told(&unfit, cx.console).0);
    }
    if all.is_empty() {
        Ok(plan)
    } else {
        Err(Told(all))
    }
}

/// The jobs of a plan, with the regions as far as they are known: the template names them, or the credentials.
pub(super) fn matrix(
    plan: &Plan,
    regions: &BTreeMap<String, Region>,
    console: &Console,
) -> Result<Matrix, Told> {
    let job = |build: &PlannedBuild| Job {
        build: build.name.clone(),
        kind: build.kind.clone(),
        region: regions
            .get(&build.name)
            .or(region(build))
            .map(ToString::to_string)
            // GitHub would drop the whole output.
            .filter(|region| console.redactor().redact(region) == *region),
    };
    let matrix = Matrix::new(plan.builds.iter().map(job).collect());
    matrix.map_err(|error| {
        let problem = Problem::without_place(error.to_string()).with_hint(error.hint());
        told(std::slice::from_ref(&problem), console)
    })
}

fn region(build: &PlannedBuild) -> Option<&Region> {
    match &build.builder {
        Builder::AmazonEbs(settings) => settings.access.region.as_ref(),
        Builder::Null(_) | Builder::File(_) | Builder::Foreign(_) => None,
    }
}

/// Tells problems of the template, as `validate` does.
pub(super) fn told(found: &[Problem], console: &Console) -> Told {
    problems::print_template(console, found);
    Told(found.iter().map(problems::described).collect())
}

/// Says on the runner what is no problem of a template's place.
pub(super) fn annotate(level: Level, text: &str, console: &Console) {
    let text = console.redactor().redact(text);
    console.command(&commands::annotation(level, "Plan", None, &text));
}

/// Why a job of its own could not make this build.
fn unfit(build: &PlannedBuild, later: &[String], redactor: &Redactor) -> Vec<Problem> {
    let name = &build.name;
    let mut found: Vec<Problem> = refuse::unsupported(build)
        .into_iter()
        .map(|reason| Problem::at(build.place.of_name(), reason))
        .collect();
    let mut unnamed = |why: &str, hint: &str| {
        let text = format!("no job can ask for the build `{name}`: {why}");
        found.push(Problem::at(build.place.of_name(), text).with_hint(hint));
    };
    if let Err(why) = nameable(name) {
        unnamed(why, "give the builder another `name`");
    }
    if redactor.redact(name) != *name {
        let hint = "name the builder without sensitive values: GitHub drops an output that has one";
        unnamed("its name has a sensitive value in it", hint);
    }
    if !later.contains(name) {
        let hint = "name the builder without `timestamp`, `isotime`, `uuid` and the like";
        unnamed("its name is another one in every run", hint);
    }
    found
}

/// The names of the builds in a run of some other day.
fn later_names(mut ground: Ground, options: &TemplateOptions) -> Vec<String> {
    ground.facts.now += LATER;
    let Ok(variables) = resolve(&ground.template, &ground.given, &ground.facts) else {
        return Vec::new();
    };
    let selection = Selection {
        only: Vec::new(),
        except: options.except.clone(),
    };
    let force = amazon::Force::No;
    let plan = plan::plan(
        &ground.template,
        &variables,
        &selection,
        force,
        &ground.facts,
    );
    let invalid = plan.invalid.into_iter().map(|build| build.name);
    let valid = plan.builds.into_iter().map(|build| build.name);
    valid.chain(invalid).collect()
}
