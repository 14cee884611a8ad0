//! `iam-policy`: the least policy for exactly this template, and nothing else on the standard output.
//!
//! The builds run in a model of EC2, with provisioners that are pretended: no account is needed, and nothing is asked.

use std::io;

use super::builder_end::BuilderResult;
use super::context::{CommentSettings, RunContext};
use super::in_model::{self, InModel, ModelSite};
use super::{Look, Outcome, Start, console, load, problems, refuse, secrets};
use crate::action::files::CommandFiles;
use crate::build::BuildObserver;
use crate::cli::options::{BuildOptions, Force, TemplateOptions};
use crate::cloud::model::{LoggedCall, ModelCloud, counted};
use crate::cloud::shared::Accounts;
use crate::least_policy::{self, Needs};
use crate::lookups::Lookups;
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::{Builder, OUR_BUILDERS, Plan, PlannedBuild};
use crate::remote::PretendedDialer;
use crate::report::console::{Console, Form};
use crate::report::outputs::OutputWriter;
use crate::report::ui::{Grouping, Ui};
use crate::stop::Stop;

/// Prints the policy.
pub(super) async fn iam_policy(options: &TemplateOptions, start: &Start, stop: Stop) -> Outcome {
    let console = console(start, Form::Human, Look::default());
    let lookups = Lookups::pretended();
    let Some(plan) = plan(options, start, (&console, &stop), &lookups).await else {
        return Outcome::Failed;
    };
    let cx = silent(start, options, stop);
    let account = ModelCloud::empty();
    let mut done = Vec::new();
    for build in &plan.builds {
        let Builder::AmazonEbs(settings) = &build.builder else {
            continue;
        };
        let in_model = Box::pin(in_the_model(settings, build, &cx, &account)).await;
        match in_model.end.result {
            BuilderResult::Made { .. } | BuilderResult::Nothing => {}
            BuilderResult::Failed { error, .. } => {
                console.error(&format!("Error: build '{}' errored: {error}", build.name));
                return Outcome::Failed;
            }
            BuilderResult::Cancelled => return Outcome::Failed,
        }
        let calls = in_model.cloud.log();
        log_what_was_done(build, &in_model.cloud, &calls);
        done.push((settings, in_model.region, calls));
    }
    let needs = done.iter().map(|(settings, region, calls)| Needs {
        settings,
        region,
        calls,
    });
    let policy = least_policy::policy(&needs.collect::<Vec<_>>(), &lookups.aws_secrets());
    let text = serde_json::to_string_pretty(&policy).expect("it has only texts and lists");
    console.say(&text);
    Outcome::Succeeded
}

/// A plan whose selected builds are all in order, one of them at least ours; what is wrong is told.
async fn plan(
    options: &TemplateOptions,
    start: &Start,
    (console, stop): (&Console, &Stop),
    lookups: &Lookups,
) -> Option<Plan> {
    let planned = match load::load(options, &start.environment) {
        Ok(mut loaded) => {
            loaded.facts.lookups = lookups.clone();
            let stores = secrets::stores(console, &start.environment, stop);
            load::plan(loaded, options, Force::No, &stores).await
        }
        Err(found) => Err(found),
    };
    let mut plan = match planned {
        Ok(plan) => plan,
        Err(found) => {
            problems::print_template(console, &found);
            return None;
        }
    };
    secrets::hide(&plan, console, &start.environment);
    problems::print_invalid(console, &plan.invalid);
    if !plan.invalid.is_empty() {
        return None;
    }
    plan.builds
        .retain(|build| matches!(build.builder, Builder::AmazonEbs(_)));
    let reasons: Vec<String> = plan.builds.iter().flat_map(refuse::unsupported).collect();
    if !reasons.is_empty() {
        console.error(&format!("Error: {}", reasons.join("\n")));
        return None;
    }
    if plan.builds.is_empty() {
        console.error(&format!(
            "Error: none of the selected builders is an amazon one; ami-build runs {OUR_BUILDERS}"
        ));
        return None;
    }
    for build in &mut plan.builds {
        // Whatever they do, on the machine or here, is no call of ours.
        build.provisioners.clear();
        build.cleanup_provisioner = None;
    }
    Some(plan)
}

async fn in_the_model(
    settings: &EbsSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    account: &ModelCloud,
) -> InModel {
    let ui = Ui::new(cx.console.clone(), &build.name, 0, Grouping::BySteps);
    let at = ModelSite {
        account,
        dial: &PretendedDialer,
        observer: &Nobody,
    };
    in_model::run(settings, build, cx, &ui, at).await
}

/// For who looks for a fault: the policy itself tells nothing of it.
fn log_what_was_done(build: &PlannedBuild, cloud: &ModelCloud, calls: &[LoggedCall]) {
    for line in counted(calls) {
        let (action, region, count) = (line.action, line.region, line.count);
        log::debug!("{}: {count} times {action} in {region}", build.name);
    }
    for what in cloud.unchecked() {
        log::debug!("{}: not checked: {what}", build.name);
    }
}

/// Nobody wants to know.
struct Nobody;

impl BuildObserver for Nobody {}

/// A run whose voice nobody hears and that writes nothing.
fn silent(start: &Start, options: &TemplateOptions, stop: Stop) -> RunContext {
    let heard = console(start, Form::Human, Look::default());
    let unheard = Console::new(heard.style(), start.redactor.clone(), Box::new(io::sink()));
    RunContext {
        console: unheard,
        environment: start.environment.clone(),
        stop,
        options: BuildOptions {
            template: options.clone(),
            ..BuildOptions::default()
        },
        run_uuid: super::new_run_uuid(),
        working_directory: std::env::current_dir().unwrap_or_default(),
        journals: Default::default(),
        outputs: OutputWriter::new(CommandFiles::nowhere()),
        comment: CommentSettings::default(),
        accounts: Accounts::default(),
        rehearsal: None,
        owner: None,
    }
}
