//! The servers that a template reads values from: Consul, Vault and AWS Secrets Manager.
//!
//! Addresses and tokens come from the environment, by the names that each server's own client reads.

mod consul;
mod exchange;
mod path;
mod read;
mod switches;
mod vault;
mod vault_request;
mod vault_settings;

pub(crate) use read::{Reading, StoreContext, read_missed};
