//! The commands that the machine is given, to the letter as Packer gives them.

use crate::plan::provision::{AnsibleLocalSettings, LocalGalaxySettings};

/// What a galaxy file asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GalaxySections {
    roles: bool,
    collections: bool,
}

impl GalaxySections {
    /// By the keys of the file's outermost map. A file that names neither is an old one, a list of roles.
    pub(super) fn of(text: &str) -> Self {
        let has = |section: &str| text.lines().any(|line| line.starts_with(section));
        let collections = has("collections:");
        Self {
            roles: has("roles:") || !collections,
            collections,
        }
    }
}

/// Where things are on the machine.
pub(super) struct Places {
    /// The staging directory.
    pub(super) staging: String,
    /// Where galaxy installs roles.
    pub(super) galaxy_roles: String,
    /// Where galaxy installs collections.
    pub(super) galaxy_collections: String,
}

impl Places {
    /// Below `staging`, unless the template says otherwise.
    pub(super) fn new(settings: &AnsibleLocalSettings, staging: String) -> Self {
        let below =
            |set: &Option<String>, name: &str| set.clone().unwrap_or_else(|| join(&staging, name));
        Self {
            galaxy_roles: below(&settings.galaxy_roles_path, "galaxy_roles"),
            galaxy_collections: below(&settings.galaxy_collections_path, "galaxy_collections"),
            staging,
        }
    }

    /// What installs roles and collections.
    pub(super) fn galaxy(
        &self,
        settings: &LocalGalaxySettings,
        sections: GalaxySections,
    ) -> Vec<String> {
        let file = join(&self.staging, base_name(&settings.file));
        let command = |what: &str, path: &str| {
            let force = if settings.force { " -f" } else { "" };
            format!(
                "cd {} && {} {what} -r {file} -p {path}{force}",
                self.staging, settings.command
            )
        };
        let mut commands = Vec::new();
        if sections.roles {
            commands.push(command("install", &self.galaxy_roles));
        }
        if sections.collections {
            commands.push(command("collection install", &self.galaxy_collections));
        }
        commands
    }

    /// What plays a playbook. The blanks are Packer's.
    pub(super) fn play(
        &self,
        settings: &AnsibleLocalSettings,
        sections: GalaxySections,
        (playbook, extra_arguments, inventory): (&str, &str, &str),
    ) -> String {
        format!(
            "cd {} && {} {} {playbook}{extra_arguments} -c local -i {inventory}",
            self.staging,
            self.variables(settings, sections),
            settings.command,
        )
    }

    fn variables(&self, settings: &AnsibleLocalSettings, sections: GalaxySections) -> String {
        let mut collections = Vec::new();
        if sections.collections {
            collections.push(self.galaxy_collections.clone());
        }
        if !settings.collection_paths.is_empty() {
            collections.push(join(&self.staging, "collections"));
        }
        let mut variables = String::new();
        if !collections.is_empty() {
            variables += &format!(
                " ANSIBLE_COLLECTIONS_PATH=$ANSIBLE_COLLECTIONS_PATH:{}",
                collections.join(":")
            );
        }
        if sections.roles {
            variables += &format!(
                " ANSIBLE_ROLES_PATH=$ANSIBLE_ROLES_PATH:{}",
                self.galaxy_roles
            );
        }
        variables
    }
}

/// What stands between the playbook and the inventory.
pub(super) fn extra_arguments(
    (name, kind): (&str, &str),
    http_address: &str,
    given: &[String],
) -> String {
    format!(
        " --extra-vars \"packer_build_name={name} packer_builder_type={kind} packer_http_addr={http_address} -o IdentitiesOnly=yes\" {}",
        given.join(" ")
    )
}

/// Joins as Go's `path.Join` does: no empty parts, no `.`, and `..` takes the part before it.
pub(super) fn join(parent: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let whole = format!("{parent}/{name}");
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if whole.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path)
}

/// All but the last part of an absolute path.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
