//! The tags that tell an image's life, on image and snapshots alike.

use crate::ledger::MOST_TAGS;

/// `preview` or `release`.
pub(super) const KIND_TAG: &str = "ami-build:kind";
/// The repository's id with its server: it outlives a new name, and another server's ids are others.
pub(super) const REPOSITORY_ID_TAG: &str = "ami-build:repository-id";
/// Template and name of the build: images of one line have the same.
pub(super) const BUILD_TAG: &str = "ami-build:build";
/// The numbers of the pull requests that use it, with blanks between.
pub(super) const PULL_REQUESTS_TAG: &str = "ami-build:pr";
/// The commits that it was built or reused for, the newest last, with blanks between.
pub(super) const HEADS_TAG: &str = "ami-build:head-sha";
/// The digest of all that decides its content.
pub(super) const DIGEST_TAG: &str = "ami-build:digest";
/// The beginnings of the digests of its parts.
pub(super) const PARTS_TAG: &str = "ami-build:parts";
/// From when on it may go (RFC 3339), or [`NEVER`].
pub(super) const EXPIRES_TAG: &str = "ami-build:expires";
/// Since when it is being made a release, or is one: whatever removes images leaves it alone.
pub(crate) const PROMOTED_TAG: &str = "ami-build:promoted";

/// The image that this one was copied from to be a release; never on the image that was tested.
pub(super) const PROMOTED_FROM_TAG: &str = "ami-build:promoted-from";

/// The value of [`EXPIRES_TAG`] on what stays. A tag that is written over needs no permission to delete tags.
pub(crate) const NEVER: &str = "never";

/// The longest value of a tag.
pub(super) const LONGEST_VALUE: usize = 256;

/// Ours on an image with a kind: the ten above, repository and run, and the four by which every thing is found again.
const OURS: usize = 10 + 2 + 4;
/// How many tags a template may give to such an image.
pub(crate) const ROOM_BESIDE_KIND: usize = MOST_TAGS - OURS;
