//! `windows-shell`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::checks;
use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &["execute_command", "env_var_format", "script", "remote_path"],
    lists: &["inline", "scripts", "environment_vars", "valid_exit_codes"],
    maps: &["env"],
    flags: &["binary"],
    durations: &["start_retry_timeout", "pause_after"],
    ..Keys::NONE
};

pub(super) fn check(fields: &mut Fields<'_>, facts: &Facts) {
    checks::scripts(fields, facts);
    checks::environment_vars(fields);
    checks::valid_exit_codes(fields);
}
