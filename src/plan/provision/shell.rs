//! `shell`: scripts on the machine.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::duration::GoDuration;
use crate::template::fields::Fields;
use crate::template::problem::Problems;
use crate::template::source::Span;

use super::checks::non_empty;
use super::{ScriptSource, checks};

/// Keys that are rendered at run time.
pub(super) const LATE: &[&str] = &["execute_command"];

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct ShellSettings {
    /// What runs.
    pub(crate) source: ScriptSource,
    /// Where the texts of `inline` stand.
    pub(crate) inline_spans: Vec<Span>,
    /// `inline_shebang`, where the template sets it.
    pub(crate) inline_shebang: Option<String>,
    /// `environment_vars`, in the template's order.
    pub(crate) environment_vars: Vec<(String, String)>,
    /// `env`, which wins.
    pub(crate) env: BTreeMap<String, String>,
    /// Go's printf format of one variable.
    pub(crate) env_var_format: String,
    /// Rendered for every script with `.Path`, `.Vars` and `.EnvVarFile`.
    pub(crate) execute_command: String,
    /// Where scripts go on the machine.
    pub(crate) remote_folder: String,
    /// Their name there; random where unset.
    pub(crate) remote_file: Option<String>,
    /// Folder and name in one.
    pub(crate) remote_path: Option<String>,
    /// The variables go into a file there that is sourced.
    pub(crate) use_env_var_file: bool,
    /// Line ends stay as they are.
    pub(crate) binary: bool,
    /// Exit statuses that count as success.
    pub(crate) valid_exit_codes: Vec<i64>,
    /// A script may cut the connection.
    pub(crate) expect_disconnect: bool,
    /// A script may outlive the connection. Ours: Packer does not know the key.
    pub(crate) survive_disconnect: Option<bool>,
    /// How long uploading and starting a script is tried.
    pub(crate) start_retry_timeout: GoDuration,
    /// Scripts stay on the machine.
    pub(crate) skip_clean: bool,
    /// Wait after the last script.
    pub(crate) pause_after: GoDuration,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> ShellSettings {
    let mut fields = Fields::new(node, problems, "");
    let use_env_var_file = fields.bool("use_env_var_file");
    let (format, command) = if use_env_var_file {
        (
            "export %s='%s'\n",
            "chmod +x {{.Path}}; . {{.EnvVarFile}} && {{.Path}}",
        )
    } else {
        ("%s='%s' ", "chmod +x {{.Path}}; {{.Vars}} {{.Path}}")
    };
    let settings = ShellSettings {
        source: checks::scripts(&mut fields, facts),
        inline_spans: checks::spans(&mut fields, "inline"),
        inline_shebang: non_empty(&mut fields, "inline_shebang"),
        environment_vars: checks::environment_vars(&mut fields),
        env: fields.map("env"),
        env_var_format: non_empty(&mut fields, "env_var_format")
            .unwrap_or_else(|| format.to_owned()),
        execute_command: non_empty(&mut fields, "execute_command")
            .unwrap_or_else(|| command.to_owned()),
        remote_folder: non_empty(&mut fields, "remote_folder").unwrap_or_else(|| "/tmp".to_owned()),
        remote_file: non_empty(&mut fields, "remote_file"),
        remote_path: non_empty(&mut fields, "remote_path"),
        use_env_var_file,
        binary: fields.bool("binary"),
        valid_exit_codes: checks::valid_exit_codes(&mut fields),
        expect_disconnect: fields.bool("expect_disconnect"),
        survive_disconnect: fields.tristate("survive_disconnect"),
        start_retry_timeout: checks::start_retry_timeout(&mut fields),
        skip_clean: fields.bool("skip_clean"),
        pause_after: fields.duration("pause_after").unwrap_or_default(),
    };
    fields.finish();
    settings
}
