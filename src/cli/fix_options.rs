//! The flags of `fix`.

use super::flags::{Flag, FlagError, parse};
use super::options::{switch, template, value};

/// Whether the fixed template is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Checking {
    /// It is.
    #[default]
    On,
    /// `-validate=false`.
    Off,
}

/// `fix`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixOptions {
    /// The template's path; `-` is a file of that name.
    pub(crate) template: String,
    /// Whether what comes out is checked.
    pub(crate) checking: Checking,
}

/// Packer's `fix` takes what all commands take, and uses none of it.
const FIX: &[Flag] = &[
    switch("validate"),
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    value("config-type"),
];

/// Reads `fix`'s command line.
pub(crate) fn fix(arguments: &[String]) -> Result<FixOptions, FlagError> {
    let parsed = parse(arguments, FIX)?;
    let unchecked = parsed
        .flags
        .iter()
        .rev()
        .find(|given| given.name == "validate")
        .is_some_and(|given| given.value == "false");
    Ok(FixOptions {
        template: template(&parsed)?.template,
        checking: if unchecked {
            Checking::Off
        } else {
            Checking::On
        },
    })
}
