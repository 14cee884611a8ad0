//! The action: inputs instead of arguments, and the post step under a name of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::bounded::Given;
use super::building::{self, Strictness};
use super::context::CommentSettings;
use super::planned::PlanContext;
use super::policy_file::Subject;
use super::promotion::PromoteContext;
use super::prune::PruneContext;
use super::settle::{self, SettleContext};
use super::sweep::SweepContext;
use super::{
    Look, Outcome, Start, bounded, console, file_bounds, inspect, join_step, journals, load,
    plan_step, promotion, prune_step, rehearse, secrets, sweep_step, validate,
};
use crate::action::commands::{self, Level};
use crate::action::environment::{Environment, GITHUB_WORKSPACE};
use crate::action::files::CommandFiles;
use crate::action::inputs::RehearseForks;
use crate::action::inputs::{self, ActionCommand, Inputs};
use crate::cli::options::{BuildOptions, Force};
use crate::cli::rehearse_options::{RehearsalTerms, RehearseOptions};
use crate::cloud::sign_in::{AllowedAccounts, SignIn};
use crate::ledger::Which;
use crate::plan::Builder;
use crate::plan::amazon::settings::Access;
use crate::report::conclusion::Conclusion;
use crate::report::console::{Console, Form};
use crate::report::outputs::OutputWriter;
use crate::stop::Stop;
use crate::stores::StoreContext;

/// For the secrets that the template reads, in the post step.
const LONGEST_LOOK: Duration = Duration::from_secs(20);

/// The main step.
pub(super) async fn main_step(start: &Start, stop: Stop) -> Outcome {
    let console = console(
        start,
        Form::Human,
        Look {
            colourless: false,
            timestamps: false,
        },
    );
    let begin = Instant::now();
    let inputs = match inputs::read(&start.environment) {
        Ok(inputs) => inputs,
        Err(error) => return concluded(start, begin, refuse(&console, &error.to_string())),
    };
    if let Some(token) = &inputs.github_token {
        console.redactor().hide_credential(token.expose());
        console.command(&commands::mask(token.expose()));
    }
    if let Err(error) = enter(&inputs, &start.environment) {
        return concluded(start, begin, refuse(&console, &error));
    }
    let Inputs {
        command,
        sign_in,
        files,
        policy,
        github_token,
        comment,
        pull_request,
        terms,
        forks,
        ..
    } = inputs;
    let environment = start.environment.clone().with_sign_in(sign_in);
    let given = Given {
        files: &files,
        policy: &policy,
        subject: subject(&command),
        token: github_token.as_ref(),
    };
    let environment = match bounded::environment(environment, given, &stop).await {
        Ok(environment) => environment,
        Err(error) => return concluded(start, begin, refuse(&console, &error)),
    };
    let start = &Start {
        environment,
        ..start.clone()
    };
    let comment = CommentSettings {
        token: github_token,
        mode: comment,
        pull_request,
    };
    let with = With {
        begin,
        comment,
        terms,
        forks,
    };
    carry_out(command, with, start, (console, stop)).await
}

fn subject(command: &ActionCommand) -> Subject {
    match command {
        ActionCommand::Promote(_) => Subject::Promotion,
        ActionCommand::Prune(_) | ActionCommand::Sweep(_) | ActionCommand::Join(_) => {
            Subject::Nothing
        }
        _ => Subject::Template,
    }
}

/// What goes with a command.
struct With {
    begin: Instant,
    comment: CommentSettings,
    terms: RehearsalTerms,
    forks: RehearseForks,
}

async fn carry_out(
    command: ActionCommand,
    with: With,
    start: &Start,
    (console, stop): (Console, Stop),
) -> Outcome {
    let With {
        begin,
        comment,
        terms,
        forks,
    } = with;
    let environment = &start.environment;
    match command {
        ActionCommand::Validate(options) => {
            let outcome = validate::validate(&options, &console, environment, &stop).await;
            concluded(start, begin, outcome)
        }
        ActionCommand::Inspect(options) => {
            let outcome = inspect::inspect(&options, &console, environment);
            concluded(start, begin, outcome)
        }
        ActionCommand::Plan(options) => {
            let cx = PlanContext {
                console: &console,
                environment,
                stop: &stop,
            };
            Box::pin(plan_step::plan(&options, cx, begin)).await
        }
        ActionCommand::Join(options) => {
            let build = BuildOptions {
                template: options.template.clone(),
                ..BuildOptions::default()
            };
            let cx = super::context(start, console, stop, (build, comment));
            Box::pin(join_step::join(&options, &cx)).await
        }
        ActionCommand::Promote(options) => {
            let cx = PromoteContext {
                console: &console,
                environment,
                stop: &stop,
                token: comment.token.as_ref(),
                comments: comment.writer(),
                run_uuid: &super::new_run_uuid(),
            };
            Box::pin(promotion::promote(&options, cx, begin)).await
        }
        ActionCommand::Prune(options) => {
            let cx = PruneContext::new(&console, environment, &stop);
            let cx = cx.telling(comment.writer());
            Box::pin(prune_step::prune(&options, cx, begin)).await
        }
        ActionCommand::Sweep(options) => {
            let cx = SweepContext::new(&console, environment, &stop);
            Box::pin(sweep_step::sweep(&options, cx, begin)).await
        }
        ActionCommand::Rehearse(options) => {
            let RehearseOptions { build, terms } = *options;
            Box::pin(rehearse::in_a_step(
                (build, terms),
                comment,
                start,
                (console, stop),
            ))
            .await
        }
        ActionCommand::Build(options) if rehearse::instead_of_build(environment, forks) => {
            rehearse::say_that_it_is_one(&console);
            let what = (*options, terms);
            Box::pin(rehearse::in_a_step(what, comment, start, (console, stop))).await
        }
        ActionCommand::Build(options) => {
            let cx = super::run_context(start, console, stop, (*options, comment));
            building::build(cx, Strictness::AllOrNothing).await
        }
    }
}

