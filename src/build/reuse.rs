//! `reuse`: looks for an image of the repository that holds what this build would make.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::cx::Cx;
use super::error::BuildError;
use super::source;
use crate::cloud::image::Image;
use crate::cloud::{Cloud, ImageId, Region};
use crate::content::Sealed;
use crate::images::{self, Found, Origin, Reuse, Which};
use crate::plan::amazon::recipe::Recipe;

/// What the look came to.
pub(super) enum Look {
    /// Nobody asked for it.
    NotAsked,
    /// There is one.
    Found(Box<Held>),
    /// There is none.
    Missed(ReuseStory),
}

/// An image that is there.
pub(super) struct Held {
    /// It, in the build region.
    pub(super) found: Found,
    /// What this build would have started from.
    pub(super) source: Image,
    /// The digest that both have.
    pub(super) digest: String,
}

/// What `reuse` came to, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReuseStory {
    /// No machine was launched.
    Reused {
        /// The image.
        image: ImageId,
        /// When it was made, as EC2 tells it.
        made: String,
    },
    /// An older image of the same build differs.
    Changed {
        /// Which.
        than: ImageId,
        /// In what.
        changes: Vec<String>,
    },
    /// One with the same content cannot be used.
    Unsound {
        /// Which.
        image: ImageId,
        /// Why.
        fault: Cow<'static, str>,
    },
    /// There is none of this build.
    First,
    /// Nobody can tell what the image will hold.
    Unknown(Vec<String>),
}

impl fmt::Display for ReuseStory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reused { image, made } => write!(
                formatter,
                "Reused `{image}` of {made}: nothing that decides its content has changed, so no machine was launched."
            ),
            Self::Changed { than, changes } => write!(
                formatter,
                "Built anew. What has changed since `{than}`: {}.",
                changes.join(", ")
            ),
            Self::Unsound { image, fault } => write!(
                formatter,
                "Built anew: `{image}` holds the same, but {fault}."
            ),
            Self::First => {
                formatter.write_str("Built anew: there is no image of this build to compare with.")
            }
            Self::Unknown(reasons) => write!(
                formatter,
                "Built anew, since nobody can tell before what it will hold: {}.",
                reasons.join("; ")
            ),
        }
    }
}

/// Looks for one in the build region.
pub(super) async fn look<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<Look, BuildError> {
    let image = &cx.settings.image;
    let makes_none = image.skip_create || matches!(cx.settings.recipe, Recipe::Volumes(_));
    let (Some(origin), Reuse::SameRepository, false) =
        (&image.life.origin, image.life.reuse, makes_none)
    else {
        return Ok(Look::NotAsked);
    };
    cx.ui.step("Look for an image to reuse");
    let look = look_for(cx, origin).await?;
    if let Look::Missed(story) = &look {
        cx.ui.say(&story.to_string());
    }
    Ok(look)
}

async fn look_for<C: Cloud, D>(cx: &Cx<'_, C, D>, origin: &Origin) -> Result<Look, BuildError> {
    let life = &cx.settings.image.life;
    let reasons = life.content.unknown();
    if !reasons.is_empty() {
        return Ok(Look::Missed(ReuseStory::Unknown(reasons.to_vec())));
    }
    let source = source::look_up(cx.cloud, cx.region, cx.settings).await?;
    let (Some(repository), Some(sealed)) =
        (&origin.repository_id, life.sealed(cx.region, &source.id))
    else {
        let reason = "the environment has no `GITHUB_REPOSITORY_ID`".to_owned();
        return Ok(Look::Missed(ReuseStory::Unknown(vec![reason])));
    };
    match sound(cx, cx.region, (repository, &sealed.digest)).await? {
        Sound::Yes(found) => Ok(Look::Found(Box::new(Held {
            found: *found,
            source,
            digest: sealed.digest,
        }))),
        Sound::No(story) => Ok(Look::Missed(story)),
        Sound::None => Ok(Look::Missed(
            compared(cx, origin, repository, &sealed).await?,
        )),
    }
}

/// Whether there is an image of some content that can be used.
pub(super) enum Sound {
    /// The newest that can.
    Yes(Box<Found>),
    /// There are only some that cannot.
    No(ReuseStory),
    /// There is none.
    None,
}

/// Looks for an image of this repository and digest in a region.
pub(super) async fn sound<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    (repository, digest): (&str, &str),
) -> Result<Sound, BuildError> {
    let which = Which::Digest(digest.to_owned());
    let candidates = images::find(cx.cloud, region, repository, &which).await;
    let candidates = candidates.map_err(BuildError::call(LOOK))?;
    let mut newest_fault = None;
    for found in candidates {
        let now = OffsetDateTime::now_utc();
        let fault = images::fault(cx.cloud, region, &found, now).await;
        match fault.map_err(BuildError::call(LOOK))? {
            None => return Ok(Sound::Yes(Box::new(found))),
            Some(fault) => {
                newest_fault.get_or_insert(ReuseStory::Unsound {
                    image: found.image.id,
                    fault: fault.into(),
                });
            }
        }
    }
    Ok(newest_fault.map_or(Sound::None, Sound::No))
}

/// What an error begins with.
const LOOK: &str = "look for an image to reuse";

/// What is another thing than in the newest image of the same template and build.
async fn compared<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    origin: &Origin,
    repository: &str,
    sealed: &Sealed,
) -> Result<ReuseStory, BuildError> {
    let which = Which::Build(origin.build.clone());
    let line = images::find(cx.cloud, cx.region, repository, &which).await;
    let line = line.map_err(BuildError::call(LOOK))?;
    let newest = line
        .into_iter()
        .find_map(|found| Some((found.image.id, found.known.parts?)));
    Ok(match newest {
        None => ReuseStory::First,
        Some((than, parts)) => {
            let content = &cx.settings.image.life.content;
            let mut changes = content.changes(&parts, sealed);
            if changes.is_empty() {
                changes.push("something that the short digests do not tell".to_owned());
            }
            ReuseStory::Changed { than, changes }
        }
    })
}
