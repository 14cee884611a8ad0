//! What is to be done.

use std::sync::Arc;

use super::amazon::settings::EbsSettings;
use super::builder_place::BuilderPlace;
use super::file::FileSettings;
use super::null::NullSettings;
use super::post::PostProcessorSettings;
use super::provision::ProvisionerSettings;
use crate::template::document::Document;
use crate::template::duration::GoDuration;
use crate::template::problem::{Place, Problem};
use crate::template::scope::Scope;

/// A whole plan.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The selected builds that are in order, sorted by name.
    pub(crate) builds: Vec<PlannedBuild>,
    /// The selected builds that are not, sorted by name.
    pub(crate) invalid: Vec<InvalidBuild>,
    /// What is wrong with the template as a whole; then there are no builds at all.
    pub(crate) problems: Vec<Problem>,
    /// What is odd, or not supported yet.
    pub(crate) warnings: Vec<Problem>,
}

/// One build.
#[derive(Debug)]
pub(crate) struct PlannedBuild {
    /// Its rendered name.
    pub(crate) name: String,
    /// The builder's type.
    pub(crate) kind: String,
    /// The builder.
    pub(crate) builder: Builder,
    /// What runs on the machine, in order.
    pub(crate) provisioners: Vec<PlannedProvisioner>,
    /// What runs after a provisioner failed.
    pub(crate) cleanup_provisioner: Option<PlannedProvisioner>,
    /// What happens to the artifact; no sequence is empty.
    pub(crate) post_processors: Vec<Vec<PlannedPostProcessor>>,
    /// For the texts that are rendered at run time; those of the builder itself need the builder's section.
    pub(crate) scope: Scope,
    /// Where its builder stands.
    pub(crate) place: BuilderPlace,
}

/// A build that cannot be made.
#[derive(Debug)]
pub(crate) struct InvalidBuild {
    /// Its rendered name.
    pub(crate) name: String,
    /// The builder's type.
    pub(crate) kind: String,
    /// How far Packer would have come.
    pub(crate) stage: Stage,
    /// All that is wrong with it.
    pub(crate) problems: Vec<Problem>,
}

impl InvalidBuild {
    /// Packer's heading over the problems.
    pub(crate) fn heading(&self) -> String {
        match self.stage {
            Stage::Initialize => format!("Failed to initialize build {:?}", self.name),
            Stage::Prepare => format!("Failed to prepare build: {:?}", self.name),
        }
    }
}

/// Packer's two stages of checking a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its components are looked up.
    Initialize,
    /// Their settings are checked.
    Prepare,
}

/// A builder with its settings.
#[derive(Debug)]
pub(crate) enum Builder {
    /// `amazon-ebs`, `amazon-ebssurrogate` or `amazon-ebsvolume`: the recipe in it tells them apart.
    AmazonEbs(Box<EbsSettings>),
    /// `null`.
    Null(NullSettings),
    /// `file`.
    File(FileSettings),
    /// One that Packer or its plugins have and we have not: `build` refuses it by its type.
    Foreign(String),
}

/// A provisioner with its settings.
#[derive(Debug)]
pub(crate) struct PlannedProvisioner {
    /// Its type.
    pub(crate) kind: String,
    /// What goes around each run.
    pub(crate) wrap: Wrap,
    /// Its settings.
    pub(crate) settings: ProvisionerSettings,
    /// Where it stands in the template.
    pub(crate) place: Place,
    /// What it stands in.
    pub(crate) document: Arc<Document>,
    /// Its number in the template, from 1; the cleanup provisioner has 0.
    pub(crate) number: usize,
}

impl PlannedProvisioner {
    /// Where the text of `inline` with this index stands, where it has one.
    pub(crate) fn inline_place(&self, element: usize) -> Option<Place> {
        let ProvisionerSettings::Shell(settings) = &self.settings else {
            return None;
        };
        let spans = &settings.inline_spans;
        let span = spans.get(element).or(spans.first())?;
        Some(self.document.place(*span))
    }
}

/// `retry(pause(p))` or `retry(timeout(p))`: every attempt has its own pause, or its own timeout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrap {
    /// Wait before each attempt.
    pub(crate) pause_before: Option<GoDuration>,
    /// Limit of each attempt. Packer drops it where there is a pause.
    pub(crate) timeout: Option<GoDuration>,
    /// Attempts after the first one; a negative number makes none, but Packer still says that the limit is reached.
    pub(crate) max_retries: i64,
}

/// A post-processor with its settings.
#[derive(Debug)]
pub(crate) struct PlannedPostProcessor {
    /// Its type.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) name: String,
    /// `keep_input_artifact`.
    pub(crate) keep_input_artifact: Option<bool>,
    /// Its settings.
    pub(crate) settings: PostProcessorSettings,
    /// Where it stands in the template.
    pub(crate) place: Place,
}
