//! A provisioner's settings, decoded and checked as Packer does it.
//!
//! Packer's other provisioners are decoded and checked too, so that `validate` says what Packer says; `build` refuses them
//! by name before anything is created.

mod ansible;
mod ansible_local;
mod ansible_version;
mod breakpoint;
mod checks;
mod chef;
mod chef_client;
mod chef_json;
mod converge;
mod elevation;
mod file;
mod formula;
mod goss;
mod guest_os;
mod inspec;
mod instead;
mod powershell;
mod puppet;
mod puppet_server;
mod salt;
mod script_source;
mod settings;
mod shape;
mod shell;
mod shell_local;
mod sleep;
mod windows_restart;
mod windows_shell;

#[cfg(test)]
mod tests;

pub(crate) use ansible::{
    AnsibleProxySettings, AnsibleRoute, AnsibleSettings, GalaxySettings, InventorySettings,
    ProxyKeyType,
};
pub(crate) use ansible_local::{AnsibleLocalSettings, LocalGalaxySettings, Playbooks};
pub(crate) use breakpoint::BreakpointSettings;
pub(crate) use chef::ChefSettings;
pub(crate) use elevation::Elevation;
pub(crate) use file::{Direction, FileProvisionerSettings, FileSource};
pub(crate) use formula::Formula;
pub(crate) use goss::{GossInstall, GossSettings};
pub(crate) use guest_os::{GuestOs, Sudo};
pub(crate) use powershell::{PowerShellProgram, PowerShellSettings};
pub(crate) use puppet::PuppetSettings;
pub(crate) use salt::SaltSettings;
pub(crate) use script_source::ScriptSource;
pub(crate) use settings::{Layers, ProvisionerSettings, settings};
pub(crate) use shell::ShellSettings;
pub(super) use shell_local::{
    ExecuteCommandForm, LATE as SHELL_LOCAL_LATE, decode as decode_shell_local,
};
pub(crate) use shell_local::{LocalScript, ShellLocalSettings};
pub(crate) use sleep::SleepSettings;
pub(crate) use windows_restart::WindowsRestartSettings;
pub(crate) use windows_shell::WindowsShellSettings;
