//! The communicator's keys, which every builder with a machine shares: `communicator`, `ssh_*`, `winrm_*`.
//!
//! All of them are decoded whatever the communicator is, and those of the chosen one are checked, as in Packer.

mod bastion;
mod key_file;
mod keys;
mod login;
mod port;
mod private_key;
mod proxy;
mod ssh;
mod timing;
mod tunnels;
mod winrm;

pub(crate) use keys::{CommunicatorKeys, Kind};
