//! The inventory that ansible reads: one host, the machine.

use std::path::{Path, PathBuf};

use super::AnsibleError;
use super::route::Route;
use crate::plan::provision::InventorySettings;
use crate::provision::ProvisionContext;
use crate::provision::temporary_file::TemporaryFile;

/// Of ansible 2 and later.
const LINE: &str =
    "{{ .HostAlias }} ansible_host={{ .Host }} ansible_user={{ .User }} ansible_port={{ .Port }}\n";

/// Of ansible 1, and where nobody asked which ansible it is.
const OLD_LINE: &str = "{{ .HostAlias }} ansible_ssh_host={{ .Host }} ansible_ssh_user={{ .User }} ansible_ssh_port={{ .Port }}\n";

/// The inventory of a run.
pub(super) enum Inventory {
    /// The user's.
    Given(PathBuf),
    /// Ours, which goes with this value.
    Generated(TemporaryFile),
}

impl Inventory {
    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Generated(file) => file.path(),
        }
    }
}

/// Writes the inventory, unless the user brings one.
pub(super) fn prepare(
    settings: &InventorySettings,
    route: &Route,
    cx: &ProvisionContext,
) -> Result<Inventory, AnsibleError> {
    if let Some(file) = &settings.file {
        return Ok(Inventory::Given(PathBuf::from(file)));
    }
    let text = text(settings, route, cx)?;
    let directory = match &settings.directory {
        Some(directory) => cx.local_path(directory),
        None => cx.temporary_directory().to_owned(),
    };
    let mut file = TemporaryFile::write(&directory, "packer-provisioner-ansible", text.as_bytes())
        .map_err(AnsibleError::Inventory)?;
    if settings.keep {
        file.keep();
    }
    Ok(Inventory::Generated(file))
}

/// The host's line; the same below each of its groups; then the empty groups.
fn text(
    settings: &InventorySettings,
    route: &Route,
    cx: &ProvisionContext,
) -> Result<String, AnsibleError> {
    let usual = if settings.old_variables {
        OLD_LINE
    } else {
        LINE
    };
    let template = settings.template.as_deref().unwrap_or(usual);
    let data = [
        ("HostAlias", settings.host_alias.as_str()),
        ("User", &route.user),
        ("Host", &route.host),
        ("Port", &route.port),
    ];
    let host = cx
        .render_with(template, &data)
        .map_err(AnsibleError::InventoryTemplate)?;
    let groups = settings
        .groups
        .iter()
        .map(|group| format!("[{group}]\n{host}"));
    let empty = settings
        .empty_groups
        .iter()
        .map(|group| format!("[{group}]\n"));
    Ok(std::iter::once(host.clone())
        .chain(groups)
        .chain(empty)
        .collect())
}
