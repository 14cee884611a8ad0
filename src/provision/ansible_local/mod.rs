//! `ansible-local`: playbooks, roles and the like go to the machine, where ansible plays them on the machine itself.

mod commands;
mod error;
mod run;
mod upload;

pub(crate) use error::AnsibleLocalError;
pub(super) use run::run;
