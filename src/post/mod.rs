//! What happens to an artifact once it is built: Packer's post-processors and the rules by which they follow each other.

mod artifact;
mod artifice;
#[cfg(test)]
mod bench;
mod chain;
mod checksum;
mod compress;
mod context;
mod element;
mod error;
mod glob;
mod manifest;
mod shell_local;
mod stoppable;

pub(crate) use artifact::{Artifact, DestroyImages, ImageInRegion, VolumesInRegion};
pub(crate) use chain::{Chained, Original, run_chains};
pub(crate) use compress::unsupported_format;
pub(crate) use context::PostContext;
