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
    /// `-json`.
    pub(crate) printed: Printed,
}

const PLAN: &[Flag] = &[
    value("var"),
    value("var-file"),
    value("only"),
    value("except"),
    switch("force"),
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
        assert_eq!(plan(&[]), Err(FlagError::NotOneTemplate));
    }
}
