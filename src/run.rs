//! The story of a run: what was asked for, and who does it.

mod action;
mod advice;
mod amazon;
mod ask;
mod bounded;
mod builder_end;
mod builder_file;
mod builder_null;
mod building;
mod context;
mod credentials_end;
mod debugging;
mod destroyer;
mod everywhere;
mod file_bounds;
mod fix;
mod iam_policy;
mod identity;
mod in_model;
mod inspect;
mod join;
mod join_step;
mod journals;
mod life;
mod load;
mod look;
mod machine_timer;
mod made;
mod observer;
mod one_build;
mod outlook;
mod owner;
mod packer_config;
mod plan_step;
mod planned;
mod policy_file;
mod problems;
mod promotion;
mod provisioning;
mod prune;
mod prune_report;
mod prune_step;
mod public_name;
mod refuse;
mod rehearsal;
mod rehearse;
mod renewal;
mod reporting;
mod secrets;
mod settle;
mod site;
mod sweep;
mod sweep_report;
mod sweep_step;
mod time_limit;
mod validate;

use std::path::Path;
use std::time::Instant;

use self::building::Strictness;
use self::context::{CommentSettings, RunContext};
use self::look::{Look, console};
use self::promotion::PromoteContext;
use self::prune::PruneContext;
use self::settle::SettleContext;
use self::sweep::SweepContext;
use crate::action::environment::{Environment, GITHUB_WORKSPACE};
use crate::action::files::CommandFiles;
use crate::cli::command::{self, Command, Invocation};
use crate::cli::options::BuildOptions;
use crate::cloud::shared::Accounts;
use crate::ledger::Which;
use crate::ownership::FileOwner;
pub use crate::report::console::Reader;
use crate::report::console::{Console, Form, Line};
pub use crate::report::outlet::Outlet;
use crate::report::outputs::OutputWriter;
use crate::secret::Redactor;
use crate::stop::Stop;
use crate::template::functions::time_ordered_uuid;
use crate::version;

/// How a command ended. Exit codes are Packer's: 0, 1, and 127 where there is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All went well.
    Succeeded,
    /// Something did not, or something could not be removed.
    Failed,
    /// The command line made no sense.
    Usage(u8),
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::Failed => 1,
            Self::Usage(code) => code,
        }
    }
}

/// What the process was started with.
#[derive(Clone, Debug)]
pub struct Start {
    /// The program's name: the action's post step runs under one of its own.
    pub program: String,
    /// The words after the program's name.
    pub arguments: Vec<String>,
    /// The environment.
    pub environment: Environment,
    /// Local time, for `-timestamp-ui`.
    pub offset: time::UtcOffset,
    /// Whether somebody sits at a terminal.
    pub reader: Reader,
    /// Hides secrets everywhere.
    pub redactor: Redactor,
    /// The standard output.
    pub outlet: Outlet,
}

/// The name of the program in the action's post step.
const POST: &str = "ami-build-post";

/// Runs to the end and gives the exit code. Without arguments on a runner it is the action, else Packer's command line.
pub async fn run(start: Start, stop: Stop) -> u8 {
    let name = start.program.rsplit('/').next().unwrap_or_default();
    let (outlet, stopped) = (start.outlet.clone(), stop.clone());
    tokio::spawn(async move {
        stopped.wait().await;
        outlet.release();
    });
    let outcome = match (
        name,
        start.arguments.is_empty() && start.environment.is_runner(),
    ) {
        (POST, _) => action::post_step(&start, stop).await,
        (_, true) => action::main_step(&start, stop).await,
        (_, false) => command_line(&start, stop).await,
    };
    start.outlet.drain();
    outcome.code()
}

