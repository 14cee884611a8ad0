//! `ansible`: the `ansible-playbook` of this side works on the machine.
//!
//! Ansible logs in to an SSH server of ours on the loopback interface, which passes every command on to the machine: so it
//! needs no way of its own to a machine behind a bastion host, and no key of the build's. With `use_proxy: false` it goes there
//! directly.

mod arguments;
mod error;
mod inventory;
mod keys;
mod pass;
mod proxy;
mod route;
mod run;
mod ssh_server;

#[cfg(test)]
mod tests;

pub(crate) use error::AnsibleError;
pub(super) use run::run;
