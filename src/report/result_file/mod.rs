//! What a run came to as a file, for a later job that joins the results of several.
//!
//! Whoever reads such a file believes it no further than text: another job wrote it, maybe one of a fork. So it is bounded in size,
//! what looks like an id is checked to be one, and the text goes the way of all foreign text.

mod believe;
mod read;
mod record;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::{Found, read};
#[cfg(test)]
pub(crate) use record::recorded;
pub(crate) use record::{BuildRecord, RunRecord};
#[cfg(test)]
pub(crate) use write::name;
pub(crate) use write::{directory, write};
