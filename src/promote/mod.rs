//! Makes the image that a pull request has tested the release, instead of building another one.
//!
//! [`promote`] tells the story. Whatever it does can be done again: what is there is found by name and tags, and a second run goes on
//! where the first one ended. Copies go through the ledger; what is published is put back where a later step fails.

mod allowed;
mod choose;
mod copies;
mod cx;
mod encryption;
mod error;
mod keys;
mod options;
mod pointers;
mod publish;
mod share;
mod story;
mod wish;

pub(crate) use allowed::check as check_policy;
pub(crate) use cx::PromoteCx;
pub(crate) use error::PromoteError;
pub(crate) use options::{PromoteOptions, Words};
pub(crate) use story::{Promoted, promote};
pub(crate) use wish::{Protection, Wish};
