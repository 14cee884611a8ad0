//! Asks each region for the repository's images.

use futures_util::stream::{self, StreamExt};

use super::aim::Aim;
use super::cx::{PruneCx, answer};
use super::orphans::{self, Orphan};
use crate::cloud::error::Refusal;
use crate::cloud::image::Image;
use crate::cloud::usage_calls::UsageCalls;
use crate::cloud::{Cloud, Region};
use crate::images::{self, Known, Which};
use crate::wait::WaitError;

/// Regions at a time.
const AT_ONCE: usize = 8;

/// An image of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Where it is.
    pub(crate) region: Region,
    /// As EC2 shows it.
    pub(crate) image: Image,
    /// What its tags say.
    pub(crate) known: Known,
}

/// A region that could not be looked at.
#[derive(Debug)]
pub(crate) struct Unsearched {
    /// Which.
    pub(crate) region: Region,
    /// Why.
    pub(crate) error: WaitError,
}

impl Unsearched {
    /// What the refusal means, where it was one.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        answer(&self.error)?.refusal()
    }
}

/// What there is.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) subjects: Vec<Subject>,
    pub(super) orphans: Vec<Orphan>,
    pub(super) unsearched: Vec<Unsearched>,
}

/// Looks in all regions.
pub(super) async fn search<C: Cloud + UsageCalls, P: Sync>(cx: &PruneCx<'_, C, P>) -> Found {
    let looks = cx.regions.iter().map(|region| look(cx, region));
    let answers: Vec<_> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let mut found = Found::default();
    for (region, answer) in cx.regions.iter().zip(answers) {
        match answer {
            Ok((subjects, orphans)) => {
                found.subjects.extend(subjects);
                found.orphans.extend(orphans);
            }
            Err(error) => found.unsearched.push(Unsearched {
                region: region.clone(),
                error,
            }),
        }
    }
    found
}

async fn look<C: Cloud + UsageCalls, P: Sync>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
) -> Result<(Vec<Subject>, Vec<Orphan>), WaitError> {
    let which = match cx.aim {
        Aim::PullRequest { number, .. } => Which::PullRequest(*number),
        Aim::Retention(_) => Which::All,
    };
    let what = format!("the images in `{region}`");
    let found = cx.ask(&what, || {
        images::find(cx.cloud, region, cx.repository_id, &which)
    });
    let subjects = found.await?.into_iter().map(|found| Subject {
        region: region.clone(),
        image: found.image,
        known: found.known,
    });
    Ok((subjects.collect(), orphans::search(cx, region).await?))
}
