//! `sweep` and `command: sweep`: remove by tag what earlier builds left.

use time::OffsetDateTime;

use super::owner::{self, OwnerError};
use super::{Outcome, everywhere, secrets, sweep_report};
use crate::action::environment::Environment;
use crate::build::removal_line;
use crate::cli::sweep_options::{Earnest, Printed, SweepOptions, SweptRegions};
use crate::cloud::api::{AccountCalls, Caller};
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::{CloudError, Region};
use crate::error::with_hint;
use crate::plan::amazon::settings::Access;
use crate::report::conclusion::Conclusion;
use crate::report::console::Console;
use crate::report::swept::SweepReport;
use crate::stop::Stop;
use crate::sweep::{Removing, Terms, judge, remove, search};

/// What a sweep needs to know.
#[derive(Clone, Copy)]
pub(super) struct SweepContext<'a> {
    /// Where it speaks.
    pub(super) console: &'a Console,
    /// The environment, for credentials and for the owner.
    pub(super) environment: &'a Environment,
    /// The stop signal.
    pub(super) stop: &'a Stop,
}

impl<'a> SweepContext<'a> {
    /// Of these.
    pub(super) fn new(console: &'a Console, environment: &'a Environment, stop: &'a Stop) -> Self {
        Self {
            console,
            environment,
            stop,
        }
    }
}

/// Why nothing was even looked for.
#[derive(Debug, thiserror::Error)]
pub(super) enum SweepError {
    /// No region, no profile.
    #[error("there is no way to EC2")]
    Connect(#[source] connection::ConnectError),
    /// No credentials, or AWS does not take them.
    #[error("cannot find out whose credentials these are")]
    Caller(#[source] CloudError),
    /// `all` where the regions cannot be listed.
    #[error("cannot list the regions of the account")]
    Regions(#[source] CloudError),
    /// The flag or input.
    #[error("the owner cannot be used")]
    Owner(#[source] OwnerError),
    /// Before anything was found.
    #[error("stopped before anything was removed")]
    Stopped,
}

impl SweepError {
    /// What the user can do.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Caller(error) | Self::Regions(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Owner(_) | Self::Stopped => None,
        }
    }

    /// In one word.
    pub(super) fn conclusion(&self) -> Conclusion {
        match self {
            Self::Connect(_) | Self::Caller(_) => Conclusion::Credentials,
            Self::Regions(_) => Conclusion::Permission,
            Self::Owner(_) => Conclusion::Invalid,
            Self::Stopped => Conclusion::Cancelled,
        }
    }

    /// For the console and for annotations.
    pub(super) fn shown(&self) -> String {
        with_hint(self, self.hint().as_deref())
    }
}

/// `ami-build sweep`.
pub(super) async fn on_command_line(options: &SweepOptions, cx: SweepContext<'_>) -> Outcome {
    match sweep(options, cx).await {
        Ok(report) => {
            show(&report, options.printed, cx.console);
            match report.conclusion {
                Conclusion::Success => Outcome::Succeeded,
                _ => Outcome::Failed,
            }
        }
        Err(error) => {
            cx.console.error(&format!("Error: {}", error.shown()));
            Outcome::Failed
        }
    }
}

/// Sweeps, and says on the console what it does, unless JSON alone is wanted.
pub(super) async fn sweep(
    options: &SweepOptions,
    cx: SweepContext<'_>,
) -> Result<SweepReport, SweepError> {
    let (cloud, connection, caller) =
        unless_stopped(cx.stop, Box::pin(connect(options, cx))).await?;
    let owners = owner::of_sweep(cx.environment, &caller, options.owner.as_deref())
        .map_err(SweepError::Owner)?;
    let looking = async {
        let regions = regions(options, &cloud, &connection).await?;
        let found = search(&cloud, &regions, &owners).await;
        Ok((regions, found))
    };
    let say = |text: &str| {
        if options.printed == Printed::Table {
            cx.console.say(text);
        }
    };
    say(&format!(
        "Looking for what builds of `{}` left in the account {}...",
        owners.join("` or `"),
        caller.account
    ));
    let (regions, found) = unless_stopped(cx.stop, looking).await?;
    let plan = judge(
        &found,
        Terms {
            now: OffsetDateTime::now_utc(),
            older_than: options.older_than,
        },
    );
    let mut report = sweep_report::begun(&owners, &regions, (&found.unsearched, &plan));
    match options.earnest {
        Earnest::PlanOnly => sweep_report::planned(&mut report, &plan),
        Earnest::Remove => {
            let narrate = |row: &_| say(&format!("{} ({row})", removal_line(row)));
            let how = Removing {
                owners: &owners,
                stop: cx.stop,
                narrate: &narrate,
            };
            let removals = remove(&cloud, plan.builds, &how).await;
            sweep_report::removed(&mut report, &removals);
        }
    }
    sweep_report::conclude(&mut report, &found.unsearched, cx.stop);
    Ok(report)
}

/// Shows the report, in the form that was asked for.
pub(super) fn show(report: &SweepReport, printed: Printed, console: &Console) {
    for thing in &report.things {
        let arguments = [
            thing.fate.word(),
            thing.kind,
            &thing.id,
            thing.region.as_str(),
            &thing.build_id,
            &thing.deadline,
            thing.fate.why(),
        ];
        console.event("", "sweep", &arguments);
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
        console.error(&format!(
            "Not looked for: {} in `{}`\n  why: {}",
            one.kind, one.region, one.why
        ));
    }
    for thing in &report.things {
        if let Some(command) = thing.fate.command() {
            console.error(&format!(
                "Still there: {} `{}` in `{}`\n  why: {}\n  remove it with: {command}",
                thing.kind,
                thing.id,
                thing.region,
                thing.fate.why()
            ));
        }
    }
    console.say(&report.sentence());
}

async fn connect(
    options: &SweepOptions,
    cx: SweepContext<'_>,
) -> Result<(Ec2, Connection, Caller), SweepError> {
    let named = match &options.regions {
        SweptRegions::Named(regions) => regions.first().cloned(),
        SweptRegions::Connection | SweptRegions::Enabled => None,
    };
    let connection = if options.regions == SweptRegions::Enabled {
        everywhere::connect(cx.environment, cx.console, 10).await
    } else {
        let access = Access {
            max_retries: 10,
            region: named,
            ..Access::default()
        };
        connection::connect(&access, cx.environment, secrets::teller(cx.console)).await
    };
    let connection = connection.map_err(SweepError::Connect)?;
    let cloud = Ec2::new(&connection);
    let caller = cloud
        .caller(&connection.region)
        .await
        .map_err(SweepError::Caller)?;
    Ok((cloud, connection, caller))
}

async fn regions(
    options: &SweepOptions,
    cloud: &Ec2,
    connection: &Connection,
) -> Result<Vec<Region>, SweepError> {
    match &options.regions {
        SweptRegions::Connection => Ok(vec![connection.region.clone()]),
        SweptRegions::Named(regions) => Ok(regions.clone()),
        SweptRegions::Enabled => cloud
            .regions(&connection.region)
            .await
            .map_err(SweepError::Regions),
    }
}

async fn unless_stopped<T>(
    stop: &Stop,
    work: impl Future<Output = Result<T, SweepError>>,
) -> Result<T, SweepError> {
    tokio::select! {
        biased;
        _ = stop.wait() => Err(SweepError::Stopped),
        done = work => done,
    }
}
