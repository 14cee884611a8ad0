//! Removes a repository's images that nobody needs any more: those of a closed pull request, or what rules by age and number say.
//!
//! [`plan`] reads the account and decides: `judge` by tags alone and without I/O, `uses` by who has the image. [`carry_out`] asks
//! all of it again for each image right before it goes. Where two readings are possible, or an answer is missing, the image stays.

mod aim;
mod carry_out;
mod cx;
mod judge;
mod newest;
mod options;
mod orphans;
mod plan;
mod recheck;
mod remove;
mod search;
mod snapshots;
#[cfg(test)]
mod tests;
mod uses;
mod verdict;

pub(crate) use aim::{Aim, Ending, Expired, Retention};
pub(crate) use carry_out::{Done, Fate, carry_out};
pub(crate) use cx::PruneCx;
pub(crate) use options::{PruneOptions, Words};
pub(crate) use orphans::Orphan;
pub(crate) use plan::{Plan, plan};
pub(crate) use search::Subject;
pub(crate) use verdict::Verdict;
