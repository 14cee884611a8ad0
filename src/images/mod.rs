//! The images of a repository over their life: preview, reused, promoted, pruned. Tags say all of it, so that nothing else has to
//! be kept anywhere: [`Origin`] writes them, [`Known`] reads them.

mod ending;
mod find;
mod kind;
mod known;
mod life;
mod options;
mod origin;
mod release;
mod sound;
mod span;
mod tags;
mod values;

pub(crate) use ending::{
    is_of, is_pruned, may_have_more_pull_requests, pruned, pruned_snapshots, spared,
    without_pull_request,
};
pub(crate) use find::{Found, Which, find};
pub(crate) use kind::Kind;
pub(crate) use known::{End, Known};
pub(crate) use life::{Life, Listing, renewed};
pub(crate) use options::{Given, LifeOptions, Reuse, Stay, WrongOption};
pub(crate) use origin::Origin;
pub(crate) use release::release_tags;
pub(crate) use sound::fault;
pub(crate) use span::{Until, span};
#[cfg(test)]
pub(crate) use tags::{NEVER, PROMOTED_TAG, ROOM_BESIDE_KIND};
