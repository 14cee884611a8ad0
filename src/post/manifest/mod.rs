//! `manifest`: a JSON file with an entry for every build, which later runs add to.

mod document;
mod lock;
mod store;
mod write;

#[cfg(test)]
mod tests;

pub(super) use write::{ManifestError, run};
