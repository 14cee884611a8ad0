//! `validate`: every problem of a template, and nothing done.

use super::load::{self, Loaded};
use super::{Outcome, problems, secrets};
use crate::action::environment::Environment;
use crate::cli::options::{Depth, Force, ValidateOptions};
use crate::plan::{Builder, OUR_BUILDERS, Plan};
use crate::report::console::Console;
use crate::stop::Stop;
use crate::stores::StoreContext;

/// Checks a template.
pub(crate) async fn validate(
    options: &ValidateOptions,
    console: &Console,
    environment: &Environment,
    stop: &Stop,
) -> Outcome {
    let loaded = match load::load(&options.template, environment) {
        Ok(loaded) => loaded,
        Err(found) => {
            problems::print_template(console, &found);
            return Outcome::Failed;
        }
    };
    match options.depth {
        Depth::Syntax => {
            console.say("Syntax-only check passed. Everything looks okay.");
            Outcome::Succeeded
        }
        Depth::Everything => {
            let stores = secrets::stores(console, environment, stop);
            whole(options, loaded, console, &stores).await
        }
    }
}

async fn whole(
    options: &ValidateOptions,
    loaded: Loaded,
    console: &Console,
    stores: &StoreContext<'_>,
) -> Outcome {
    let plan = match load::plan(loaded, &options.template, Force::No, stores).await {
        Ok(plan) => plan,
        Err(found) => {
            problems::print_template(console, &found);
            return Outcome::Failed;
        }
    };
    secrets::hide(&plan, console, stores.environment);
    problems::print_warnings(console, &plan);
    problems::print_invalid(console, &plan.invalid);
    if !plan.invalid.is_empty() {
        return Outcome::Failed;
    }
    if only_foreign(&plan) {
        console.error(&format!(
            "Error: none of the selected builders is one that ami-build runs: {OUR_BUILDERS}"
        ));
        return Outcome::Failed;
    }
    console.say("The configuration is valid.");
    Outcome::Succeeded
}

/// A template of another platform is valid for Packer but of no use here. A selection that leaves nothing is valid, as in Packer.
fn only_foreign(plan: &Plan) -> bool {
    !plan.builds.is_empty()
        && plan
            .builds
            .iter()
            .all(|build| matches!(build.builder, Builder::Foreign(_)))
}
