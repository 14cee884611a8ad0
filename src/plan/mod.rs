//! Template + variables → plan: our words, final types, all defaults applied, every problem listed at once.
//!
//! Pure: no I/O, not async. What a plan needs from outside comes in as [`crate::facts::Facts`]; what those do not know is noted
//! there, and the caller gathers it and plans again until nothing is missed.

pub(crate) mod amazon;
mod assemble;
mod builder_names;
mod builder_place;
mod builders;
pub(crate) mod communicator;
mod communicator_keys;
mod components;
pub(crate) mod file;
mod file_contents;
mod known_kinds;
pub(crate) mod null;
mod planned;
pub(crate) mod post;
mod power_off;
pub(crate) mod provision;
mod selection;
mod template_checks;
#[cfg(test)]
mod tests;
mod unsupported;

pub(crate) use assemble::plan;
pub(crate) use builders::OUR_BUILDERS;
pub(crate) use planned::{
    Builder, InvalidBuild, Plan, PlannedBuild, PlannedPostProcessor, PlannedProvisioner, Wrap,
};
pub(crate) use selection::Selection;
pub(crate) use template_checks::{check_references, check_template};
