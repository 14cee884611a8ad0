//! Finds by tag what earlier builds left, and removes what nobody uses any more.
//!
//! Four steps: `search` asks EC2 and IAM for everything of an owner, `judge` decides without any I/O what may go, `guard` asks
//! once more before each removing call, and `remove` has the ledger undo it, as after a failed build. Sweeping knows tags, the
//! ledger and the `Cloud` trait, and nothing of templates.

mod build_start;
mod guard;
mod judge;
mod remove;
mod search;
#[cfg(test)]
mod tests;
mod thing;

pub(crate) use judge::{Plan, Terms, judge};
pub(crate) use remove::{Removal, Removing, remove};
pub(crate) use search::{Unsearched, search};
pub(crate) use thing::Thing;
