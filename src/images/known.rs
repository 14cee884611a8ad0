//! What an image's tags say of its life. Whoever removes, reuses or promotes images reads them here.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::kind::Kind;
use super::tags::{
    BUILD_TAG, DIGEST_TAG, EXPIRES_TAG, HEADS_TAG, KIND_TAG, NEVER, PARTS_TAG, PROMOTED_FROM_TAG,
    PROMOTED_TAG, PULL_REQUESTS_TAG, REPOSITORY_ID_TAG,
};
use super::values::split;
use crate::cloud::Tags;
use crate::ledger::{DEADLINE_TAG, KEPT};

/// An image's life by its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// What it is for.
    pub(crate) kind: Kind,
    /// Whose it is.
    pub(crate) repository_id: Option<String>,
    /// Template and name of its build.
    pub(crate) build: Option<String>,
    /// The pull requests that use it, the newest last.
    pub(crate) pull_requests: Vec<u64>,
    /// The commits that it was built or reused for, the newest last.
    pub(crate) heads: Vec<String>,
    /// The digest of its content.
    pub(crate) digest: Option<String>,
    /// The beginnings of the digests of its parts, as their tag has them.
    pub(crate) parts: Option<String>,
    /// When it may go.
    pub(crate) end: End,
    /// Since when it is being promoted, or is.
    pub(crate) promoted: Option<String>,
    /// The image that it was copied from to be a release.
    pub(crate) promoted_from: Option<String>,
    /// Whether its build was finished.
    pub(crate) is_finished: bool,
}

/// When an image may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Never by itself.
    Never,
    /// From then on.
    At(OffsetDateTime),
    /// Its tag says something that nobody understands: whoever removes images leaves it alone.
    Unclear,
}

impl Known {
    /// Reads the tags; `None` for an image without a kind, which nobody but its owner touches.
    pub(crate) fn of(tags: &Tags) -> Option<Self> {
        let text = |name: &str| tags.get(name).cloned();
        let list = |name: &str| tags.get(name).map(|value| split(value)).unwrap_or_default();
        let numbers = list(PULL_REQUESTS_TAG);
        Some(Self {
            kind: Kind::parse(tags.get(KIND_TAG)?)?,
            repository_id: text(REPOSITORY_ID_TAG),
            build: text(BUILD_TAG),
            pull_requests: numbers
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
            heads: list(HEADS_TAG),
            digest: text(DIGEST_TAG),
            parts: text(PARTS_TAG),
            end: end(tags.get(EXPIRES_TAG)),
            promoted: text(PROMOTED_TAG),
            promoted_from: text(PROMOTED_FROM_TAG),
            is_finished: tags.get(DEADLINE_TAG).is_some_and(|value| value == KEPT),
        })
    }

    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: OffsetDateTime) -> bool {
        matches!(self.end, End::At(end) if end <= now)
    }
}

fn end(value: Option<&String>) -> End {
    match value.map(String::as_str) {
        None | Some(NEVER) => End::Never,
        Some(text) => OffsetDateTime::parse(text, &Rfc3339).map_or(End::Unclear, End::At),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;

    fn origin() -> Origin {
        Origin {
            kind: Kind::Preview,
            repository: Some("octo-org/images".to_owned()),
            repository_id: Some("github.com/7".to_owned()),
            build: Origin::build("./images/web.json", "web"),
            pull_request: Some(5),
            head: Some("abc".to_owned()),
            run: Some("9".to_owned()),
            expires: Some(time::macros::datetime!(2026-12-01 10:00 UTC)),
        }
    }

    #[test]
    fn what_a_build_writes_is_what_is_read_later() {
        let known = Known::of(&origin().tags()).unwrap();
        assert_eq!(known.kind, Kind::Preview);
        assert_eq!(known.repository_id.as_deref(), Some("github.com/7"));
        assert_eq!(known.build.as_deref(), Some("images/web.json:web"));
        assert_eq!(
            (known.pull_requests, known.heads),
            (vec![5], vec!["abc".to_owned()])
        );
        assert_eq!(
            known.end,
            End::At(time::macros::datetime!(2026-12-01 10:00 UTC))
        );
        assert!(
            !known.is_finished,
            "no build is finished before its last step"
        );
    }

    #[test]
    fn a_preview_is_over_at_its_end_and_a_release_never() {
        let preview = Known::of(&origin().tags()).unwrap();
        let end = time::macros::datetime!(2026-12-01 10:00 UTC);
        assert!(preview.is_expired(end) && !preview.is_expired(end - time::Duration::SECOND));
        let release = Origin {
            kind: Kind::Release,
            expires: None,
            ..origin()
        };
        let release = Known::of(&release.tags()).unwrap();
        assert_eq!(release.end, End::Never);
    }

    #[test]
    fn an_image_without_a_kind_is_not_ours_to_know() {
        assert_eq!(Known::of(&Tags::new()), None);
    }

    #[test]
    fn an_end_that_nobody_understands_is_not_over() {
        let mut tags = origin().tags();
        tags.insert(EXPIRES_TAG.to_owned(), "soon".to_owned());
        let known = Known::of(&tags).unwrap();
        assert_eq!(known.end, End::Unclear);
        assert!(!known.is_expired(time::macros::datetime!(2099-01-01 00:00 UTC)));
    }
}
