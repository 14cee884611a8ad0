//! The values that hold for all builds.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::given::{ENVIRONMENT_PREFIX, GivenVariables};
use super::passes::render_all;
use crate::facts::Facts;
use crate::template::model::{Template, Variable};
use crate::template::problem::{Problem, Problems};
use crate::template::render::blame;
use crate::template::scope::{Scope, Section};

/// Rendered variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    /// By name; those that the template does not declare too.
    pub(crate) values: Arc<BTreeMap<String, String>>,
    /// The values that must not be shown.
    pub(crate) sensitive: Vec<String>,
}

/// Says which variables have to be given and are not.
pub(crate) fn report_missing(
    template: &Template,
    given: &GivenVariables,
    facts: &Facts,
    problems: &Problems,
) {
    let merged = merged(template, given, facts);
    let required = template
        .variables
        .iter()
        .filter(|variable| variable.default.is_none());
    for variable in required.filter(|variable| !merged.contains_key(&variable.name)) {
        let name = &variable.name;
        problems.report_with_hint(
            variable.span,
            format!("required variable not set: {name}"),
            format!("give it with -var '{name}=…', a variable file, or {ENVIRONMENT_PREFIX}{name} in the environment"),
        );
    }
}

/// Renders the defaults and the given values.
///
/// # Errors
///
/// Every variable that is required and not given; else every one that cannot be rendered.
pub(crate) fn resolve(
    template: &Template,
    given: &GivenVariables,
    facts: &Facts,
) -> Result<Variables, Vec<Problem>> {
    let problems = Problems::new(Arc::clone(&template.document));
    report_missing(template, given, facts, &problems);
    if problems.count() > 0 {
        return Err(problems.into_parts().0);
    }
    let given = merged(template, given, facts);
    let defaults = template
        .variables
        .iter()
        .map(|variable| {
            (
                variable.name.clone(),
                variable.default.clone().unwrap_or_default(),
            )
        })
        .collect();
    let mut scope = Scope::new(facts, Section::Variables, Arc::default());
    let declared: HashMap<&str, &Variable> = template
        .variables
        .iter()
        .map(|variable| (variable.name.as_str(), variable))
        .collect();
    for failure in render_all(&defaults, &given, &mut scope) {
        let declared = declared.get(failure.name.as_str()).copied();
        match declared {
            Some(variable) if !given.contains_key(&variable.name) => {
                let text = variable.default.as_deref().unwrap_or_default();
                problems.report(
                    blame(&problems, variable.span, text, &failure.error),
                    failure.message,
                );
            }
            _ => problems.push(Problem::without_place(failure.message)),
        }
    }
    match problems.into_parts().0 {
        found if found.is_empty() => Ok(variables(template, scope)),
        found => Err(found),
    }
}

fn merged(template: &Template, given: &GivenVariables, facts: &Facts) -> BTreeMap<String, String> {
    given.merged(
        template
            .variables
            .iter()
            .map(|variable| variable.name.as_str()),
        &facts.environment,
    )
}

fn variables(template: &Template, scope: Scope) -> Variables {
    let mut values = Arc::clone(scope.variables());
    // It was there for the rendering; an undeclared name is empty anyway.
    if values.get("").is_some_and(String::is_empty) {
        Arc::make_mut(&mut values).remove("");
    }
    let sensitive = template
        .sensitive
        .iter()
        .filter_map(|name| values.get(name))
        .filter(|value| !value.is_empty());
    Variables {
        sensitive: sensitive.cloned().collect(),
        values,
    }
}
