//! Finds a repository's images by their tags.

use super::known::Known;
use super::tags::{BUILD_TAG, DIGEST_TAG, PULL_REQUESTS_TAG, REPOSITORY_ID_TAG};
use crate::cloud::api::ImageCalls;
use crate::cloud::image::{Image, ImageQuery};
use crate::cloud::{CloudError, Region};

/// An image of the account with its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The image.
    pub(crate) image: Image,
    /// What its tags say.
    pub(crate) known: Known,
}

/// Which of a repository's images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Of this content.
    Digest(String),
    /// Of this template and build.
    Build(String),
    /// Those that this pull request uses.
    PullRequest(u64),
    /// All of them.
    All,
}

/// Finds the images that belong to the account and have this repository in their tags, the newest first.
pub(crate) async fn find<C: ImageCalls>(
    cloud: &C,
    region: &Region,
    repository_id: &str,
    which: &Which,
) -> Result<Vec<Found>, CloudError> {
    let filter = |name: &str, value: &str| (format!("tag:{name}"), vec![value.to_owned()]);
    let mut filters = vec![filter(REPOSITORY_ID_TAG, repository_id)];
    match which {
        Which::Digest(digest) => filters.push(filter(DIGEST_TAG, digest)),
        Which::Build(build) => filters.push(filter(BUILD_TAG, build)),
        // A filter cannot tell one number from another that holds it: that is done below.
        Which::PullRequest(number) => {
            filters.push(filter(PULL_REQUESTS_TAG, &format!("*{number}*")));
        }
        Which::All => {}
    }
    let query = ImageQuery {
        owners: vec!["self".to_owned()],
        filters,
        include_deprecated: true,
        ..ImageQuery::default()
    };
    let images = cloud.images(region, &query).await?;
    let known = images.into_iter().filter_map(|image| {
        let known = Known::of(&image.tags)?;
        Some(Found { image, known })
    });
    let mut found: Vec<Found> = known.collect();
    found.retain(|one| one.known.repository_id.as_deref() == Some(repository_id));
    if let Which::PullRequest(number) = which {
        found.retain(|one| one.known.pull_requests.contains(number));
    }
    // EC2's dates all have one form, so they sort as text.
    found.sort_by(|one, other| other.image.creation_date.cmp(&one.image.creation_date));
    Ok(found)
}
