//! The tags by which an image becomes a release.

use time::OffsetDateTime;

use super::Kind;
use super::find::Found;
use super::origin::instant;
use super::tags::{EXPIRES_TAG, KIND_TAG, NEVER, PROMOTED_FROM_TAG, PROMOTED_TAG};
use crate::cloud::Tags;
use crate::ledger::{BUILD_ID_TAG, DEADLINE_TAG, OWNER_TAG, ROW_TAG};

/// The tags of a promotion, by what gets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReleaseTags {
    /// The tested image, before anything else is done: from then on whatever removes images leaves it alone.
    pub(crate) of_tested: Tags,
    /// An image that is the release.
    pub(crate) of_release: Tags,
    /// A copy of it: all that the tested image has, and the above.
    pub(crate) of_copies: Tags,
}

/// What a promotion of `tested` writes, with the user's own tags.
pub(crate) fn release_tags(tested: &Found, own: &Tags, now: OffsetDateTime) -> ReleaseTags {
    let since = tested
        .known
        .promoted
        .clone()
        .unwrap_or_else(|| instant(now));
    let of_tested = Tags::from([(PROMOTED_TAG.to_owned(), since)]);
    let mut of_release = own.clone();
    of_release.extend(of_tested.clone());
    of_release.insert(KIND_TAG.to_owned(), Kind::Release.word().to_owned());
    of_release.insert(EXPIRES_TAG.to_owned(), NEVER.to_owned());
    let mut of_copies = tested.image.tags.clone();
    // Those of the build that made the tested image are not those of the copy, which has its own.
    for name in [BUILD_ID_TAG, ROW_TAG, DEADLINE_TAG, OWNER_TAG] {
        of_copies.remove(name);
    }
    of_copies.retain(|name, _| !name.starts_with("aws:"));
    of_copies.extend(of_release.clone());
    of_copies.insert(PROMOTED_FROM_TAG.to_owned(), tested.image.id.to_string());
    ReleaseTags {
        of_tested,
        of_release,
        of_copies,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::super::known::{End, Known};
    use super::*;
    use crate::build::source_image;
    use crate::ledger::KEPT;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-12-01 10:00 UTC);

    fn tested() -> Found {
        let origin = Origin {
            kind: Kind::Preview,
            repository: None,
            repository_id: Some("github.com/7".to_owned()),
            build: "web.json:web".to_owned(),
            pull_request: Some(5),
            head: Some("abc".to_owned()),
            run: None,
            expires: Some(NOW),
        };
        let mut image = source_image();
        image.tags = origin.tags();
        image.tags.insert(BUILD_ID_TAG.to_owned(), "b-1".to_owned());
        image.tags.insert(DEADLINE_TAG.to_owned(), KEPT.to_owned());
        let known = Known::of(&image.tags).unwrap();
        Found { image, known }
    }

    #[test]
    fn the_mark_says_nothing_but_that_it_is_promoted() {
        let tags = release_tags(&tested(), &Tags::new(), NOW);
        assert_eq!(tags.of_tested.keys().collect::<Vec<_>>(), [PROMOTED_TAG]);
    }

    #[test]
    fn a_copy_has_all_that_the_tested_image_has_but_what_its_own_build_wrote() {
        let own = Tags::from([("Release".to_owned(), "1".to_owned())]);
        let tags = release_tags(&tested(), &own, NOW).of_copies;
        let known = Known::of(&tags).unwrap();
        assert_eq!((known.kind, known.end), (Kind::Release, End::Never));
        assert_eq!(
            (known.pull_requests, known.heads),
            (vec![5], vec!["abc".to_owned()])
        );
        assert_eq!(known.promoted_from.as_deref(), Some("ami-1"));
        assert!(!tags.contains_key(BUILD_ID_TAG) && !tags.contains_key(DEADLINE_TAG));
        assert_eq!(tags["Release"], "1");
    }

    #[test]
    fn a_second_promotion_keeps_the_time_of_the_first() {
        let mut tested = tested();
        tested.known.promoted = Some("2026-11-30T00:00:00Z".to_owned());
        let tags = release_tags(&tested, &Tags::new(), NOW);
        assert_eq!(tags.of_release[PROMOTED_TAG], "2026-11-30T00:00:00Z");
    }
}
