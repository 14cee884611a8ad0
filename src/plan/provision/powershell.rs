//! `powershell`: scripts that PowerShell runs on a Windows machine, perhaps as another user.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::secret::Secret;
use crate::template::document::Node;
use crate::template::duration::GoDuration;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::{ScriptSource, checks};

/// Keys that are rendered at run time.
pub(super) const LATE: &[&str] = &["execute_command", "elevated_execute_command"];

/// Packer's names, in any case, by their numbers, which it takes too.
const POLICIES: [&str; 8] = [
    "bypass",
    "allsigned",
    "default",
    "remotesigned",
    "restricted",
    "undefined",
    "unrestricted",
    "none",
];

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct PowerShellSettings {
    /// What runs.
    pub(crate) source: ScriptSource,
    /// `environment_vars`, in the template's order.
    pub(crate) environment_vars: Vec<(String, String)>,
    /// `env`, which wins.
    pub(crate) env: BTreeMap<String, String>,
    /// Go's printf format of one variable.
    pub(crate) env_var_format: String,
    /// What runs each script, where the template says it. Rendered with `.Path` and `.Vars`, the file of the variables.
    pub(crate) execute_command: Option<String>,
    /// Where scripts go on the machine; below Windows' `Temp` under a name of their own where unset.
    pub(crate) remote_path: Option<String>,
    /// Where the file of the variables goes.
    pub(crate) remote_env_var_path: Option<String>,
    /// Who else runs the scripts.
    pub(crate) elevated: Option<ElevatedSettings>,
    /// What the default command says to `-executionpolicy`; `None` for the bare command.
    pub(crate) execution_policy: Option<&'static str>,
    /// The program of the default command.
    pub(crate) program: PowerShellProgram,
    /// `Set-PsDebug -Trace`, from 0 to 2.
    pub(crate) debug_mode: i64,
    /// Exit statuses that count as success.
    pub(crate) valid_exit_codes: Vec<i64>,
    /// How long uploading and starting a script is tried.
    pub(crate) start_retry_timeout: GoDuration,
    /// Scripts stay on the machine.
    pub(crate) skip_clean: bool,
    /// Wait after the last script.
    pub(crate) pause_after: GoDuration,
}

/// A scheduled task's user, which runs the scripts instead of the one that is logged in.
#[derive(Clone, Debug)]
pub(crate) struct ElevatedSettings {
    /// The user.
    pub(crate) user: String,
    /// Rendered at run time. Empty for a service account such as `SYSTEM`.
    pub(crate) password: Secret,
    /// What runs each script, where the template says it.
    pub(crate) execute_command: Option<String>,
    /// Go's printf format of one variable.
    pub(crate) env_var_format: String,
}

/// Which PowerShell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PowerShellProgram {
    /// Windows' own, `powershell`.
    Windows,
    /// The newer `pwsh`.
    Core,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, facts: &Facts, problems: &Problems) -> PowerShellSettings {
    let mut fields = Fields::new(node, problems, "");
    // Nothing of a script is changed on its way, so that `binary` has nothing to forbid.
    let _: bool = fields.bool("binary");
    let settings = PowerShellSettings {
        source: checks::scripts(&mut fields, facts),
        environment_vars: checks::environment_vars(&mut fields),
        env: fields.map("env"),
        env_var_format: env_var_format(&mut fields, "env_var_format"),
        execute_command: checks::non_empty(&mut fields, "execute_command"),
        remote_path: checks::non_empty(&mut fields, "remote_path"),
        remote_env_var_path: checks::non_empty(&mut fields, "remote_env_var_path"),
        elevated: elevated(&mut fields),
        execution_policy: execution_policy(&mut fields),
        program: if fields.bool("use_pwsh") {
            PowerShellProgram::Core
        } else {
            PowerShellProgram::Windows
        },
        debug_mode: debug_mode(&mut fields),
        valid_exit_codes: checks::valid_exit_codes(&mut fields),
        start_retry_timeout: checks::start_retry_timeout(&mut fields),
        skip_clean: fields.bool("skip_clean"),
        pause_after: fields.duration("pause_after").unwrap_or_default(),
    };
    fields.finish();
    settings
}

fn env_var_format(fields: &mut Fields<'_>, key: &str) -> String {
    checks::non_empty(fields, key).unwrap_or_else(|| r#"$env:%s="%s"; "#.to_owned())
}

fn elevated(fields: &mut Fields<'_>) -> Option<ElevatedSettings> {
    checks::elevation(fields);
    let execute_command = checks::non_empty(fields, "elevated_execute_command");
    let env_var_format = env_var_format(fields, "elevated_env_var_format");
    let password = Secret::new(fields.text("elevated_password"));
    let user = checks::non_empty(fields, "elevated_user")?;
    Some(ElevatedSettings {
        user,
        password,
        execute_command,
        env_var_format,
    })
}

fn execution_policy(fields: &mut Fields<'_>) -> Option<&'static str> {
    let Some(given) = fields.string("execution_policy") else {
        return Some(POLICIES[0]);
    };
    let given = given.to_lowercase();
    let by_number = given
        .parse()
        .ok()
        .and_then(|number: usize| POLICIES.get(number));
    let known = by_number.or_else(|| POLICIES.iter().find(|policy| **policy == given));
    match known {
        Some(&"none") => None,
        Some(policy) => Some(policy),
        None => {
            let policies = POLICIES.join(", ");
            fields.problem(
                "execution_policy",
                format!("invalid execution policy: `{given}` is not one of {policies}"),
            );
            None
        }
    }
}

fn debug_mode(fields: &mut Fields<'_>) -> i64 {
    let mode = fields.integer("debug_mode").unwrap_or_default();
    if !(0..=2).contains(&mode) {
        fields.problem(
            "debug_mode",
            format!(
                "{mode} is an invalid Trace level for `debug_mode`; valid values are 0, 1, and 2"
            ),
        );
    }
    mode
}
