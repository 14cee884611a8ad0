//! A build at work wherever it takes place, EC2 or a model of it: ledger, steps, settle.

use std::panic::AssertUnwindSafe;
use std::path::Path;

use futures_util::FutureExt;

use super::amazon::failed_early;
use super::ask::{self, Answer};
use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::debugging;
use super::provisioning::{Aftermath, Provisioning};
use super::renewal::Renewal;
use super::{credentials_end, machine_timer, made};
use crate::build::{self, AddressLookup, BuildObserver, Cx};
use crate::cli::options::OnError;
use crate::cloud::api::Caller;
use crate::cloud::unrenewable::Unrenewable;
use crate::cloud::{Cloud, Region};
use crate::error::{chain, with_hint};
use crate::ledger::{
    BuildIdentity, Journal, Kind, Ledger, PATIENCE, Row, Settled, Settling, Which,
};
use crate::plan::PlannedBuild;
use crate::plan::amazon::settings::EbsSettings;
use crate::provision::ChildEnding;
use crate::remote::Dial;
use crate::report::conclusion::Conclusion;
use crate::report::prompt;
use crate::report::timeline::CLEAN_UP;
use crate::report::ui::Ui;
use crate::timer::Timer;

/// Where a build takes place, and what is known of it before its first step.
pub(super) struct Site<'a, C, D> {
    /// EC2.
    pub(super) cloud: &'a C,
    /// The way to the machine.
    pub(super) dial: &'a D,
    /// The caller's own addresses.
    pub(super) addresses: &'a dyn AddressLookup,
    /// The build region.
    pub(super) region: Region,
    /// EC2's endpoint, where it is not EC2's own.
    pub(super) endpoint: Option<String>,
    /// Whose credentials they are, where that is known.
    pub(super) caller: Option<Caller>,
    /// The credentials, where nobody can renew them.
    pub(super) unrenewable: Option<&'a Unrenewable>,
    /// What ends the machine once we are gone.
    pub(super) timer: Timer,
    /// Who wants to know early.
    pub(super) observer: &'a dyn BuildObserver,
    /// Where the build's journal lies.
    pub(super) journals: Journals<'a>,
}

/// Where journals lie.
#[derive(Clone, Copy, Debug)]
pub(super) enum Journals<'a> {
    /// In this directory.
    In(&'a Path),
    /// Nowhere: what is made goes with the process.
    Nowhere,
}

/// Builds there, and settles what must not stay.
pub(super) async fn build<C: Cloud, D: Dial>(
    settings: &EbsSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
    site: Site<'_, C, D>,
) -> BuilderEnd {
    let cloud = site.cloud;
    let identity = super::identity::identity(settings, build, cx, &site);
    let ledger = match open_ledger(identity, site.journals) {
        Ok(ledger) => ledger,
        Err(error) => return failed_early(error, Conclusion::Failure),
    };
    let renewal = Renewal::new(&ledger, cloud, ui);
    let mut provisioning = Provisioning::new(build, cx, ui, child_ending());
    let built = {
        let cx = Cx {
            settings,
            region: &site.region,
            scope: &build.scope,
            cloud,
            dial: site.dial,
            addresses: site.addresses,
            ledger: &ledger,
            timer: &site.timer,
            stop: &cx.stop,
            ui,
            observer: site.observer,
        };
        let made = AssertUnwindSafe(Box::pin(made::make(&cx, &mut provisioning)));
        let making = renewal.during(made.catch_unwind());
        credentials_end::told_during(making, site.unrenewable, ui).await
    };
    ui.end_step();
    let (result, data) = match built {
        Ok(built) => made::ended(built, &settings.recipe, &cx.run_uuid),
        Err(_) => made::panicked(),
    };
    let asked = ask_about_failure(&result, &mut provisioning, cx, ui);
    renewal.during(asked).await;
    if is_kept(&result, provisioning.aftermath, cx) {
        hold(&result, ui, (&ledger, &renewal, &site.timer)).await;
    }
    let rows = still_to_remove(&result, &ledger);
    let paused = debugging::before_cleanups(cx, ui, &rows);
    renewal.during(paused).await;
    drop(site.timer);
    let keeps_key = ledger.rows().iter().any(|row| row.held_until.is_some());
    let settled = settle(ledger, cloud, cx, ui).await;
    if !keeps_key {
        debugging::remove_key(cx, ui, build);
    }
    made::say_volumes(&result, ui);
    BuilderEnd {
        result,
        data,
        settled: Some(settled),
    }
}

