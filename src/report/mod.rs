//! Everything that leaves the program for somebody to read.

pub(crate) mod classify;
pub(crate) mod closing;
pub(crate) mod comment;
pub(crate) mod conclusion;
pub(crate) mod console;
pub(crate) mod defuse;
pub(crate) mod gantt;
pub(crate) mod human;
pub(crate) mod links;
pub(crate) mod markdown;
pub(crate) mod marker;
pub(crate) mod merged;
pub(crate) mod outlet;
pub(crate) mod outputs;
mod promoted;
pub(crate) mod prompt;
pub(crate) mod pruned;
pub(crate) mod publish;
pub(crate) mod rehearsed;
pub(crate) mod result;
pub(crate) mod sticky;
pub(crate) mod summary;
pub(crate) mod swept;
pub(crate) mod terminal;
pub(crate) mod timeline;
pub(crate) mod transfer_bar;
pub(crate) mod ui;
