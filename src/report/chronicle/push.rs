//! One push of a pull request, as the comment remembers it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::stage::Turn;
use crate::cloud::{ImageId, Region};
use crate::report::conclusion::Conclusion;
use crate::report::links;
use crate::report::marker::Writer;
use crate::report::outputs::is_image_id;
use crate::report::result::{Images, Outcome, Product, RunReport};
use crate::secret::Redactor;

/// More than a template has, or than anybody reads.
pub(super) const MOST_BUILDS: usize = 50;
/// More than EC2 has.
const MOST_REGIONS: usize = 60;
/// Longer names of builds are not ours.
const LONGEST_NAME: usize = 200;
/// What happens to the images of one push at most.
const MOST_TURNS: usize = 50;

/// What a run made of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Push {
    /// Which run.
    pub(super) writer: Writer,
    /// Which commit, where the event told.
    pub(super) commit: Option<String>,
    /// What came of it.
    pub(super) result: Conclusion,
    /// By build name: the images.
    pub(super) builds: BTreeMap<String, Made>,
    /// What became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) turns: Vec<Turn>,
}

/// The images of one build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    /// Whether they were there before.
    pub(super) how: How,
    /// Where which is.
    pub(super) images: BTreeMap<Region, ImageId>,
}

/// Where images come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    /// A machine was launched.
    Built,
    /// They were there before.
    Reused,
}

impl Push {
    /// What this run made. Names are kept where everybody can read them, so secrets are hidden.
    pub(crate) fn of(report: &RunReport, writer: Writer, redactor: &Redactor) -> Self {
        let made = report.builds.iter().filter_map(|build| {
            let facts = build.facts();
            // What a rehearsal made does not exist.
            let images = facts
                .rehearsed
                .is_none()
                .then(|| images(&facts.outcome))??;
            Some((redactor.redact(&facts.name), Made::of(images)))
        });
        Self {
            writer,
            commit: report.commit.clone().filter(|commit| is_commit(commit)),
            result: report.conclusion(),
            builds: made.take(MOST_BUILDS).collect(),
            turns: Vec::new(),
        }
    }

    /// Whether one of its images is this one.
    pub(super) fn has(&self, image: &ImageId) -> bool {
        let mut all = self.builds.values().flat_map(|made| made.images.values());
        all.any(|own| own == image)
    }

    /// Whether somebody who means us well may have written it.
    pub(super) fn is_sound(&self) -> bool {
        let sound =
            |(name, made): (&String, &Made)| name.len() <= LONGEST_NAME && are_sound(&made.images);
        self.commit.as_deref().is_none_or(is_commit)
            && self.builds.len() <= MOST_BUILDS
            && self.builds.iter().all(sound)
            && self.turns.len() <= MOST_TURNS
            && self.turns.iter().all(Turn::is_sound)
    }
}

impl Made {
    fn of(images: &Images) -> Self {
        Self {
            how: if images.are_reused() {
                How::Reused
            } else {
                How::Built
            },
            images: images.ids.clone(),
        }
    }
}

/// The images that a build left to its user.
pub(super) fn images(outcome: &Outcome) -> Option<&Images> {
    match outcome.product()? {
        Product::Images(images) => Some(images),
        Product::Volumes(_) | Product::Other(_) | Product::Nothing => None,
    }
}

/// Whether these look like images by region.
pub(super) fn are_sound(images: &BTreeMap<Region, ImageId>) -> bool {
    let sound = |(region, image): (&Region, &ImageId)| {
        links::is_region(region.as_str()) && is_image_id(image.as_str())
    };
    images.len() <= MOST_REGIONS && images.iter().all(sound)
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
