//! EC2 as all builds of a process share it.
//!
//! A decorator around any [`super::Cloud`]: steps ask for what they need and know nothing of each other. It joins what they
//! ask about into one Describe call (`desk`), and lets every call wait for its turn in a model of EC2's token buckets
//! (`pacer`), so that builds side by side are not throttled.

mod accounts;
mod bucket;
mod calls;
mod describe;
mod desk;
mod pacer;
#[cfg(test)]
mod tests;

pub(crate) use accounts::{Accounts, Holder};
pub(crate) use calls::Shared;
