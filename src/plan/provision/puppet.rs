//! `puppet-masterless`: a manifest and its modules, applied on the machine without a server.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks::{self, PathKind};
use super::{Elevation, GuestOs, Sudo};

/// Keys that are rendered at run time.
pub(super) const LATE: &[&str] = &["execute_command", "extra_arguments"];

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct PuppetSettings {
    /// Whose commands are used.
    pub(crate) guest: GuestOs,
    /// Whether with `sudo`.
    pub(crate) sudo: Sudo,
    /// Where everything is uploaded to.
    pub(crate) staging_directory: String,
    /// It goes at the end.
    pub(crate) clean_staging_directory: bool,
    /// Where Puppet starts.
    pub(crate) working_directory: String,
    /// Rendered with the data of Packer's `ExecuteTemplate`.
    pub(crate) execute_command: String,
    /// Rendered, joined by spaces, with the same data.
    pub(crate) extra_arguments: Vec<String>,
    /// Facts; two more come from the build.
    pub(crate) facter: BTreeMap<String, String>,
    /// A local file.
    pub(crate) hiera_config_path: Option<String>,
    /// Local directories.
    pub(crate) module_paths: Vec<String>,
    /// A local file or directory.
    pub(crate) manifest_file: String,
    /// A local directory.
    pub(crate) manifest_dir: Option<String>,
    /// Where `puppet` lies on the machine; empty where it is in the path.
    pub(crate) puppet_bin_dir: String,
    /// Every exit status counts as success.
    pub(crate) ignore_exit_codes: bool,
    /// As whom Puppet runs on Windows.
    pub(crate) elevation: Option<Elevation>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> PuppetSettings {
    let mut fields = Fields::new(node, problems, "");
    let guest = checks::guest_os(&mut fields);
    let staging = checks::non_empty(&mut fields, "staging_directory");
    // Packer asks its own environment for Windows' directories; where it runs, on Linux, they are not set.
    let staging_directory = staging.unwrap_or_else(|| match guest {
        GuestOs::Unix => "/tmp/packer-puppet-masterless".to_owned(),
        GuestOs::Windows => "/Temp/packer-puppet-masterless".to_owned(),
    });
    let settings = PuppetSettings {
        guest,
        sudo: Sudo::unless(fields.bool("prevent_sudo")),
        working_directory: checks::non_empty(&mut fields, "working_directory")
            .unwrap_or_else(|| staging_directory.clone()),
        staging_directory,
        clean_staging_directory: fields.bool("clean_staging_directory"),
        execute_command: checks::non_empty(&mut fields, "execute_command")
            .unwrap_or_else(|| default_command(guest)),
        extra_arguments: fields.strings("extra_arguments"),
        facter: fields.map("facter"),
        hiera_config_path: checks::non_empty(&mut fields, "hiera_config_path"),
        module_paths: fields.strings("module_paths"),
        manifest_file: fields.text("manifest_file"),
        manifest_dir: checks::non_empty(&mut fields, "manifest_dir"),
        puppet_bin_dir: fields.text("puppet_bin_dir"),
        ignore_exit_codes: fields.bool("ignore_exit_codes"),
        elevation: Elevation::read(&mut fields),
    };
    check(&settings, &fields, facts);
    fields.finish();
    settings
}

fn check(settings: &PuppetSettings, fields: &Fields<'_>, facts: &Facts) {
    let paths = [
        (
            "hiera_config_path",
            &settings.hiera_config_path,
            PathKind::File,
        ),
        ("manifest_dir", &settings.manifest_dir, PathKind::Directory),
    ];
    for (key, path, kind) in paths {
        if let Some(fault) = path
            .as_ref()
            .and_then(|path| checks::wrong_path(path, kind, facts))
        {
            fields.problem(key, format!("{key} {fault}"));
        }
    }
    if settings.manifest_file.is_empty() {
        fields.problem("manifest_file", "A manifest_file must be specified.");
    } else if let Some(fault) = checks::path_fault(&settings.manifest_file, facts) {
        fields.problem(
            "manifest_file",
            format!("manifest_file is invalid: {fault}"),
        );
    }
    for (index, path) in settings.module_paths.iter().enumerate() {
        if let Some(fault) = checks::wrong_path(path, PathKind::Directory, facts) {
            fields.problem("module_paths", format!("module_path[{index}] {fault}"));
        }
    }
}

/// Packer's commands; they differ in the facts and in `sudo`.
fn default_command(guest: GuestOs) -> String {
    let facts = match guest {
        GuestOs::Unix => {
            r#"{{if ne .FacterVars ""}}{{.FacterVars}} {{end}}{{if .Sudo}}sudo -E {{end}}"#
        }
        GuestOs::Windows => r#"{{if ne .FacterVars ""}}{{.FacterVars}} && {{end}}"#,
    };
    [
        "cd {{.WorkingDir}} && ",
        facts,
        r#"{{if ne .PuppetBinDir ""}}{{.PuppetBinDir}}/{{end}}"#,
        "puppet apply --detailed-exitcodes {{if .Debug}}--debug {{end}}",
        r#"{{if ne .ModulePath ""}}--modulepath='{{.ModulePath}}' {{end}}"#,
        r#"{{if ne .HieraConfigPath ""}}--hiera_config='{{.HieraConfigPath}}' {{end}}"#,
        r#"{{if ne .ManifestDir ""}}--manifestdir='{{.ManifestDir}}' {{end}}"#,
        r#"{{if ne .ExtraArguments ""}}{{.ExtraArguments}} {{end}}{{.ManifestFile}}"#,
    ]
    .concat()
}
