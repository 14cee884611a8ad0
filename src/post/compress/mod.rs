//! `compress`: the artifact's files in one archive, which takes the artifact's place.

mod archive;
mod bgzf;
mod error;
mod format;
mod pack;
mod tar_header;

#[cfg(test)]
mod tests;

pub(super) use error::CompressError;
pub(crate) use format::unsupported_format;
pub(super) use pack::run;
