//! What a run came to, as values: the summary, the comment, the outputs and the exit code are made from it.
//!
//! A [`BuildReport`] needs a [`Settlement`]: nobody can report on a build before its ledger was settled.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::conclusion::Conclusion;
use super::rehearsed::Rehearsed;
use super::timeline::Step;
use crate::build::{Built, BuiltVolumes, FastVolume, ReuseStory};
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId, VolumeId};
use crate::error::on_one_line;
use crate::ledger::{Remaining, Settled, Why};
use crate::stop::StopReason;

/// The proof that a build's ledger was settled, and what came of it.
pub(crate) trait Settlement {
    /// What is gone now, in words.
    fn removed(&self) -> Vec<String>;
    /// What is still there.
    fn remaining(&self) -> Vec<Remainder>;
}

impl Settlement for Settled {
    fn removed(&self) -> Vec<String> {
        self.removed().iter().map(ToString::to_string).collect()
    }

    fn remaining(&self) -> Vec<Remainder> {
        self.remaining().iter().map(remainder).collect()
    }
}

fn remainder(remaining: &Remaining) -> Remainder {
    Remainder {
        what: remaining.row.to_string(),
        why: on_one_line(&remaining.why),
        command: remaining.command.clone(),
        intent: match remaining.why {
            Why::Held { .. } => Intent::Kept,
            _ => Intent::Leftover,
        },
    }
}

/// The settlement of a build that creates nothing outside this machine (`null`, `file`), or that never began.
pub(crate) struct NothingCreated;

impl Settlement for NothingCreated {
    fn removed(&self) -> Vec<String> {
        Vec::new()
    }

    fn remaining(&self) -> Vec<Remainder> {
        Vec::new()
    }
}

/// A thing that is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remainder {
    /// Such as `instance i-0123456789abcdef0 in us-east-1`.
    pub(crate) what: String,
    /// Why it was not removed.
    pub(crate) why: String,
    /// The command that removes it.
    pub(crate) command: String,
    /// Whether somebody wanted it to stay.
    pub(crate) intent: Intent,
}

/// Whether a thing is still there because somebody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Intent {
    /// `-on-error=abort`.
    Kept,
    /// It could not be removed.
    Leftover,
}

/// The images that a build made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Images {
    /// Their name, the same everywhere.
    pub(crate) name: String,
    /// The build region.
    pub(crate) region: Region,
    /// Where which image is.
    pub(crate) ids: BTreeMap<Region, ImageId>,
    /// What they are made of.
    pub(crate) snapshots: BTreeMap<Region, Vec<SnapshotId>>,
    /// What they were made from.
    pub(crate) source: SourceImage,
    /// The build machine, gone by now; there is none where an image was reused.
    pub(crate) instance: Option<InstanceId>,
    /// What `reuse` came to, where it was asked for.
    pub(crate) reuse: Option<ReuseStory>,
    /// What `fast_build_volume` came to, where it acted.
    pub(crate) fast_volume: Option<FastVolume>,
}

impl Images {
    /// Whether they were there before.
    pub(crate) fn are_reused(&self) -> bool {
        matches!(self.reuse, Some(ReuseStory::Reused { .. }))
    }
}

impl From<&Built> for Images {
    fn from(built: &Built) -> Self {
        Self {
            name: built.name.clone(),
            region: built.region.clone(),
            ids: built.images.clone(),
            snapshots: built.snapshots.clone(),
            source: SourceImage {
                id: built.source.id.clone(),
                name: built.source.name.clone(),
            },
            instance: built.instance.clone(),
            reuse: built.reuse.clone(),
            fast_volume: built.fast_volume.clone(),
        }
    }
}

/// The volumes that a build made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Volumes {
    /// Where they are.
    pub(crate) region: Region,
    /// The volumes.
    pub(crate) volumes: Vec<VolumeId>,
    /// Snapshots of volumes.
    pub(crate) snapshots: Vec<SnapshotId>,
    /// What the build machine was made from.
    pub(crate) source: SourceImage,
    /// The build machine, gone by now.
    pub(crate) instance: InstanceId,
}

impl From<&BuiltVolumes> for Volumes {
    fn from(built: &BuiltVolumes) -> Self {
        Self {
            region: built.region.clone(),
            volumes: built.volumes.clone(),
            snapshots: built.snapshots.clone(),
            source: SourceImage {
                id: built.source.id.clone(),
                name: built.source.name.clone(),
            },
            instance: built.instance.clone(),
        }
    }
}

/// The image that a build started from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceImage {
    /// Its id.
    pub(crate) id: ImageId,
    /// Its name.
    pub(crate) name: String,
}

/// What a build leaves to its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Product {
    /// Images.
    Images(Box<Images>),
    /// Volumes.
    Volumes(Box<Volumes>),
    /// Something else, in Packer's words.
    Other(String),
    /// Nothing: the `null` builder.
    Nothing,
}

