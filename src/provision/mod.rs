//! What runs on the machine, and beside it: the provisioners of a plan, in order, as Packer runs them.

mod ansible;
mod ansible_local;
mod attempt;
mod breakpoint;
mod chef;
mod child;
mod context;
mod detached;
mod elevated;
mod environment;
mod error;
mod failing_line;
mod file;
mod goss;
mod goss_commands;
mod guest;
mod guest_commands;
mod lines;
mod local_script;
mod on_machine;
mod powershell;
mod powershell_text;
mod puppet;
mod run_all;
mod salt;
mod salt_formulas;
mod script_origin;
mod script_text;
mod shell;
mod shell_local;
mod shell_names;
mod shell_script;
mod shown_transfer;
mod sleep;
mod staging;
mod temporary_file;
mod tool;
mod whereabouts;
mod windows_restart;
mod windows_scripts;
mod windows_shell;
mod wrap;

#[cfg(test)]
mod tests;

pub(crate) use ansible::AnsibleError;
pub(crate) use ansible_local::AnsibleLocalError;
pub(crate) use attempt::Attempt;
pub(crate) use context::{ChildEnding, GeneratedData, Machine, Pauses, ProvisionContext};
pub(crate) use error::ProvisionError;
pub(crate) use lines::LineSplitter;
pub(crate) use local_script::run as run_local_scripts;
pub(crate) use run_all::{clean_up_after, run_all};
pub(crate) use whereabouts::{ScriptLine, Whereabouts};
