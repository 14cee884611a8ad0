//! A post-processor's settings, decoded and checked as Packer does it.

mod artifice;
mod checksum;
mod compress;
mod manifest;
mod settings;

#[cfg(test)]
mod tests;

pub(crate) use artifice::ArtificeSettings;
pub(crate) use checksum::{ChecksumSettings, ChecksumType};
pub(crate) use compress::CompressSettings;
pub(crate) use manifest::ManifestSettings;
pub(crate) use settings::{PostProcessorSettings, settings};
