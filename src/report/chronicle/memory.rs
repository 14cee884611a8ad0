//! What a comment remembers, and how that grows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::contents::Content;
use super::push::{MOST_BUILDS, Push};
use super::stage::Turn;
use crate::cloud::ImageId;
use crate::report::conclusion::Conclusion;

/// Older pushes are forgotten.
const MOST_PUSHES: usize = 10;

/// The pushes of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chronicle {
    /// The newest first.
    pub(super) pushes: Vec<Push>,
    /// By build name: what its newest image holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) contents: BTreeMap<String, Content>,
}

/// What was found in a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Memory {
    /// There is no comment yet, or one that remembers nothing.
    #[default]
    Empty,
    /// This.
    Known(Chronicle),
    /// Something that nobody can read.
    Unreadable,
}

impl Memory {
    /// Whether an image of a push is this one.
    pub(crate) fn has(&self, image: &ImageId) -> bool {
        match self {
            Self::Known(chronicle) => chronicle.pushes.iter().any(|push| push.has(image)),
            Self::Empty | Self::Unreadable => false,
        }
    }

    /// What can be relied on.
    pub(super) fn chronicle(&self) -> Chronicle {
        match self {
            Self::Known(chronicle) => chronicle.clone(),
            Self::Empty | Self::Unreadable => Chronicle::default(),
        }
    }
}

impl Chronicle {
    /// Adds a push. One run has one place: a later attempt takes that of the one before, and the jobs of one attempt share it.
    pub(super) fn add(&mut self, mut push: Push) {
        let place = self
            .pushes
            .iter()
            .position(|old| old.writer.run == push.writer.run);
        if let Some(old) = place.map(|place| self.pushes.remove(place)) {
            if old.writer == push.writer {
                let mut builds = old.builds;
                builds.append(&mut push.builds);
                push.builds = builds;
                push.result = Conclusion::of_all([old.result, push.result]);
            }
            push.turns = old.turns;
        }
        self.pushes.insert(0, push);
        self.pushes.truncate(MOST_PUSHES);
    }

    /// Notes what became of an image; `false` where no push made it.
    pub(super) fn note(&mut self, turn: &Turn) -> bool {
        let mut is_known = false;
        for push in self.pushes.iter_mut().filter(|push| push.has(&turn.image)) {
            push.turns.retain(|old| !turn.replaces(old));
            push.turns.push(turn.clone());
            is_known = true;
        }
        is_known
    }

    /// Whether somebody who means us well may have written it.
    pub(super) fn is_sound(&self) -> bool {
        self.pushes.len() <= MOST_PUSHES
            && self.pushes.iter().all(Push::is_sound)
            && self.contents.len() <= MOST_BUILDS
            && self.contents.values().all(Content::is_sound)
    }
}