async fn command_line(start: &Start, stop: Stop) -> Outcome {
    let Invocation { command, form } = command::read(&start.arguments);
    let plain = || console(start, form, Look::default());
    if let Some(objection) = packer_config::objection(&start.environment) {
        plain().error(&objection);
        return Outcome::Failed;
    }
    match command {
        Command::Version => print_version(&plain()),
        Command::Usage {
            complaint,
            text,
            exit,
        } => {
            // Help is for people in any case; the usage behind a mistake is not, as in Packer.
            let form = if exit == 1 { form } else { Form::Human };
            let console = console(start, form, Look::default());
            usage(&console, complaint, &text, exit)
        }
        Command::Inspect(options) => inspect::inspect(&options, &plain(), &start.environment),
        Command::Validate(options) => {
            validate::validate(&options, &plain(), &start.environment, &stop).await
        }
        Command::Fix(options) => fix::fix(&options, &plain()),
        Command::IamPolicy(options) => {
            Box::pin(iam_policy::iam_policy(&options, start, stop)).await
        }
        Command::Plan(options) => {
            Box::pin(plan_step::on_command_line(&options, &plain(), start, &stop)).await
        }
        Command::Build(options) => {
            let console = console(start, form, Look::of(&options));
            let cx = run_context(start, console, stop, (*options, CommentSettings::default()));
            building::build(cx, Strictness::Packer).await
        }
        Command::Rehearse(options) => {
            let console = console(start, form, Look::of(&options.build));
            rehearse::on_command_line(*options, start, (console, stop)).await
        }
        Command::Settle { path } => {
            let cx = SettleContext {
                console: &plain(),
                environment: &start.environment,
                stop: &stop,
                which: Which::HeldToo,
                accesses: std::collections::BTreeMap::new(),
            };
            settle::settle(Path::new(&path), &cx).await
        }
        Command::Promote(options) => {
            let console = plain();
            let cx = PromoteContext {
                console: &console,
                environment: &start.environment,
                stop: &stop,
                token: None,
                comments: None,
                run_uuid: &new_run_uuid(),
            };
            Box::pin(promotion::promote(&options, cx, Instant::now())).await
        }
        Command::Prune(options) => {
            let console = plain();
            let cx = PruneContext::new(&console, &start.environment, &stop);
            Box::pin(prune_step::prune(&options, cx, Instant::now())).await
        }
        Command::Sweep(options) => {
            let console = plain();
            let cx = SweepContext::new(&console, &start.environment, &stop);
            Box::pin(sweep::on_command_line(&options, cx)).await
        }
    }
}

/// What all builds of a run share.
fn run_context(
    start: &Start,
    console: Console,
    stop: Stop,
    (options, comment): (BuildOptions, CommentSettings),
) -> RunContext {
    let cx = context(start, console, stop, (options, comment));
    let files = CommandFiles::of(&start.environment);
    for written in [
        files.state("run-uuid", &cx.run_uuid).map_err(Into::into),
        cx.outputs.build_id(&cx.run_uuid),
    ] {
        if let Err(error) = written {
            cx.console
                .error(&format!("Warning: {}", crate::error::chain(&error)));
        }
    }
    cx
}

/// The same of a run that makes nothing.
fn context(
    start: &Start,
    console: Console,
    stop: Stop,
    (options, comment): (BuildOptions, CommentSettings),
) -> RunContext {
    let working_directory = std::env::current_dir().unwrap_or_default();
    RunContext {
        owner: workspace_owner(&start.environment),
        environment: start.environment.clone(),
        console,
        stop,
        options,
        run_uuid: new_run_uuid(),
        working_directory,
        journals: journals::directory(&start.environment),
        outputs: OutputWriter::new(CommandFiles::of(&start.environment)),
        comment,
        accounts: Accounts::default(),
        rehearsal: None,
    }
}

/// In the action's container we are root, and the workspace is not.
fn workspace_owner(environment: &Environment) -> Option<FileOwner> {
    use std::os::unix::fs::MetadataExt;
    let workspace = environment
        .get(GITHUB_WORKSPACE)
        .filter(|_| environment.is_runner())?;
    let metadata = std::fs::metadata(workspace).ok()?;
    Some(FileOwner {
        user: metadata.uid(),
        group: metadata.gid(),
    })
}

fn print_version(console: &Console) -> Outcome {
    console.event("", "version", &[version::PACKER]);
    console.event("", "version-prelease", &[""]);
    console.event("", "version-commit", &[""]);
    console.event("", "ami-build-version", &[version::OWN]);
    console.say(&format!(
        "Packer v{}\nami-build v{}",
        version::PACKER,
        version::OWN
    ));
    Outcome::Succeeded
}

fn usage(console: &Console, complaint: Option<String>, text: &str, exit: u8) -> Outcome {
    console.say(text.trim_end());
    if let Some(complaint) = complaint {
        console.line(Line::Error, &complaint, &format!("\n{complaint}"));
    }
    Outcome::Usage(exit)
}

/// `PACKER_RUN_UUID`: Packer's own form, which sorts by time.
fn new_run_uuid() -> String {
    let seconds = u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp()).unwrap_or(0);
    let mut random = [0_u8; 12];
    // Without random bytes the id is merely less unique; nothing secret is made of it.
    if getrandom::fill(&mut random).is_err() {
        random = *b"no random(!)";
    }
    time_ordered_uuid(seconds, random)
}
