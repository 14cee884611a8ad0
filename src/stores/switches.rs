//! Switches in the environment, as Go's `strconv.ParseBool` reads them.

use crate::action::environment::Environment;
use crate::template::weak::parse_bool;

/// A variable that is neither on nor off.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not parse {0}")]
pub(super) struct NotASwitch(pub(super) &'static str);

/// Whether the variable is on; `None` where it is not set.
pub(super) fn switch(
    environment: &Environment,
    name: &'static str,
) -> Result<Option<bool>, NotASwitch> {
    let value = environment.get(name);
    value
        .map(|value| parse_bool(value).ok_or(NotASwitch(name)))
        .transpose()
}
