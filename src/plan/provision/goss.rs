//! `goss`: tests of the machine, by the plugin of Yale University.
//!
//! The keys are those of <https://github.com/YaleUniversity/packer-plugin-goss>, release 3, and one more: `local_binary`.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::secret::Secret;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks::{self, PathKind};
use super::{GuestOs, Sudo};

/// The plugin's default.
const VERSION: &str = "0.4.7";

const FORMATS: [&str; 9] = [
    "documentation",
    "json",
    "json_oneline",
    "junit",
    "nagios",
    "nagios_verbose",
    "rspecish",
    "silent",
    "tap",
];

const FORMAT_OPTIONS: [&str; 3] = ["perfdata", "verbose", "pretty"];

/// How goss gets onto the machine.
#[derive(Clone, Debug)]
pub(crate) enum GossInstall {
    /// `skip_install`: it is there.
    Skip,
    /// The machine downloads it.
    Download {
        /// From where.
        url: String,
        /// `username`.
        username: String,
        /// `password`.
        password: Secret,
        /// `skip_ssl`: certificates are not checked.
        skip_ssl: bool,
    },
    /// `local_binary`: it is uploaded from here.
    Upload(String),
}

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct GossSettings {
    /// Whose commands are used.
    pub(crate) guest: GuestOs,
    /// Whether the tests run by `sudo`.
    pub(crate) sudo: Sudo,
    /// How goss gets onto the machine.
    pub(crate) install: GossInstall,
    /// Where it lies there.
    pub(crate) binary: String,
    /// Local files and directories.
    pub(crate) tests: Vec<String>,
    /// Where they go.
    pub(crate) remote_path: String,
    /// `--gossfile`.
    pub(crate) goss_file: Option<String>,
    /// A local file for `--vars`.
    pub(crate) vars_file: Option<String>,
    /// `--vars-inline`.
    pub(crate) vars_inline: BTreeMap<String, String>,
    /// Environment variables.
    pub(crate) vars_env: BTreeMap<String, String>,
    /// `--retry-timeout`, as goss takes it.
    pub(crate) retry_timeout: String,
    /// `--sleep`, as goss takes it.
    pub(crate) sleep: String,
    /// `--format`.
    pub(crate) format: Option<String>,
    /// `--format-options`.
    pub(crate) format_options: Option<String>,
    /// The report's path on the machine; it is fetched into the working directory.
    pub(crate) output_file: Option<String>,
    /// The rendered tests are not fetched.
    pub(crate) skip_download: bool,
    /// Failing tests do not fail the build.
    pub(crate) inspect: bool,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> GossSettings {
    let mut fields = Fields::new(node, problems, "");
    let guest = guest(&mut fields);
    let vars_env = fields.map("vars_env");
    let release = Release {
        version: or(checks::non_empty(&mut fields, "version"), VERSION),
        system: match guest {
            GuestOs::Unix => "linux",
            GuestOs::Windows => "windows",
        },
        arch: or(checks::non_empty(&mut fields, "arch"), "amd64"),
        alpha: vars_env.get("GOSS_USE_ALPHA").is_some_and(|on| on == "1"),
    };
    let url = checks::non_empty(&mut fields, "url").unwrap_or_else(|| release.url());
    let folder = or(checks::non_empty(&mut fields, "remote_folder"), "/tmp");
    check(&mut fields, facts);
    let settings = GossSettings {
        guest,
        sudo: Sudo::unless(!fields.bool("use_sudo")),
        binary: checks::non_empty(&mut fields, "download_path")
            .unwrap_or_else(|| release.path(&url)),
        install: install(&mut fields, url),
        tests: fields.strings("tests"),
        remote_path: checks::non_empty(&mut fields, "remote_path")
            .unwrap_or_else(|| format!("{folder}/goss")),
        goss_file: checks::non_empty(&mut fields, "goss_file"),
        vars_file: checks::non_empty(&mut fields, "vars_file"),
        vars_inline: fields.map("vars_inline"),
        vars_env,
        retry_timeout: or(checks::non_empty(&mut fields, "retry_timeout"), "0s"),
        sleep: or(checks::non_empty(&mut fields, "sleep"), "1s"),
        format: checks::non_empty(&mut fields, "format"),
        format_options: checks::non_empty(&mut fields, "format_options"),
        output_file: checks::non_empty(&mut fields, "output_file"),
        skip_download: fields.bool("skip_download"),
        inspect: fields.bool("inspect"),
    };
    fields.finish();
    settings
}

fn guest(fields: &mut Fields<'_>) -> GuestOs {
    match fields.text("target_os").as_str() {
        "" | "Linux" => GuestOs::Unix,
        "Windows" => GuestOs::Windows,
        _ => {
            fields.problem("target_os", "Os must be Linux or Windows");
            GuestOs::Unix
        }
    }
}

fn install(fields: &mut Fields<'_>, url: String) -> GossInstall {
    let (username, password) = (fields.text("username"), fields.text("password"));
    let (skip, skip_ssl) = (fields.bool("skip_install"), fields.bool("skip_ssl"));
    match (skip, checks::non_empty(fields, "local_binary")) {
        (true, None) => GossInstall::Skip,
        (false, None) => GossInstall::Download {
            url,
            username,
            password: Secret::new(password),
            skip_ssl,
        },
        (_, Some(path)) => {
            if skip || fields.has("url") {
                let message = "only one of local_binary, url and skip_install can be specified";
                fields.problem("local_binary", message);
            }
            GossInstall::Upload(path)
        }
    }
}

fn check(fields: &mut Fields<'_>, facts: &Facts) {
    for (key, what, valid) in [
        ("format", "format", FORMATS.as_slice()),
        ("format_options", "format options", &FORMAT_OPTIONS),
    ] {
        let given = fields.text(key);
        if !given.is_empty() && !valid.contains(&given.as_str()) {
            let valid = valid.join(" ");
            let message = format!("Invalid {what} choice {given}. Valid options: [{valid}]");
            fields.problem(key, message);
        }
    }
    let tests = fields.strings("tests");
    if tests.is_empty() {
        fields.problem("tests", "tests must be specified");
    }
    for path in &tests {
        if let Some(fault) = checks::path_fault(path, facts) {
            fields.problem("tests", format!("Bad test '{path}': {fault}"));
        }
    }
    // The plugin notices these only when the machine runs.
    for key in ["local_binary", "vars_file"] {
        let path = fields.text(key);
        if let Some(fault) = (!path.is_empty())
            .then(|| checks::wrong_path(&path, PathKind::File, facts))
            .flatten()
        {
            fields.problem(key, format!("{key}: path '{path}' {fault}"));
        }
    }
}

/// Which goss.
struct Release {
    version: String,
    system: &'static str,
    arch: String,
    /// Goss for Windows was one for years.
    alpha: bool,
}

impl Release {
    fn url(&self) -> String {
        let alpha = if self.alpha { "alpha-" } else { "" };
        let end = if self.system == "windows" { ".exe" } else { "" };
        format!(
            "https://github.com/goss-org/goss/releases/download/v{}/goss-{alpha}{}-{}{end}",
            self.version, self.system, self.arch
        )
    }

    /// The plugin takes version and architecture from the URL; one of another shape is named by the settings.
    fn path(&self, url: &str) -> String {
        let mut segments = url.rsplit('/');
        let (file, version) = (
            segments.next().unwrap_or_default(),
            segments.next().unwrap_or_default(),
        );
        let part = file.split('-').nth(if self.alpha { 3 } else { 2 });
        let (version, arch) = match part {
            Some(arch) if !version.is_empty() => {
                (version.strip_prefix('v').unwrap_or(version), arch)
            }
            _ => (self.version.as_str(), self.arch.as_str()),
        };
        format!("/tmp/goss-{version}-{}-{arch}", self.system)
    }
}

fn or(given: Option<String>, default: &str) -> String {
    given.unwrap_or_else(|| default.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_named_by_its_url_where_that_has_the_usual_shape() {
        let release = Release {
            version: "0.4.7".into(),
            system: "linux",
            arch: "amd64".into(),
            alpha: false,
        };
        assert_eq!(release.path(&release.url()), "/tmp/goss-0.4.7-linux-amd64");
        assert_eq!(
            release.path("https://example.com/v0.3.1/goss-linux-arm64"),
            "/tmp/goss-0.3.1-linux-arm64"
        );
        assert_eq!(
            release.path("https://example.com/goss"),
            "/tmp/goss-0.4.7-linux-amd64"
        );
    }
}
