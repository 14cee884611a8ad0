//! An amazon builder at EC2: the connection, whose credentials they are, and what its builds share.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::builder_end::{BuilderEnd, BuilderResult};
use super::context::RunContext;
use super::observer::Observer;
use super::site::{self, Journals, Site};
use super::{machine_timer, made, secrets};
use crate::address::OwnAddresses;
use crate::build::{self, GeneratedData};
use crate::cloud::api::Caller;
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::shared::{Holder, Shared};
use crate::cloud::{Cloud, Region};
use crate::error::with_hint;
use crate::plan::PlannedBuild;
use crate::plan::amazon::settings::EbsSettings;
use crate::remote::SshDialer;
use crate::report::classify;
use crate::report::conclusion::Conclusion;
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
    let without_cloud = |end| AmazonEnd { end, cloud: None };
    let (timer, connection) = match connect(settings, cx).await {
        Ok(connected) => connected,
        Err(end) => return without_cloud(end),
    };
    let cloud = Ec2::new(&connection);
    let caller = match ask_caller(&cloud, (settings, &connection.region), cx, ui).await {
        Ok(caller) => caller,
        Err(end) => {
            return AmazonEnd {
                end,
                cloud: Some(cloud),
            };
        }
    };
    let shared = shared(settings, cx, (&cloud, &connection), caller.as_ref());
    let site = Site {
        cloud: &shared,
        dial: &SshDialer,
        addresses: &OwnAddresses {
            environment: &cx.environment,
        },
        observer: &Observer::new(build, cx),
        region: connection.region.clone(),
        endpoint: connection.ec2_endpoint.clone(),
        caller,
        unrenewable: connection.unrenewable.as_ref(),
        timer,
        journals: Journals::In(&cx.journals),
    };
    let end = Box::pin(site::build(settings, build, cx, ui, site)).await;
    AmazonEnd {
        end,
        cloud: Some(cloud),
    }
}

/// The way to EC2, and what ends the machine once we are gone.
async fn connect(
    settings: &EbsSettings,
    cx: &RunContext,
) -> Result<(Timer, Connection), BuilderEnd> {
    let timer = machine_timer::of(&cx.environment)
        .map_err(|error| failed_early(with_hint(&error, None), Conclusion::Invalid))?;
    let connecting = connection::connect(
        &settings.access,
        &cx.environment,
        secrets::teller(&cx.console),
    );
    let connection = tokio::select! {
        biased;
        _ = cx.stop.wait() => return Err(cancelled()),
        connection = connecting => connection,
    };
    connection
        .map(|connection| (timer, connection))
        .map_err(|error| {
            failed_early(
                with_hint(&error, error.hint().as_deref()),
                Conclusion::Credentials,
            )
        })
}

/// Whose credentials they are: the first call, which shows whether anybody answers.
pub(super) async fn ask_caller<C: Cloud>(
    cloud: &C,
    (settings, region): (&EbsSettings, &Region),
    cx: &RunContext,
    ui: &Ui,
) -> Result<Option<Caller>, BuilderEnd> {
    let asking = async {
        build::await_issued(cloud, settings, region, ui).await;
        build::caller(cloud, settings, region).await
    };
    let caller = tokio::select! {
        biased;
        _ = cx.stop.wait() => return Err(cancelled()),
        caller = asking => caller,
        never = tell_of_the_wait(ui) => match never {},
    };
    caller.map_err(|error| failed_early(made::shown(&error), classify::of_build(&error)))
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

pub(super) fn failed_early(error: String, conclusion: Conclusion) -> BuilderEnd {
    BuilderEnd {
        result: BuilderResult::Failed { error, conclusion },
        data: GeneratedData::new(),
        settled: None,
    }
}
