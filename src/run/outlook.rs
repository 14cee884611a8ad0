//! What AWS says of the builds of a plan before anything is created: for each build, then for each account and region.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use super::planned::PlanContext;
use super::secrets;
use crate::build::outlook::{self, Check, Verdict, Wanted};
use crate::build::{self, AddressLookup, BuildObserver, Cx};
use crate::cloud::Region;
use crate::cloud::connection::{self, Connection};
use crate::cloud::ec2::Ec2;
use crate::cloud::kms::Kms;
use crate::cloud::service_quotas::ServiceQuotas;
use crate::ledger::{BuildIdentity, Journal, Ledger};
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::communicator::Interface;
use crate::plan::{Builder, Plan, PlannedBuild};
use crate::report::console::Console;
use crate::report::ui::{Grouping, Ui};
use crate::timer::Timer;

/// Builds that are looked at side by side: more would only wait for EC2's token buckets.
const AT_ONCE: usize = 8;
/// For one build, and for one region.
const LONGEST: Duration = Duration::from_secs(120);
const CREDENTIALS: &[&str] = &["assume_role", "profile", "access_key", "region"];

/// A check and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Checked<'a> {
    /// The build.
    pub(super) build: &'a PlannedBuild,
    /// The check.
    pub(super) check: Check,
}

/// What was learnt.
#[derive(Default)]
pub(super) struct Outlook<'a> {
    /// In the order of the plan, build for build.
    pub(super) checks: Vec<Checked<'a>>,
    /// Where each build takes place, by its name.
    pub(super) regions: BTreeMap<String, Region>,
}

/// Asks for all builds.
pub(super) async fn ask<'a>(plan: &'a Plan, cx: PlanContext<'_>) -> Outlook<'a> {
    let amazon = plan.builds.iter().filter_map(|build| match &build.builder {
        Builder::AmazonEbs(settings) => Some((build, &**settings)),
        Builder::Null(_) | Builder::File(_) | Builder::Foreign(_) => None,
    });
    let looks = amazon.map(|(build, settings)| one(build, settings, cx));
    let looked: Vec<Looked<'_>> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let mut places: BTreeMap<(&str, &Region), Vec<&Looked<'_>>> = BTreeMap::new();
    for look in &looked {
        if let Some(place) = &look.place {
            let key = (place.account.as_str(), &place.connection.region);
            places.entry(key).or_default().push(look);
        }
    }
    let mut together = Vec::new();
    for builds in places.values() {
        together.extend(of_machines(builds).await);
    }
    together.extend(Box::pin(of_public_images(&looked)).await);
    let mut outlook = Outlook::default();
    for look in looked {
        let name = look.build.name.clone();
        if let Some(place) = &look.place {
            outlook
                .regions
                .insert(name, place.connection.region.clone());
        }
        let build = look.build;
        let own = look.checks.into_iter();
        outlook
            .checks
            .extend(own.map(|check| Checked { build, check }));
        let of_all = together.iter();
        let of_all = of_all.filter(|checked| checked.build.name == build.name);
        outlook.checks.extend(of_all.cloned());
    }
    outlook
}

/// A build that was looked at.
struct Looked<'a> {
    build: &'a PlannedBuild,
    settings: &'a EbsSettings,
    checks: Vec<Check>,
    place: Option<Place>,
}

/// The way to its account.
struct Place {
    connection: Connection,
    cloud: Ec2,
    account: String,
}

async fn one<'a>(
    build: &'a PlannedBuild,
    settings: &'a EbsSettings,
    cx: PlanContext<'_>,
) -> Looked<'a> {
    let mut looked = Looked {
        build,
        settings,
        checks: Vec::new(),
        place: None,
    };
    let looking = async {
        let place = match connect(build, settings, cx).await {
            Ok(place) => place,
            Err(check) => return (vec![check], None),
        };
        let checks = Box::pin(look(build, settings, &place, cx)).await;
        (checks, Some(place))
    };
    (looked.checks, looked.place) = tokio::select! {
        biased;
        _ = cx.stop.wait() => (vec![late("the run was stopped")], None),
        looked = tokio::time::timeout(LONGEST, looking) => {
            looked.unwrap_or_else(|_| (vec![late("AWS did not answer in time")], None))
        }
    };
    looked
}

fn late(why: &str) -> Check {
    Check {
        what: "everything".to_owned(),
        keys: &[],
        verdict: Verdict::Unchecked(why.to_owned()),
    }
}

