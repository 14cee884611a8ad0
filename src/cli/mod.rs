//! Packer's command line: its commands, flags and exit codes.

pub(crate) mod command;
pub(crate) mod fix_options;
pub(crate) mod flags;
mod life_options;
pub(crate) mod options;
pub(crate) mod plan_options;
pub(crate) mod promote_options;
mod prune_options;
pub(crate) mod rehearse_options;
pub(crate) mod sweep_options;
pub(crate) mod usage;
