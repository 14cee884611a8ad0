//! `promote` and `command: promote`: the image that a pull request has tested becomes the release.
//!
//! [`pull`] and [`content`] tell which image, [`promote`] has everything ready and lets [`crate::promote`] do the work, [`step`]
//! says what came of it.

mod content;
mod failed;
mod promote;
mod pull;
mod step;

pub(super) use promote::PromoteContext;
pub(super) use step::promote;
