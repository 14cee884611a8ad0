//! Everything that leaves the program for somebody to read.

pub(crate) mod closing;
pub(crate) mod console;
pub(crate) mod defuse;
pub(crate) mod human;
pub(crate) mod timeline;
pub(crate) mod ui;
