//! `settle` and the action's post step: undo what the builds of some journals left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::site::tell_what_stays;
use super::{Outcome, secrets};
use crate::action::environment::Environment;
use crate::build::removal_line;
use crate::cloud::api::AccountCalls;
use crate::cloud::connection;
use crate::cloud::ec2::Ec2;
use crate::error::with_hint;
use crate::ledger::{BuildIdentity, JournalError, Ledger, Settling, Trace, Which};
use crate::plan::amazon::settings::Access;
use crate::report::console::Console;
use crate::report::ui::{Grouping, Ui};
use crate::stop::Stop;

/// The post step of a cancelled job has five minutes, of which the runner takes some (workflow-cancellation-reference).
const PATIENCE: Duration = Duration::from_secs(240);

/// What `settle` needs to know.
pub(super) struct SettleContext<'a> {
    /// Where it speaks.
    pub(super) console: &'a Console,
    /// The environment, for credentials.
    pub(super) environment: &'a Environment,
    /// The stop signal.
    pub(super) stop: &'a Stop,
    /// What `-on-error=abort` kept too, or not.
    pub(super) which: Which,
    /// The template's own credentials by build id, where they are known: the journal has no secrets.
    pub(super) accesses: BTreeMap<String, Access>,
}

/// Why a journal could not be settled.
#[derive(Debug, thiserror::Error)]
enum SettleError {
    #[error("no journal `{}`", .0.display())]
    Missing(PathBuf),
    #[error("cannot list the journals in `{}`", path.display())]
    List {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot remove the journal `{}`, of a build that made nothing", path.display())]
    Discard {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("there is no way to EC2")]
    Connect(#[source] connection::ConnectError),
    #[error("cannot find out whose credentials these are")]
    Caller(#[source] crate::cloud::CloudError),
    #[error("these credentials are for the account `{found}`, and the build ran in `{wanted}`")]
    Account { found: String, wanted: String },
}

impl SettleError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Journal(error) => error.hint(),
            Self::Account { wanted, .. } => Some(format!(
                "sign in to the account `{wanted}` and settle again; the journal is kept"
            )),
            Self::Caller(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Missing(_) | Self::List { .. } | Self::Discard { .. } => None,
        }
    }
}

/// Settles a journal, or every journal of a directory. Where there is none there is nothing to do.
pub(super) async fn settle(path: &Path, cx: &SettleContext<'_>) -> Outcome {
    let journals = match journals(path) {
        Ok(journals) => journals,
        Err(error) => {
            cx.console.error(&format!(
                "Error: {}",
                with_hint(&error, error.hint().as_deref())
            ));
            return Outcome::Failed;
        }
    };
    if journals.is_empty() {
        cx.console
            .say("Nothing to settle: no build left a journal.");
    }
    let mut outcome = Outcome::Succeeded;
    for (number, journal) in journals.iter().enumerate() {
        if !one(journal, number, cx).await {
            outcome = Outcome::Failed;
        }
    }
    outcome
}

/// Whether nothing is left that should not be.
async fn one(journal: &Path, number: usize, cx: &SettleContext<'_>) -> bool {
    match settle_one(journal, number, cx).await {
        Ok(clean) => clean,
        Err(error) => {
            cx.console.error(&format!(
                "Error: {} is not settled: {}",
                journal.display(),
                with_hint(&error, error.hint().as_deref())
            ));
            false
        }
    }
}

async fn settle_one(
    journal: &Path,
    number: usize,
    cx: &SettleContext<'_>,
) -> Result<bool, SettleError> {
    let ledger = match Ledger::resume(journal) {
        Err(JournalError::Unbegun { path }) => return discard(&path, cx).map(|()| true),
        resumed => resumed?,
    };
    let (identity, damaged) = (ledger.identity(), ledger.damaged_lines());
    let ui = Ui::new(cx.console.clone(), "settle", number, Grouping::BySteps);
    ui.step(&format!("Settle {}", identity.build_id));
    let cloud = connected(&identity, &ledger, cx).await;
    let cloud = match cloud {
        Ok(cloud) => cloud,
        Err(error) => {
            ui.end_step();
            return Err(error);
        }
    };
    let narrate = |row: &_| ui.say(&removal_line(row));
    let settling = Settling {
        which: cx.which,
        patience: PATIENCE,
        stop: cx.stop,
        narrate: &narrate,
    };
    let settled = ledger.settle(&cloud, &settling).await;
    for row in settled.removed() {
        ui.message(&format!("gone: {}", row));
    }
    tell_what_stays(&settled, &ui);
    tell_of_damage(journal, &identity, &damaged, &ui);
    ui.end_step();
    Ok(!settled.has_leftovers() && damaged.is_empty())
}

/// A journal without a first line: its process ended before it could have made anything.
fn discard(journal: &Path, cx: &SettleContext<'_>) -> Result<(), SettleError> {
    std::fs::remove_file(journal).map_err(|source| SettleError::Discard {
        path: journal.to_owned(),
        source,
    })?;
    cx.console.say(&format!(
        "{}: the build ended before it made anything.",
        journal.display()
    ));
    Ok(())
}

/// What stood in lines that cannot be read is known by its tags only.
fn tell_of_damage(journal: &Path, identity: &BuildIdentity, lines: &[usize], ui: &Ui) {
    if lines.is_empty() {
        return;
    }
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    ui.error(&format!(
        "Of the journal {} these lines cannot be read: {}. The others were settled, but for images, snapshots and volumes, which may be results.\n  what is left is found by its tag: {}\n  then delete the journal",
        journal.display(),
        lines.join(", "),
        Trace::of_identity(identity).search()
    ));
}

async fn connected(
    identity: &BuildIdentity,
    ledger: &Ledger,
    cx: &SettleContext<'_>,
) -> Result<Ec2, SettleError> {
    let own = Access {
        max_retries: 10,
        region: identity.regions.first().cloned(),
        custom_endpoint_ec2: identity.endpoint.clone(),
        profile: identity.profile.clone(),
        assume_role: identity.assume_role.clone(),
        ..Access::default()
    };
    let access = cx.accesses.get(&identity.build_id).cloned().unwrap_or(own);
    let connection = connection::connect(&access, cx.environment, secrets::teller(cx.console))
        .await
        .map_err(SettleError::Connect)?;
    let cloud = Ec2::new(&connection);
    if let (Some(wanted), false) = (&identity.account, ledger.rows().is_empty()) {
        let found = cloud
            .caller(&connection.region)
            .await
            .map_err(SettleError::Caller)?
            .account;
        if found != *wanted {
            return Err(SettleError::Account {
                found,
                wanted: wanted.clone(),
            });
        }
    }
    Ok(cloud)
}

fn journals(path: &Path) -> Result<Vec<PathBuf>, SettleError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.exists() {
        // A directory of journals is made with the first one; a journal that is gone was settled, but may also be misspelt.
        return if path
            .extension()
            .is_some_and(|extension| extension == "journal")
        {
            Err(SettleError::Missing(path.to_owned()))
        } else {
            Ok(Vec::new())
        };
    }
    let listed = std::fs::read_dir(path).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
    });
    let mut found = listed.map_err(|source| SettleError::List {
        path: path.to_owned(),
        source,
    })?;
    found.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "journal")
    });
    found.sort();
    Ok(found)
}
