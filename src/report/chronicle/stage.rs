//! What becomes of an image after the run that made it: promoted, kept, removed. Whoever does it says so in the comment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::push::are_sound;
use crate::cloud::{ImageId, Region};
use crate::report::links;
use crate::report::markdown::Scribe;
use crate::report::outputs::is_image_id;
use crate::secret::Redactor;

/// Longer names and times are not ours.
const LONGEST_TEXT: usize = 300;

/// Something that happened to an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// The image that the pull request had made, in any of its regions.
    pub(crate) image: ImageId,
    /// What.
    pub(crate) stage: Stage,
}

/// A stage of an image's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// It is a release now, or a release was made of it.
    Promoted {
        /// The release's name.
        name: String,
        /// The release's images.
        images: BTreeMap<Region, ImageId>,
    },
    /// It stays although the pull request is closed: that of the merged commit.
    Kept {
        /// RFC 3339; until it is promoted in any case.
        until: Option<String>,
    },
    /// It is gone, with its snapshots, in every region.
    Removed(Removal),
}

/// Why an image is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Removal {
    /// The pull request was closed.
    Closed,
    /// Its time was over.
    Expired,
    /// Somebody asked for room.
    Pruned,
}

impl Turn {
    /// Whether this one takes the other one's place: what is told twice is told once, and a promise to keep ends with what comes.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        let same = std::mem::discriminant(&self.stage) == std::mem::discriminant(&other.stage);
        self.image == other.image && (same || matches!(other.stage, Stage::Kept { .. }))
    }

    /// Without secrets: it is kept where everybody can read it.
    pub(super) fn hidden(&self, redactor: &Redactor) -> Self {
        let mut hidden = self.clone();
        if let Stage::Promoted { name, .. } = &mut hidden.stage {
            *name = redactor.redact(name);
        }
        hidden
    }

    /// Whether somebody who means us well may have written it.
    pub(super) fn is_sound(&self) -> bool {
        let is_short = |text: &str| text.len() <= LONGEST_TEXT;
        let stage = match &self.stage {
            Stage::Promoted { name, images } => is_short(name) && are_sound(images),
            Stage::Kept { until } => until.as_deref().is_none_or(is_short),
            Stage::Removed(_) => true,
        };
        is_image_id(self.image.as_str()) && stage
    }

    /// A sentence.
    pub(super) fn shown(&self, scribe: Scribe<'_>) -> String {
        let image = scribe.code(self.image.as_str());
        match &self.stage {
            Stage::Promoted { name, images } => {
                let name = scribe.code(name);
                format!(
                    "{image} is **promoted** to the release {name}: {}.",
                    listed(images, scribe)
                )
            }
            Stage::Kept { until: Some(until) } => {
                let until = scribe.text(until);
                format!("{image} **stays** after the merge, until it is promoted or until {until}.")
            }
            Stage::Kept { until: None } => {
                format!("{image} **stays** after the merge, until it is promoted.")
            }
            Stage::Removed(removal) => format!("{image} is **removed**{}.", removal.words()),
        }
    }

    /// In the table of pushes.
    pub(super) fn word(&self) -> &'static str {
        match self.stage {
            Stage::Promoted { .. } => "promoted",
            Stage::Kept { .. } => "kept",
            Stage::Removed(_) => "removed",
        }
    }
}

impl Removal {
    fn words(self) -> &'static str {
        match self {
            Self::Closed => ", since the pull request is closed",
            Self::Expired => ": its time was over",
            Self::Pruned => " by a prune",
        }
    }
}

fn listed(images: &BTreeMap<Region, ImageId>, scribe: Scribe<'_>) -> String {
    let shown = images.iter().map(|(region, image)| {
        let image = links::shown(region, image, scribe);
        format!("{image} in {}", scribe.text(region.as_str()))
    });
    shown.collect::<Vec<_>>().join(", ")
}
