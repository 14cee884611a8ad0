//! Why `ansible` failed, in Packer's words.

use std::io;

use super::super::tool::ToolError;
use crate::template::scope::RenderError;

/// What to do where the program is not there.
const NO_ANSIBLE: &str = "the provisioner `ansible` runs the tools of the machine that ami-build runs on, and the container action has none: \
use `ansible-local`, or run the binary on the runner itself (`setup/action.yml`)";

/// An ansible run that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnsibleError {
    /// `ansible_env_vars` or `extra_arguments`.
    #[error("Could not interpolate ansible env vars: {0}")]
    Interpolate(Box<RenderError>),
    /// `inventory_file_template`.
    #[error("Error generating inventory file from template: {0}")]
    InventoryTemplate(Box<RenderError>),
    /// The generated inventory cannot be written.
    #[error("Error preparing inventory file: {0}")]
    Inventory(io::Error),
    /// A key cannot be made.
    #[error("Failed to generate key pair: {0}")]
    MakeKey(String),
    /// The file for the private key cannot be written.
    #[error("failed to write private key to temp file: {0}")]
    KeyFile(io::Error),
    /// `ssh_authorized_key_file`.
    #[error("Failed to parse authorized key: {0}")]
    AuthorizedKey(String),
    /// `ssh_host_key_file`.
    #[error("error creating host signer: {0}")]
    HostKey(String),
    /// No port is free.
    #[error("Error setting up SSH proxy connection")]
    NoPort,
    /// `galaxy_file` cannot be read.
    #[error("Error executing Ansible: Error executing Ansible Galaxy: {0}")]
    GalaxyFile(io::Error),
    /// `ansible-galaxy` failed.
    #[error("Error executing Ansible: Error executing Ansible Galaxy: {0}")]
    Galaxy(ToolError),
    /// `ansible-playbook` failed.
    #[error("Error executing Ansible: {0}")]
    Playbook(ToolError),
}

impl AnsibleError {
    /// What to do about it.
    pub(in crate::provision) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Galaxy(ToolError::NotFound { .. })
            | Self::Playbook(ToolError::NotFound { .. }) => Some(NO_ANSIBLE),
            _ => None,
        }
    }
}
