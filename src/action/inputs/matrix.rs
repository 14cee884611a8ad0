//! The inputs of `plan` and `join`.

use super::{Environment, InputError, boolean, template, text};
use crate::cli::options::{Force, TemplateOptions};
use crate::cli::plan_options::{PlanOptions, Preflight};
use crate::cli::sweep_options::Printed;

/// `join`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JoinOptions {
    /// What was built. The file is read only where `matrix` is not given.
    pub(crate) template: TemplateOptions,
    /// The output of `plan`, as it was given.
    pub(crate) matrix: Option<String>,
    /// Where the results are.
    pub(crate) results: Option<String>,
}

/// `command: plan`.
pub(super) fn plan(environment: &Environment) -> Result<PlanOptions, InputError> {
    Ok(PlanOptions {
        template: template(environment)?,
        force: if boolean(environment, "force")? {
            Force::Yes
        } else {
            Force::No
        },
        preflight: match text(environment, "preflight") {
            Some(_) if !boolean(environment, "preflight")? => Preflight::LeaveOut,
            _ => Preflight::Ask,
        },
        printed: Printed::Table,
    })
}

/// `command: join`.
pub(super) fn join(environment: &Environment) -> Result<JoinOptions, InputError> {
    Ok(JoinOptions {
        template: template(environment)?,
        matrix: text(environment, "matrix").map(str::to_owned),
        results: text(environment, "results").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{ActionCommand, read};
    use super::*;

    #[test]
    fn a_join_needs_the_template_it_is_about_and_nothing_else() {
        let without = read(&Environment::of([("INPUT_COMMAND", "join")]));
        assert_eq!(without.unwrap_err(), InputError::Missing("template"));
        let bare = read(&Environment::of([
            ("INPUT_COMMAND", "join"),
            ("INPUT_TEMPLATE", "t.json"),
        ]))
        .unwrap()
        .command;
        let ActionCommand::Join(options) = bare else {
            panic!("not a join")
        };
        assert_eq!((options.matrix, options.results), (None, None));
    }

    #[test]
    fn a_plan_knows_whether_images_would_be_replaced_and_aws_is_asked() {
        let inputs = read(&Environment::of([
            ("INPUT_COMMAND", "plan"),
            ("INPUT_TEMPLATE", "t.json"),
            ("INPUT_FORCE", "true"),
            ("INPUT_PREFLIGHT", "false"),
        ]));
        let ActionCommand::Plan(options) = inputs.unwrap().command else {
            panic!("not a plan")
        };
        assert_eq!(options.force, Force::Yes);
        assert_eq!(options.preflight, Preflight::LeaveOut);
    }
}
