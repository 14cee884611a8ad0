//! Which builder is which.

use std::sync::Arc;

use super::amazon::{self, Force};
use super::known_kinds::{self, Known};
use super::planned::{Builder, Stage};
use super::{file, null};
use crate::facts::Facts;
use crate::template::fields::report_deprecated;
use crate::template::model::{RawBuilder, Template};
use crate::template::problem::Problems;
use crate::template::scope::{BuilderFunctions, Scope, Section};

/// What the amazon builders announce for `build`, beside what every build knows.
const AMAZON_BUILD_KEYS: [&str; 6] = [
    "BuildRegion",
    "SourceAMI",
    "SourceAMICreationDate",
    "SourceAMIName",
    "SourceAMIOwner",
    "SourceAMIOwnerName",
];

/// The builders that run on EC2.
const AMAZON: [&str; 3] = ["amazon-ebs", "amazon-ebssurrogate", "amazon-ebsvolume"];
/// Every builder that runs here, for messages.
pub(crate) const OUR_BUILDERS: &str =
    "amazon-ebs, amazon-ebssurrogate, amazon-ebsvolume, null, file";

/// What a builder of this type announces.
pub(super) fn build_keys(kind: &str) -> &'static [&'static str] {
    if AMAZON.contains(&kind) {
        &AMAZON_BUILD_KEYS
    } else {
        &[]
    }
}

/// A checked builder, how far it came, and what was found.
pub(super) struct Checked {
    pub(super) builder: Option<Builder>,
    pub(super) stage: Stage,
    pub(super) problems: Problems,
}

/// Decodes and checks a builder. `scope` is that of the build.
pub(super) fn check(
    template: &Template,
    raw: &RawBuilder,
    scope: &Scope,
    force: Force,
    facts: &Facts,
) -> Checked {
    let problems = Problems::of_component(Arc::clone(&template.document), &raw.kind);
    let plain = scope.with_section(Section::Builder(BuilderFunctions::None));
    let config = &raw.config;
    let builder = match raw.kind.as_str() {
        "amazon-ebs" => {
            let scope = scope.with_section(Section::Builder(BuilderFunctions::Amazon));
            let settings = amazon::ebs(config, &scope, facts, force, &problems);
            settings.map(|settings| Builder::AmazonEbs(Box::new(settings)))
        }
        "amazon-ebssurrogate" => {
            let scope = scope.with_section(Section::Builder(BuilderFunctions::Amazon));
            let settings = amazon::surrogate(config, &scope, facts, force, &problems);
            settings.map(|settings| Builder::AmazonEbs(Box::new(settings)))
        }
        "amazon-ebsvolume" => {
            let scope = scope.with_section(Section::Builder(BuilderFunctions::AmazonVolume));
            let settings = amazon::volume(config, &scope, facts, &problems);
            settings.map(|settings| Builder::AmazonEbs(Box::new(settings)))
        }
        "null" => null::null(config, &plain, facts, &problems).map(Builder::Null),
        "file" => file::file(config, &plain, &problems).map(Builder::File),
        kind => match known_kinds::builder(kind) {
            Known::Yes => {
                let message = format!(
                    "the builder `{kind}` is not checked, and `ami-build build` cannot run it"
                );
                problems.warn(config.span, message);
                report_deprecated(config, &problems);
                Some(Builder::Foreign(kind.to_owned()))
            }
            Known::No { meant } => {
                known_kinds::report_unknown(&problems, config.span, "builder", kind, meant);
                return Checked {
                    builder: None,
                    stage: Stage::Initialize,
                    problems,
                };
            }
        },
    };
    if let Some(Builder::AmazonEbs(settings)) = &builder {
        amazon::policy::check(settings, config, facts, &problems);
    }
    Checked {
        builder,
        stage: Stage::Prepare,
        problems,
    }
}
