//! An amazon builder at work: connection, ledger, build, settle.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::ask::{self, Answer};
use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::debugging;
use super::observer::Observer;
use super::provisioning::{Aftermath, Provisioning};
use super::renewal::Renewal;
use super::{credentials_end, machine_timer, made, secrets};
use crate::address::OwnAddresses;
use crate::build::{self, Cx, GeneratedData};
use crate::cli::options::OnError;
use crate::cloud::Cloud;
use crate::cloud::api::Caller;
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::shared::{Holder, Shared};
use crate::error::{chain, with_hint};
use crate::ledger::{
    BuildIdentity, Journal, Kind, Ledger, PATIENCE, Row, Settled, Settling, Which,
};
use crate::plan::PlannedBuild;
use crate::plan::amazon::settings::EbsSettings;
use crate::provision::ChildEnding;
use crate::remote::SshDialer;
use crate::report::classify;
use crate::report::conclusion::Conclusion;
use crate::report::prompt;
use crate::report::ui::{Progress, Ui};
use crate::timer::Timer;

/// AWS answers within a second or two; after this something is amiss.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// A builder's end, and the way to destroy its images where the chain rules ask for that.
pub(super) struct AmazonEnd {
    /// How it ended.
    pub(super) end: BuilderEnd,
    /// EC2, where it could be reached at all.
    pub(super) cloud: Option<Ec2>,
}

/// Runs the builder.
pub(super) async fn run(
    settings: &EbsSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
) -> AmazonEnd {
    let timer = match machine_timer::of(&cx.environment) {
        Ok(timer) => timer,
        Err(error) => {
            return AmazonEnd {
                end: failed_early(with_hint(&error, None), Conclusion::Invalid),
                cloud: None,
            };
        }
    };
    let connecting = connection::connect(
        &settings.access,
        &cx.environment,
        secrets::teller(&cx.console),
    );
    let connection = tokio::select! {
        biased;
        _ = cx.stop.wait() => return AmazonEnd { end: cancelled(), cloud: None },
        connection = connecting => connection,
    };
    let connection = match connection {
        Ok(connection) => connection,
        Err(error) => {
            return AmazonEnd {
                end: failed_early(
                    with_hint(&error, error.hint().as_deref()),
                    Conclusion::Credentials,
                ),
                cloud: None,
            };
        }
    };
    let cloud = Ec2::new(&connection);
    let aws = (&cloud, &connection, timer);
    let end = with_cloud(settings, build, cx, ui, aws).await;
    AmazonEnd {
        end,
        cloud: Some(cloud),
    }
}

async fn with_cloud(
    settings: &EbsSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
    (cloud, connection, timer): (&Ec2, &Connection, Timer),
) -> BuilderEnd {
    let asking = async {
        build::await_issued(cloud, settings, &connection.region, ui).await;
        build::caller(cloud, settings, &connection.region).await
    };
    let caller = tokio::select! {
        biased;
        _ = cx.stop.wait() => return cancelled(),
        caller = asking => caller,
        never = tell_of_the_wait(ui) => match never {},
    };
    let caller = match caller {
        Ok(caller) => caller,
        Err(error) => return failed_early(made::shown(&error), classify::of_build(&error)),
    };
    let cloud = &shared(settings, cx, (cloud, connection), caller.as_ref());
    let identity = super::identity::identity(settings, build, cx, (connection, caller.as_ref()));
    let ledger = match open_ledger(identity, cx) {
        Ok(ledger) => ledger,
        Err(error) => return failed_early(error, Conclusion::Failure),
    };
    let renewal = Renewal::new(&ledger, cloud, ui);
    let mut provisioning = Provisioning::new(build, cx, ui, child_ending());
    let built = {
        let addresses = OwnAddresses {
            environment: &cx.environment,
        };
        let observer = Observer::new(build, cx);
        let cx = Cx {
            settings,
            region: &connection.region,
            scope: &build.scope,
            cloud,
            dial: &SshDialer,
            addresses: &addresses,
            ledger: &ledger,
            timer: &timer,
            stop: &cx.stop,
            ui,
            observer: &observer,
        };
        let made = AssertUnwindSafe(Box::pin(made::make(&cx, &mut provisioning)));
        let making = renewal.during(made.catch_unwind());
        credentials_end::told_during(making, connection.unrenewable.as_ref(), ui).await
    };
    ui.end_step();
    let (result, data) = match built {
        Ok(built) => made::ended(built, &settings.recipe, &cx.run_uuid),
        Err(_) => made::panicked(),
    };
    let asked = ask_about_failure(&result, &mut provisioning, cx, ui);
    renewal.during(asked).await;
    if is_kept(&result, provisioning.aftermath, cx) {
        hold(&result, ui, (&ledger, &renewal, &timer)).await;
    }
    let rows = still_to_remove(&result, &ledger);
    let paused = debugging::before_cleanups(cx, ui, &rows);
    renewal.during(paused).await;
    drop(timer);
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

/// A ledger whose journal is on disk; what is wrong with the disk, to be shown, where it cannot be.
fn open_ledger(identity: BuildIdentity, cx: &RunContext) -> Result<Ledger, String> {
    let journal = Journal::create(&cx.journals, &identity);
    let journal = journal.map_err(|error| with_hint(&error, error.hint().as_deref()))?;
    Ok(Ledger::open(journal, identity))
}

/// EC2 as all builds of the same caller share it. One caller's keys may expire before another's, and the policy of a session
/// takes from what its role may see.
fn shared(
    settings: &EbsSettings,
    cx: &RunContext,
    (cloud, connection): (&Ec2, &Connection),
    caller: Option<&Caller>,
) -> Shared<Ec2> {
    let role = settings.access.assume_role.as_ref();
    let key = settings.access.keys.as_ref();
    let key = key.map_or("", |keys| keys.access_key.expose());
    let holder = Holder {
        endpoint: connection.ec2_endpoint.clone(),
        account: caller.map(|caller| caller.account.clone()),
        caller: caller.map(|caller| format!("{} {key} {role:?}", caller.arn)),
    };
    cx.accounts.share(cloud.clone(), &holder)
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

async fn settle(ledger: Ledger, cloud: &Shared<Ec2>, cx: &RunContext, ui: &Ui) -> Settled {
    if !ledger.rows().is_empty() {
        ui.step("Clean up");
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

/// A first call that is not answered is repeated for minutes: nobody should have to guess what is waited for.
async fn tell_of_the_wait(ui: &Ui) -> Infallible {
    let begin = Instant::now();
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        ui.progress(&Progress {
            awaited: "the first answer of AWS (credentials, network, proxy)",
            elapsed: begin.elapsed(),
            percent: None,
        });
    }
}

/// Nothing was made yet.
fn cancelled() -> BuilderEnd {
    BuilderEnd {
        result: BuilderResult::Cancelled,
        data: GeneratedData::new(),
        settled: None,
    }
}

fn failed_early(error: String, conclusion: Conclusion) -> BuilderEnd {
    BuilderEnd {
        result: BuilderResult::Failed { error, conclusion },
        data: GeneratedData::new(),
        settled: None,
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
