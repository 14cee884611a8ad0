//! What decides an image's content, as a digest: the template as it is for one build, every file that it sends, the source image,
//! and the way that ami-build makes images of them.
//!
//! [`Ground::expand`] takes a build apart, [`Ground::read`] reads its files. Values that are declared not to count (`timestamp` and its
//! kin, `volatile-vars`) stand still: the texts are rendered with a clock that is stopped and with one value for all such variables.

mod canonical;
mod expand;
mod files;
mod hash;
mod inputs;
mod parts;
mod roles;
mod texts;
mod trees;

#[cfg(test)]
mod tests;

pub(crate) use files::Ground;
pub(crate) use inputs::ContentInputs;
pub(crate) use parts::{Content, Sealed};
