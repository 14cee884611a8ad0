//! `windows-restart`: checked, not run.

use crate::facts::Facts;
use crate::template::fields::Fields;

use super::shape::Keys;

pub(super) const KEYS: Keys = Keys {
    texts: &["restart_command", "restart_check_command"],
    lists: &["registry_keys"],
    flags: &["check_registry"],
    durations: &["restart_timeout"],
    ..Keys::NONE
};

pub(super) fn check(_fields: &mut Fields<'_>, _facts: &Facts) {}
