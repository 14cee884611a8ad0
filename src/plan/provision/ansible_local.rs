//! `ansible-local`: ansible on the machine itself, with playbooks from here.

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks;

/// What is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Playbooks {
    /// `playbook_file`, which goes into the staging directory itself.
    One(String),
    /// `playbook_files`, each below the staging directory by its whole path.
    Several(Vec<String>),
}

/// What `ansible-galaxy` installs on the machine.
#[derive(Clone, Debug)]
pub(crate) struct LocalGalaxySettings {
    /// What to install; a local file.
    pub(crate) file: String,
    /// The program.
    pub(crate) command: String,
    /// `-f`.
    pub(crate) force: bool,
}

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct AnsibleLocalSettings {
    /// The program, with variables before it.
    pub(crate) command: String,
    /// What it plays.
    pub(crate) playbooks: Playbooks,
    /// A whole tree that becomes the staging directory.
    pub(crate) playbook_dir: Option<String>,
    /// Directories below `playbooks`.
    pub(crate) playbook_paths: Vec<String>,
    /// Directories below `roles`.
    pub(crate) role_paths: Vec<String>,
    /// Directories below `collections`.
    pub(crate) collection_paths: Vec<String>,
    /// The directory of groups' variables.
    pub(crate) group_vars: Option<String>,
    /// The directory of hosts' variables.
    pub(crate) host_vars: Option<String>,
    /// The user's inventory; one with the machine alone is made where there is none.
    pub(crate) inventory_file: Option<String>,
    /// Groups of the inventory that is made.
    pub(crate) inventory_groups: Vec<String>,
    /// Where all goes; a new directory for each provisioner where unset.
    pub(crate) staging_directory: Option<String>,
    /// It goes at the end.
    pub(crate) clean_staging_directory: bool,
    /// Given to ansible as they are, joined by spaces.
    pub(crate) extra_arguments: Vec<String>,
    /// `galaxy_file` and its keys.
    pub(crate) galaxy: Option<LocalGalaxySettings>,
    /// Where roles are installed; below the staging directory where unset.
    pub(crate) galaxy_roles_path: Option<String>,
    /// Where collections are installed; the same.
    pub(crate) galaxy_collections_path: Option<String>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> AnsibleLocalSettings {
    let mut fields = Fields::new(node, problems, "");
    check(&mut fields, facts);
    let command = "ANSIBLE_FORCE_COLOR=1 PYTHONUNBUFFERED=1 ansible-playbook";
    let settings = AnsibleLocalSettings {
        command: text(&mut fields, "command").unwrap_or_else(|| command.to_owned()),
        playbooks: playbooks(&mut fields),
        playbook_dir: text(&mut fields, "playbook_dir"),
        playbook_paths: fields.strings("playbook_paths"),
        role_paths: fields.strings("role_paths"),
        collection_paths: fields.strings("collection_paths"),
        group_vars: text(&mut fields, "group_vars"),
        host_vars: text(&mut fields, "host_vars"),
        inventory_file: text(&mut fields, "inventory_file"),
        inventory_groups: fields.strings("inventory_groups"),
        staging_directory: text(&mut fields, "staging_directory"),
        clean_staging_directory: fields.bool("clean_staging_directory"),
        extra_arguments: fields.strings("extra_arguments"),
        galaxy: galaxy(&mut fields),
        galaxy_roles_path: text(&mut fields, "galaxy_roles_path"),
        galaxy_collections_path: text(&mut fields, "galaxy_collections_path"),
    };
    fields.finish();
    settings
}

fn playbooks(fields: &mut Fields<'_>) -> Playbooks {
    let (one, several) = (
        fields.text("playbook_file"),
        fields.strings("playbook_files"),
    );
    match (one.is_empty(), several.is_empty()) {
        (true, true) => fields.problem(
            "playbook_file",
            "Either playbook_file or playbook_files must be specified",
        ),
        (false, false) => fields.problem(
            "playbook_files",
            "Either playbook_file or playbook_files can be specified, not both",
        ),
        _ => {}
    }
    if one.is_empty() {
        Playbooks::Several(several)
    } else {
        Playbooks::One(one)
    }
}

fn galaxy(fields: &mut Fields<'_>) -> Option<LocalGalaxySettings> {
    let settings = LocalGalaxySettings {
        file: fields.text("galaxy_file"),
        command: text(fields, "galaxy_command").unwrap_or_else(|| "ansible-galaxy".to_owned()),
        force: fields.bool("galaxy_force_install"),
    };
    (!settings.file.is_empty()).then_some(settings)
}

fn check(fields: &mut Fields<'_>, facts: &Facts) {
    for key in ["playbook_file", "inventory_file", "galaxy_file"] {
        checks::existing_file(fields, key, facts);
    }
    for key in ["playbook_dir", "group_vars", "host_vars"] {
        checks::existing_directory(fields, key, facts);
    }
    checks::all_existing_files(fields, "playbook_files", facts);
    for key in ["playbook_paths", "role_paths", "collection_paths"] {
        checks::all_existing_directories(fields, key, facts);
    }
}

fn text(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    fields.string(key).filter(|text| !text.is_empty())
}