/// Writes the outputs of a step that built nothing. What can fail there is the template or an input.
fn concluded(start: &Start, begin: Instant, outcome: Outcome) -> Outcome {
    let conclusion = if outcome == Outcome::Succeeded {
        Conclusion::Success
    } else {
        Conclusion::Invalid
    };
    let outputs = OutputWriter::new(CommandFiles::of(&start.environment));
    match outputs.finish(conclusion, begin.elapsed()) {
        Ok(()) => outcome,
        Err(error) => {
            log::error!("{}", crate::error::chain(&error));
            Outcome::Failed
        }
    }
}

/// The post step: runs after success, failure and cancel alike, in a container of its own.
pub(super) async fn post_step(start: &Start, stop: Stop) -> Outcome {
    let console = console(start, Form::Human, Look::default());
    let environment = signed_in(&start.environment);
    let accesses = accesses(&console, &environment, &stop);
    let cx = SettleContext {
        console: &console,
        environment: &environment,
        stop: &stop,
        which: Which::Unfinished,
        // A secret store that does not answer must not cost the time in which machines are removed.
        accesses: tokio::time::timeout(LONGEST_LOOK, accesses)
            .await
            .unwrap_or_default(),
    };
    let outcome = settle::settle(&journals::directory(&start.environment), &cx).await;
    if outcome != Outcome::Succeeded {
        console.command(&commands::annotation(Level::Error, "Clean-up", None, "something of this build may still be there: the log of the post step says what and how to remove it"));
    }
    outcome
}

/// As in the main step, but for any account: whatever was made has to go, and a journal knows its own account.
fn signed_in(environment: &Environment) -> Environment {
    let sign_in = inputs::read_sign_in(environment).unwrap_or_default();
    environment.clone().with_sign_in(SignIn {
        accounts: AllowedAccounts::Any,
        ..sign_in
    })
}

/// The template's own credentials, by build id: they stand in no journal, but the template is still there.
async fn accesses(
    console: &Console,
    environment: &Environment,
    stop: &Stop,
) -> BTreeMap<String, Access> {
    let Ok(inputs) = inputs::read(environment) else {
        return BTreeMap::new();
    };
    let ActionCommand::Build(options) = &inputs.command else {
        return BTreeMap::new();
    };
    // Nothing was asked for a rehearsal, and nothing is afterwards.
    if rehearse::instead_of_build(environment, inputs.forks) {
        return BTreeMap::new();
    }
    let run_uuid = environment.get("STATE_run-uuid").unwrap_or_default();
    if run_uuid.is_empty() || enter(&inputs, environment).is_err() {
        return BTreeMap::new();
    }
    // A later step may have checked out something else since.
    let bounds = file_bounds::of(&inputs.files, environment, inputs.github_token.as_ref()).await;
    let environment = &environment.clone().with_bounds(bounds);
    let stores = secrets::stores(console, environment, stop);
    planned_accesses(options, &stores, run_uuid).await
}

async fn planned_accesses(
    options: &BuildOptions,
    stores: &StoreContext<'_>,
    run_uuid: &str,
) -> BTreeMap<String, Access> {
    let Ok(loaded) = load::load(&options.template, stores.environment) else {
        return BTreeMap::new();
    };
    let planned = load::plan(loaded, &options.template, Force::No, stores).await;
    let builds = planned.map(|plan| plan.builds).unwrap_or_default();
    let amazon = builds.into_iter().filter_map(|build| match build.builder {
        Builder::AmazonEbs(settings) => Some((
            super::identity::build_id(run_uuid, &build.name),
            settings.access,
        )),
        Builder::Null(_) | Builder::File(_) | Builder::Foreign(_) => None,
    });
    amazon.collect()
}

/// Goes to the working directory, which has to lie in the workspace.
fn enter(inputs: &Inputs, environment: &Environment) -> Result<(), String> {
    let Some(directory) = &inputs.working_directory else {
        return Ok(());
    };
    let workspace = environment
        .get(GITHUB_WORKSPACE)
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let wanted = workspace.join(directory);
    let inside = |wanted: &Path| {
        Some(
            wanted
                .canonicalize()
                .ok()?
                .starts_with(workspace.canonicalize().ok()?),
        )
    };
    match inside(&wanted) {
        Some(true) => std::env::set_current_dir(&wanted)
            .map_err(|error| format!("cannot enter the working-directory `{directory}`: {error}")),
        Some(false) => Err(format!(
            "the working-directory `{directory}` lies outside the workspace"
        )),
        None => Err(format!(
            "the working-directory `{directory}` does not exist"
        )),
    }
}

fn refuse(console: &Console, text: &str) -> Outcome {
    console.error(&format!("Error: {text}"));
    console.command(&commands::annotation(Level::Error, "Inputs", None, text));
    Outcome::Failed
}