/// The first call shows whether anybody answers, and whose credentials they are.
async fn connect(
    build: &PlannedBuild,
    settings: &EbsSettings,
    cx: PlanContext<'_>,
) -> Result<Place, Check> {
    let teller = secrets::teller(cx.console);
    let connecting = connection::connect(&settings.access, cx.environment, teller);
    let connection = Box::pin(connecting)
        .await
        .map_err(|error| Check::no_way(CREDENTIALS, &error, error.hint()))?;
    let cloud = Ec2::new(&connection);
    let caller = build::caller(&cloud, settings, &connection.region)
        .await
        .map_err(|error| Check::no_way(CREDENTIALS, &error, error.hint()))?;
    // Without an account nobody knows which builds share one.
    let account = caller.map_or_else(|| format!("of {}", build.name), |caller| caller.account);
    Ok(Place {
        connection,
        cloud,
        account,
    })
}

async fn look(
    build: &PlannedBuild,
    settings: &EbsSettings,
    place: &Place,
    cx: PlanContext<'_>,
) -> Vec<Check> {
    let unheard = Console::new(
        cx.console.style(),
        cx.console.redactor().clone(),
        Box::new(io::sink()),
    );
    // Nothing is created, so nothing is written down.
    let identity = BuildIdentity::of_found("plan");
    let ledger = Ledger::open(Journal::forgetful(&identity), identity);
    let cx = Cx {
        settings,
        region: &place.connection.region,
        scope: &build.scope,
        cloud: &place.cloud,
        dial: &(),
        addresses: &Nobody,
        ledger: &ledger,
        timer: &Timer::new(None),
        stop: cx.stop,
        ui: &Ui::new(unheard, &build.name, 0, Grouping::BySteps),
        observer: &Nobody,
    };
    let keys = Kms::new(&place.connection);
    Box::pin(outlook::look_ahead(&cx, &keys)).await
}

/// The machines of all builds of an account in a region.
async fn of_machines<'a>(builds: &[&Looked<'a>]) -> Vec<Checked<'a>> {
    let wanted: Vec<(&PlannedBuild, Wanted)> = builds
        .iter()
        .filter_map(|look| Some((look.build, outlook::wanted(&look.settings.launch)?)))
        .collect();
    let Some(place) = builds.first().and_then(|look| look.place.as_ref()) else {
        return Vec::new();
    };
    let machines: Vec<Wanted> = wanted.iter().map(|(_, wanted)| wanted.clone()).collect();
    if machines.is_empty() {
        return Vec::new();
    }
    let quotas = ServiceQuotas::new(&place.connection);
    let region = &place.connection.region;
    let asking = outlook::capacity(&place.cloud, &quotas, region, &machines);
    let checks = tokio::time::timeout(LONGEST, Box::pin(asking)).await;
    let checks = checks.unwrap_or_else(|_| vec![late("AWS did not answer in time")]);
    let of_builds = wanted.into_iter().zip(checks);
    of_builds
        .map(|((build, _), check)| Checked { build, check })
        .collect()
}

/// The public images of all builds of an account, by region.
async fn of_public_images<'a>(looked: &[Looked<'a>]) -> Vec<Checked<'a>> {
    let mut makers: BTreeMap<(&str, &Region), Vec<(&'a PlannedBuild, &Place)>> = BTreeMap::new();
    for look in looked {
        let Some(place) = &look.place else { continue };
        for region in outlook::becomes_public(look.settings, &place.connection.region) {
            let key = (place.account.as_str(), region);
            makers.entry(key).or_default().push((look.build, place));
        }
    }
    let mut checked = Vec::new();
    for ((_, region), builds) in makers {
        let Some((_, place)) = builds.first() else {
            continue;
        };
        let quotas = ServiceQuotas::new(&place.connection);
        let asking = outlook::public(&place.cloud, &quotas, region, builds.len());
        let checks = tokio::time::timeout(LONGEST, Box::pin(asking)).await;
        let checks = checks.unwrap_or_else(|_| vec![late("AWS did not answer in time")]);
        for (build, _) in builds {
            let own = checks.iter().cloned();
            checked.extend(own.map(|check| Checked { build, check }));
        }
    }
    checked
}

/// Nobody wants to know, and nobody is asked for an address.
struct Nobody;

impl BuildObserver for Nobody {}

impl AddressLookup for Nobody {
    fn own_ranges(
        &self,
        _interface: Interface,
    ) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}
