//! `powershell`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const LATE: &[&str] = &["execute_command", "elevated_execute_command"];

pub(super) const KEYS: Keys = Keys {
    texts: &[
        "execute_command",
        "elevated_user",
        "elevated_password",
        "env_var_format",
        "elevated_env_var_format",
        "script",
        "remote_env_var_path",
        "remote_path",
        "elevated_execute_command",
        "execution_policy",
    ],
    lists: &["inline", "scripts", "environment_vars", "valid_exit_codes"],
    maps: &["env"],
    flags: &["binary", "skip_clean", "use_pwsh"],
    integers: &["debug_mode"],
    durations: &["start_retry_timeout", "pause_after"],
    ..Keys::NONE
};

/// Packer's names, in any case.
const POLICIES: [&str; 7] = [
    "bypass",
    "allsigned",
    "default",
    "remotesigned",
    "restricted",
    "undefined",
    "unrestricted",
];

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    checks::scripts(fields, facts);
    checks::environment_vars(fields);
    checks::valid_exit_codes(fields);
    checks::elevation(fields);
    let policy = fields.text("execution_policy").to_lowercase();
    if !policy.is_empty() && policy != "none" && !POLICIES.contains(&policy.as_str()) {
        fields.problem(
            "execution_policy",
            format!(
                "invalid execution policy: {policy} is not one of {}, none",
                POLICIES.join(", ")
            ),
        );
    }
    if fields
        .integer("debug_mode")
        .is_some_and(|mode| !(0..=2).contains(&mode))
    {
        fields.problem(
            "debug_mode",
            "invalid Trace level for `debug_mode`; valid values are 0, 1, and 2",
        );
    }
}
