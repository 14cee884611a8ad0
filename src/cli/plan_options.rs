//! The flags of `plan`, which Packer does not have.

use super::flags::{Flag, FlagError, Given, parse};
use super::options::{self, Force, TemplateOptions, switch, value};
use super::sweep_options::Printed;

/// `plan`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlanOptions {
    /// What would be built.
    pub(crate) template: TemplateOptions,
    /// `-force`: existing images would be replaced.
    pub(crate) force: Force,
    /// `-preflight`.
    pub(crate) preflight: Preflight,
    /// `-json`.
    pub(crate) printed: Printed,
}

/// Whether AWS is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Preflight {
    /// It is.
    #[default]
    Ask,
    /// The template alone is looked at, and no credentials are needed.
    LeaveOut,
}

const PLAN: &[Flag] = &[
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    switch("force"),
    switch("preflight"),
    switch("json"),
    value("config-type"),
];

/// Reads `plan`'s command line.
pub(crate) fn plan(arguments: &[String]) -> Result<PlanOptions, FlagError> {
    let parsed = parse(arguments, PLAN)?;
    let mut read = PlanOptions {
        template: options::template(&parsed)?,
        ..PlanOptions::default()
    };
    for Given { name, value } in &parsed.flags {
        match *name {
            "force" if value == "true" => read.force = Force::Yes,
            "preflight" if value == "false" => read.preflight = Preflight::LeaveOut,
            "json" if value == "true" => read.printed = Printed::Json,
            _ => {}
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_takes_what_selects_builds_and_how_it_is_printed() {
        let words = ["-only=a,b", "-force", "-json", "t.json"].map(str::to_owned);
        let read = plan(&words).unwrap();
        assert_eq!(read.template.only, ["a", "b"]);
        assert_eq!((read.force, read.printed), (Force::Yes, Printed::Json));
        assert_eq!(read.preflight, Preflight::Ask);
        let words = ["-preflight=false", "t.json"].map(str::to_owned);
        assert_eq!(plan(&words).unwrap().preflight, Preflight::LeaveOut);
        assert_eq!(plan(&[]), Err(FlagError::NotOneTemplate));
    }
}
