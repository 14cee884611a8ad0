//! The runner's side of the world: its environment, inputs, command files, workflow commands and event.
//!
//! Only this module and `cli` read the process environment.

pub(crate) mod closing;
pub(crate) mod commands;
pub(crate) mod doubt;
pub(crate) mod environment;
pub(crate) mod event;
pub(crate) mod files;
pub(crate) mod inputs;
pub(crate) mod repository;
#[cfg(test)]
mod tests;