/// How a build ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Well.
    Succeeded(Product),
    /// Not well.
    Failed(Failure),
    /// It never began.
    Invalid {
        /// Every problem of its template.
        problems: Vec<String>,
    },
    /// Somebody stopped it. An image that was finished by then stays.
    Cancelled(Product),
}

/// Why and where a build ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// Which kind.
    pub(crate) conclusion: Conclusion,
    /// The error with its causes, one a line.
    pub(crate) error: String,
    /// The last lines of the build's log.
    pub(crate) log_tail: Vec<String>,
    /// What stays although it failed: images that a post-processor failed on.
    pub(crate) product: Product,
}

/// What is known of a build before its ledger is settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BuildFacts {
    /// Its name.
    pub(crate) name: String,
    /// Its builder's type.
    pub(crate) kind: String,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// What it did when.
    pub(crate) timeline: Vec<Step>,
    /// One line each on what could be better.
    pub(crate) advice: Vec<String>,
    /// Where nothing of it is real: what the rehearsal found out besides.
    pub(crate) rehearsed: Option<Box<Rehearsed>>,
}

/// A build that is over and settled.
#[derive(Clone, Debug)]
pub(crate) struct BuildReport {
    facts: BuildFacts,
    cleaned: Vec<String>,
    remaining: Vec<Remainder>,
}

impl BuildReport {
    /// Joins what happened with what is left of it.
    pub(crate) fn new(facts: BuildFacts, settled: &impl Settlement) -> Self {
        Self {
            facts,
            cleaned: settled.removed(),
            remaining: settled.remaining(),
        }
    }

    /// The same of a build that was only rehearsed.
    pub(crate) fn rehearsed(mut self, rehearsed: Rehearsed) -> Self {
        self.facts.rehearsed = Some(Box::new(rehearsed));
        self
    }

    /// What happened.
    pub(crate) fn facts(&self) -> &BuildFacts {
        &self.facts
    }

    /// What was removed, in words.
    pub(crate) fn cleaned(&self) -> &[String] {
        &self.cleaned
    }

    /// What is still there.
    pub(crate) fn remaining(&self) -> &[Remainder] {
        &self.remaining
    }

    /// What the build came to. A leftover never hides the build's own failure.
    pub(crate) fn conclusion(&self) -> Conclusion {
        match &self.facts.outcome {
            Outcome::Failed(failure) => failure.conclusion,
            Outcome::Invalid { .. } => Conclusion::Invalid,
            Outcome::Cancelled(_) => Conclusion::Cancelled,
            Outcome::Succeeded(_) => self.leftover_or_success(),
        }
    }

    fn leftover_or_success(&self) -> Conclusion {
        let leftover = self
            .remaining
            .iter()
            .any(|thing| thing.intent == Intent::Leftover);
        if leftover {
            Conclusion::Leftover
        } else {
            Conclusion::Success
        }
    }
}

/// Whether a run is real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reality {
    /// What it made exists.
    #[default]
    Built,
    /// Nothing of it does.
    Rehearsed,
    /// The same, in place of a build: a pull request from a fork has no credentials.
    RehearsedForFork,
}

/// A whole run.
#[derive(Clone, Debug)]
pub(crate) struct RunReport {
    /// Whether it is real.
    pub(crate) reality: Reality,
    /// The template's path, as the user wrote it.
    pub(crate) template: String,
    /// Its builds, by name.
    pub(crate) builds: Vec<BuildReport>,
    /// What went wrong before there were builds: an input, the template itself.
    pub(crate) problems: Vec<String>,
    /// Somebody asked to stop; a build may have been over by then.
    pub(crate) stopped: Option<StopReason>,
    /// Wall time.
    pub(crate) duration: Duration,
    /// Where the log is.
    pub(crate) log_url: Option<String>,
}

impl RunReport {
    /// What a comment is about: a rehearsal of a template does not overwrite what its build wrote.
    pub(crate) fn subject(&self) -> String {
        match self.reality {
            Reality::Built => self.template.clone(),
            Reality::Rehearsed | Reality::RehearsedForFork => {
                format!("{} (rehearsal)", self.template)
            }
        }
    }

    /// What the run came to.
    pub(crate) fn conclusion(&self) -> Conclusion {
        let whole = (!self.problems.is_empty()).then_some(Conclusion::Invalid);
        let builds = self.builds.iter().map(BuildReport::conclusion);
        match (Conclusion::of_all(builds.chain(whole)), self.stopped) {
            (Conclusion::Success, Some(_)) => Conclusion::Cancelled,
            (Conclusion::Success, None) if self.reality != Reality::Built => Conclusion::Rehearsed,
            (conclusion, _) => conclusion,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