/// A ledger with its journal; what is wrong with the disk, to be shown, where there cannot be one.
fn open_ledger(identity: BuildIdentity, journals: Journals<'_>) -> Result<Ledger, String> {
    let journal = match journals {
        Journals::In(directory) => Journal::create(directory, &identity),
        Journals::Nowhere => Ok(Journal::forgetful(&identity)),
    };
    let journal = journal.map_err(|error| with_hint(&error, error.hint().as_deref()))?;
    Ok(Ledger::open(journal, identity))
}

/// `-on-error=ask` where no provisioner failed. A call that failed left its row in the ledger, and what came before it may
/// have changed since: such a step cannot be repeated by itself.
async fn ask_about_failure(
    result: &BuilderResult,
    provisioning: &mut Provisioning<'_>,
    cx: &RunContext,
    ui: &Ui,
) {
    let BuilderResult::Failed { error, .. } = result else {
        return;
    };
    if cx.options.on_error != OnError::Ask || provisioning.asked {
        return;
    }
    ui.error(error);
    loop {
        match ask::ask(ui, &cx.stop).await {
            Answer::CleanUp => return,
            Answer::Abort => {
                provisioning.aftermath = Aftermath::Keep;
                return;
            }
            Answer::Retry => ui.say("Only provisioners can be retried."),
        }
    }
}

/// What the cleanup begins with: the machine of a build that ended well is told to go before.
fn still_to_remove(result: &BuilderResult, ledger: &Ledger) -> Vec<Row> {
    let machine_is_gone = matches!(result, BuilderResult::Made { .. } | BuilderResult::Nothing);
    let mut rows = ledger.rows();
    rows.retain(|row| !(machine_is_gone && row.kind == Kind::Instance));
    rows
}

/// Whether what is there is kept.
fn is_kept(result: &BuilderResult, aftermath: Aftermath, cx: &RunContext) -> bool {
    let aborts = matches!(
        cx.options.on_error,
        OnError::Abort | OnError::RunCleanupProvisioner
    );
    match result {
        BuilderResult::Failed { .. } => aborts || aftermath == Aftermath::Keep,
        BuilderResult::Cancelled => aborts,
        BuilderResult::Made { .. } | BuilderResult::Nothing => false,
    }
}

/// `-on-error=abort` and its kin keep what is there, marked and with a deadline.
async fn hold<C: Cloud>(
    result: &BuilderResult,
    ui: &Ui,
    (ledger, renewal, timer): (&Ledger, &Renewal<'_, C>, &Timer),
) {
    if ledger.rows().is_empty() {
        return;
    }
    if matches!(result, BuilderResult::Cancelled) {
        ui.error("Interrupted, aborting...");
    }
    renewal.prolong().await;
    match ledger.hold() {
        Ok(()) => {
            ui.error(&format!(
                "aborted: skipping the cleanup. Remove what is kept with: {}",
                ledger.settle_command()
            ));
            machine_timer::call_off(timer, result, ui).await;
        }
        Err(error) => ui.error(&format!(
            "what is there cannot be marked as kept, so it is removed: {error}"
        )),
    }
}

async fn settle<C: Cloud>(ledger: Ledger, cloud: &C, cx: &RunContext, ui: &Ui) -> Settled {
    if !ledger.rows().is_empty() {
        ui.step(CLEAN_UP);
    }
    let narrate = |row: &_| ui.say(&build::removal_line(row));
    let settling = Settling {
        which: Which::Unfinished,
        patience: PATIENCE,
        stop: &cx.stop,
        narrate: &narrate,
    };
    let settled = ledger.settle(cloud, &settling).await;
    ui.end_step();
    tell_what_stays(&settled, ui);
    settled
}

/// Says what could not be removed, and how to do it.
pub(super) fn tell_what_stays(settled: &Settled, ui: &Ui) {
    for remaining in settled.remaining() {
        ui.error(&format!(
            "Still there: {}\n  why: {}\n  remove it with: {}",
            remaining.row,
            chain(&remaining.why),
            remaining.command
        ));
    }
    if let Some(command) = settled.command() {
        ui.error(&format!("Everything that is left goes with: {command}"));
    }
}

/// A script that asks at a terminal, as `sudo` does, has to be in our process group: the kernel stops any other.
fn child_ending() -> ChildEnding {
    if prompt::has_terminal() {
        ChildEnding::AwaitDescendants
    } else {
        ChildEnding::KillDescendants
    }
}
