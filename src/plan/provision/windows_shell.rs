//! `windows-shell`: batch files that `cmd` runs on a Windows machine.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::template::document::Node;
use crate::template::duration::GoDuration;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::{ScriptSource, checks};

/// Keys that are rendered at run time.
pub(super) const LATE: &[&str] = &["execute_command"];

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct WindowsShellSettings {
    /// What runs.
    pub(crate) source: ScriptSource,
    /// `environment_vars`, in the template's order.
    pub(crate) environment_vars: Vec<(String, String)>,
    /// `env`, which wins.
    pub(crate) env: BTreeMap<String, String>,
    /// Go's printf format of one variable.
    pub(crate) env_var_format: String,
    /// Rendered for every script with `.Path` and `.Vars`.
    pub(crate) execute_command: String,
    /// Where scripts go on the machine.
    pub(crate) remote_path: String,
    /// Exit statuses that count as success.
    pub(crate) valid_exit_codes: Vec<i64>,
    /// How long uploading and starting a script is tried.
    pub(crate) start_retry_timeout: GoDuration,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> WindowsShellSettings {
    let mut fields = Fields::new(node, problems, "");
    // Nothing of a script is changed on its way, so that `binary` has nothing to forbid.
    let _: bool = fields.bool("binary");
    let or = |text: Option<String>, default: &str| text.unwrap_or_else(|| default.to_owned());
    let settings = WindowsShellSettings {
        source: checks::scripts(&mut fields, facts),
        environment_vars: checks::environment_vars(&mut fields),
        env: fields.map("env"),
        env_var_format: or(
            checks::non_empty(&mut fields, "env_var_format"),
            r#"set "%s=%s" && "#,
        ),
        execute_command: or(
            checks::non_empty(&mut fields, "execute_command"),
            r#"{{.Vars}}"{{.Path}}""#,
        ),
        remote_path: or(
            checks::non_empty(&mut fields, "remote_path"),
            "c:/Windows/Temp/script.bat",
        ),
        valid_exit_codes: checks::valid_exit_codes(&mut fields),
        start_retry_timeout: checks::start_retry_timeout(&mut fields),
    };
    fields.finish();
    settings
}
