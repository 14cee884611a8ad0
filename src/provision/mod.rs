//! What runs on the machine, and beside it: the provisioners of a plan, in order, as Packer runs them.

mod ansible;
mod ansible_local;
mod attempt;
mod breakpoint;
mod child;
mod context;
mod environment;
mod error;
mod file;
mod lines;
mod local_script;
mod run_all;
mod script_text;
mod shell;
mod shell_local;
mod sleep;
mod staging;
mod temporary_file;
mod tool;
mod wrap;

#[cfg(test)]
mod tests;

pub(crate) use ansible::AnsibleError;
pub(crate) use ansible_local::AnsibleLocalError;
pub(crate) use attempt::Attempt;
pub(crate) use context::{ChildEnding, GeneratedData, Machine, ProvisionContext};
pub(crate) use error::ProvisionError;
pub(crate) use lines::LineSplitter;
pub(crate) use local_script::run as run_local_scripts;
pub(crate) use run_all::{clean_up_after, run_all};
