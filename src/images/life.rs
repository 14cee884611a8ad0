//! What the run adds to a planned image: nothing of it stands in the template.

use super::Kind;
use super::known::{End, Known};
use super::options::Reuse;
use super::origin::{Origin, instant};
use super::tags::{
    BUILD_TAG, DIGEST_TAG, EXPIRES_TAG, HEADS_TAG, KIND_TAG, PARTS_TAG, PULL_REQUESTS_TAG,
    ROOM_BESIDE_KIND,
};
use super::values::{joined, with_last};
use crate::cloud::{ImageId, Region, Tags};
use crate::content::{Content, Sealed};
use crate::ledger::ROOM_FOR_TAGS;

/// What the run adds to a planned image. Empty without `kind`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    /// Where it comes from and how long it stays.
    pub(crate) origin: Option<Origin>,
    /// What decides on its content.
    pub(crate) content: Content,
    /// Whether one that is there will do.
    pub(crate) reuse: Reuse,
    /// Whether its machine is asked what it holds.
    pub(crate) listing: Listing,
}

/// Whether a machine is asked for its packages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Listing {
    /// Nobody would be shown them.
    #[default]
    None,
    /// Summary and comment show them.
    OfMachine,
}

impl Life {
    /// How many tags the template may give to the image.
    pub(crate) fn room_for_tags(&self) -> usize {
        match self.origin {
            Some(_) => ROOM_BESIDE_KIND,
            None => ROOM_FOR_TAGS,
        }
    }

    /// The digests of an image that is made of this one; `None` without a kind, and where its content is not known before.
    pub(crate) fn sealed(&self, region: &Region, source: &ImageId) -> Option<Sealed> {
        self.origin.as_ref()?;
        self.content.sealed(region, source)
    }

    /// The tags for image and snapshots.
    pub(crate) fn tags(&self, region: &Region, source: &ImageId) -> Tags {
        let mut tags = self.origin.as_ref().map(Origin::tags).unwrap_or_default();
        if let Some(Sealed { digest, parts }) = self.sealed(region, source) {
            tags.insert(DIGEST_TAG.to_owned(), digest);
            tags.insert(PARTS_TAG.to_owned(), parts);
        }
        tags
    }
}

/// The tags of an image that is used once more: whoever used it before still does, it stays as long as the longest of them wants,
/// and what is more than a preview does not become one again.
pub(crate) fn renewed(known: &Known, mut tags: Tags) -> Tags {
    let numbers = known.pull_requests.iter().map(u64::to_string);
    for (name, old) in [
        (PULL_REQUESTS_TAG, numbers.collect()),
        (HEADS_TAG, known.heads.clone()),
    ] {
        if let Some(value) = tags.get_mut(name) {
            *value = joined(&with_last(old, value));
        }
    }
    let is_new_release = tags.get(KIND_TAG).map(String::as_str) == Some(Kind::Release.word());
    match (is_new_release, known.kind, known.end) {
        (true, ..) => {}
        (false, Kind::Preview, End::At(old)) if known.promoted.is_none() => {
            let later = tags.get(EXPIRES_TAG).filter(|new| **new >= instant(old));
            let later = later.cloned().unwrap_or_else(|| instant(old));
            tags.insert(EXPIRES_TAG.to_owned(), later);
        }
        _ => {
            for name in [KIND_TAG, EXPIRES_TAG, BUILD_TAG] {
                tags.remove(name);
            }
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::super::{NEVER, PROMOTED_TAG};
    use super::*;
    use time::OffsetDateTime;
    use time::macros::datetime;

    const EARLY: OffsetDateTime = datetime!(2026-12-01 10:00 UTC);
    const LATE: OffsetDateTime = datetime!(2026-12-08 10:00 UTC);

    fn tags(kind: Kind, number: u64, expires: Option<OffsetDateTime>) -> Tags {
        let origin = Origin {
            kind,
            repository: None,
            repository_id: Some("github.com/7".to_owned()),
            build: "web.json:web".to_owned(),
            pull_request: Some(number),
            head: Some(format!("head-of-{number}")),
            run: None,
            expires,
        };
        origin.tags()
    }

    fn renewed_from(old: &Tags, new: Tags) -> Tags {
        renewed(&Known::of(old).unwrap(), new)
    }

    #[test]
    fn every_pull_request_that_uses_an_image_stays_in_its_tags() {
        let old = tags(Kind::Preview, 5, Some(EARLY));
        let new = renewed_from(&old, tags(Kind::Preview, 6, Some(LATE)));
        assert_eq!(new[PULL_REQUESTS_TAG], "5 6");
        assert_eq!(new[HEADS_TAG], "head-of-5 head-of-6");
    }

    #[test]
    fn an_image_stays_as_long_as_the_longest_wants() {
        let (short, long) = (
            tags(Kind::Preview, 5, Some(EARLY)),
            tags(Kind::Preview, 6, Some(LATE)),
        );
        assert_eq!(
            renewed_from(&short, long.clone())[EXPIRES_TAG],
            instant(LATE)
        );
        assert_eq!(renewed_from(&long, short)[EXPIRES_TAG], instant(LATE));
    }

    #[test]
    fn a_release_and_what_becomes_one_are_no_preview_again() {
        let release = tags(Kind::Release, 5, None);
        let mut promoted = tags(Kind::Preview, 5, Some(EARLY));
        promoted.insert(PROMOTED_TAG.to_owned(), "2026-12-01T00:00:00Z".to_owned());
        for old in [release, promoted] {
            let new = renewed_from(&old, tags(Kind::Preview, 6, Some(LATE)));
            assert!(!new.contains_key(KIND_TAG) && !new.contains_key(EXPIRES_TAG));
            assert_eq!(new[PULL_REQUESTS_TAG], "5 6");
        }
    }

    #[test]
    fn a_preview_that_a_release_reuses_is_one_from_then_on() {
        let new = renewed_from(
            &tags(Kind::Preview, 5, Some(EARLY)),
            tags(Kind::Release, 6, None),
        );
        assert_eq!(
            (new[KIND_TAG].as_str(), new[EXPIRES_TAG].as_str()),
            ("release", NEVER)
        );
    }
}
