//! An amazon builder at a model of EC2: the same steps and the same ledger, and nothing of it is real.

use std::future::Future;
use std::pin::Pin;

use super::amazon::ask_caller;
use super::builder_end::BuilderEnd;
use super::context::RunContext;
use super::site::{self, Journals, Site};
use crate::build::{AddressLookup, BuildObserver};
use crate::cloud::Region;
use crate::cloud::connection;
use crate::cloud::model::ModelCloud;
use crate::plan::PlannedBuild;
use crate::plan::amazon::settings::EbsSettings;
use crate::plan::communicator::Interface;
use crate::remote::Dial;
use crate::report::ui::Ui;
use crate::timer::Timer;

/// Where nothing names a region.
const ASSUMED_REGION: &str = "us-east-1";

/// What a build in the model needs besides its settings.
pub(super) struct ModelSite<'a, D> {
    /// The account, which the builds of a run share.
    pub(super) account: &'a ModelCloud,
    /// The way to what stands for the machine.
    pub(super) dial: &'a D,
    /// Who wants to know early.
    pub(super) observer: &'a dyn BuildObserver,
}

/// A build in the model that is over.
pub(super) struct InModel {
    /// How it ended.
    pub(super) end: BuilderEnd,
    /// The account as this build saw it: what it called there, and what could not be checked.
    pub(super) cloud: ModelCloud,
    /// The build region.
    pub(super) region: Region,
}

/// Runs the builder.
pub(super) async fn run<D: Dial>(
    settings: &EbsSettings,
    build: &PlannedBuild,
    cx: &RunContext,
    ui: &Ui,
    at: ModelSite<'_, D>,
) -> InModel {
    let named = connection::named_region(&settings.access, &cx.environment).await;
    let region = named.clone().unwrap_or_else(|| Region::new(ASSUMED_REGION));
    let cloud = at.account.for_build(settings, &region);
    if named.is_none() {
        cloud.note_unchecked(&format!(
            "the region, which nothing names: `{ASSUMED_REGION}` is assumed"
        ));
    }
    let end = match ask_caller(&cloud, (settings, &region), cx, ui).await {
        Ok(caller) => {
            let site = Site {
                cloud: &cloud,
                dial: at.dial,
                addresses: &NowhereToAsk,
                observer: at.observer,
                region: region.clone(),
                endpoint: None,
                caller,
                unrenewable: None,
                timer: Timer::new(None),
                journals: Journals::Nowhere,
            };
            Box::pin(site::build(settings, build, cx, ui, site)).await
        }
        Err(end) => end,
    };
    InModel { end, cloud, region }
}

/// Nobody is asked for the caller's own address: any will do.
struct NowhereToAsk;

impl AddressLookup for NowhereToAsk {
    fn own_ranges(
        &self,
        _interface: Interface,
    ) -> Pin<Box<dyn Future<Output = Vec<String>> + Send + '_>> {
        // A range of RFC 5737, which belongs to nobody.
        Box::pin(std::future::ready(vec!["192.0.2.1/32".to_owned()]))
    }
}
