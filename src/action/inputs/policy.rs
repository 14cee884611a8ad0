//! `policy`: the file that bounds what templates may ask for.

use super::text;
use crate::action::environment::Environment;

/// Where a policy lies unless the input names another place.
const USUAL: &str = ".github/ami-build-policy.json";

/// Which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyInput {
    /// The usual one, where it is there.
    Usual(&'static str),
    /// This one, which has to be there.
    Named(String),
    /// None, and nobody is asked for one.
    Off,
}

/// Reads the input.
pub(super) fn read(environment: &Environment) -> PolicyInput {
    match text(environment, "policy") {
        Some("none") => PolicyInput::Off,
        Some(path) => PolicyInput::Named(path.trim_start_matches("./").to_owned()),
        None => PolicyInput::Usual(USUAL),
    }
}
