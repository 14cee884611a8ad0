//! The amazon builders' keys: decoded, checked and turned into [`settings::EbsSettings`].
//!
//! One file per group of keys. Every group reports all of its problems; none of them does I/O.

mod access;
mod block_device;
mod connection;
mod credits;
mod ebs;
mod encryption;
mod fast_launch;
pub(crate) mod fast_launch_settings;
mod filters;
mod image_keys;
mod image_name;
mod kms_key;
mod launch_keys;
mod lifecycle;
mod machine_keys;
mod metadata;
mod network_keys;
mod network_support;
mod placement;
pub(super) mod policy;
mod polling;
pub(crate) mod recipe;
pub(crate) mod settings;
mod source;
mod spot;
mod spot_conflicts;
mod surrogate;
mod tags;
mod temporary_profile;
mod user_data;
mod vault_engine;
mod volume;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub(crate) use ebs::{Force, ebs};
pub(crate) use kms_key::is_valid as is_kms_key;
pub(crate) use surrogate::surrogate;
pub(crate) use volume::volume;
