//! From JSON to a [`super::model::Template`]: Packer's structure, strictly typed at the root, with every fault reported.

mod components;
mod duplicates;
mod numbering;
mod post_processors;
mod root;
mod strict;
#[cfg(test)]
mod tests;

pub(crate) use root::read;
