//! Variables that refer to each other, rendered in any order of declaration.

use std::collections::BTreeMap;

use super::mask::mask;
use crate::template::gotmpl::Value;
use crate::template::scope::{RenderError, Scope, VARIABLE_NOT_SET};

/// As many passes as Packer makes.
const MOST_PASSES: usize = 100;

/// A variable that cannot be rendered.
pub(super) struct Failure {
    /// Its name.
    pub(super) name: String,
    /// What Packer says.
    pub(super) message: String,
    /// Where in its text, as a byte offset.
    pub(super) error: RenderError,
}

/// Renders the defaults and the given values in passes over the sorted names, and leaves the results in `scope`.
///
/// A given value can be referred to from the start, as it was written; a default only once it is rendered. The empty name
/// leads to an empty text. So it is in Packer, whose list of values begins with as many empty entries as there are values.
///
/// A value that refers to a variable which is not known yet is tried again in the next pass. A value is done once it is rendered and
/// no `` {{user `…`}} `` stands in its text.
///
/// Packer's quirk, kept: a reference that leads nowhere is an error only if nothing at all was rendered in the last pass, so it
/// goes unnoticed, and the variable stays empty, while another value is rendered again and again.
pub(super) fn render_all(
    defaults: &BTreeMap<String, String>,
    given: &BTreeMap<String, String>,
    scope: &mut Scope,
) -> Vec<Failure> {
    scope.set_variable("", String::new());
    for (name, text) in given {
        scope.set_variable(name, text.clone());
    }
    let mut pending = in_order(defaults, given);
    let mut failures = Vec::new();
    for _ in 0..MOST_PASSES {
        let before = scope.variables().clone();
        let count = pending.len();
        let pass = pass(pending, scope);
        failures.extend(pass.failed);
        let is_settled = pass.left.len() == count && before == *scope.variables();
        pending = pass.left;
        if pending.is_empty() {
            return failures;
        }
        // Another pass would bring the same, since it would start from the same.
        if is_settled {
            if !pass.rendered_any {
                let blocked = pending.into_iter().filter_map(|pending| pending.blocked);
                failures.extend(blocked.map(|blocked| blocked.failure));
            }
            return failures;
        }
    }
    failures
}

/// The values by name, the given one in place of the default. A name that has both comes twice, which a value that refers to itself shows.
fn in_order<'a>(
    defaults: &'a BTreeMap<String, String>,
    given: &'a BTreeMap<String, String>,
) -> Vec<Pending<'a>> {
    let declared = defaults
        .iter()
        .map(|(name, text)| (name, given.get(name).unwrap_or(text)));
    let fresh = |(name, text)| Pending {
        name,
        text,
        blocked: None,
    };
    let mut pending: Vec<_> = declared.chain(given).map(fresh).collect();
    pending.sort_by_key(|value| value.name);
    pending
}

/// A value that is not done.
struct Pending<'a> {
    name: &'a String,
    text: &'a String,
    blocked: Option<Blocked>,
}

/// What kept a value from being rendered in the last pass.
struct Blocked {
    /// The variable that it refers to; until there is one of that name, rendering again would end the same.
    missing: Option<String>,
    failure: Failure,
}

impl Blocked {
    fn still(&self, scope: &Scope) -> bool {
        let missing = self.missing.as_ref();
        missing.is_some_and(|missing| !scope.variables().contains_key(missing))
    }
}

/// What one pass brought.
struct Pass<'a> {
    left: Vec<Pending<'a>>,
    failed: Vec<Failure>,
    rendered_any: bool,
}

fn pass<'a>(pending: Vec<Pending<'a>>, scope: &mut Scope) -> Pass<'a> {
    let mut pass = Pass {
        left: Vec::new(),
        failed: Vec::new(),
        rendered_any: false,
    };
    for mut value in pending {
        if value
            .blocked
            .as_ref()
            .is_some_and(|blocked| blocked.still(scope))
        {
            pass.left.push(value);
            continue;
        }
        let masked = mask(value.text);
        match scope.render(&masked.text, &Value::Missing) {
            Ok(rendered) => {
                scope.set_variable(value.name, masked.unmask(rendered));
                pass.rendered_any = true;
                if refers_to_a_variable(value.text) {
                    value.blocked = None;
                    pass.left.push(value);
                }
            }
            Err(error) => {
                let is_unresolved = matches!(error, RenderError::Execution { .. });
                let is_unresolved = is_unresolved && error.message().contains(VARIABLE_NOT_SET);
                let missing = missing_variable(error.message());
                let failure = failure(value.name, value.text, error);
                if is_unresolved {
                    value.blocked = Some(Blocked { missing, failure });
                    pass.left.push(value);
                } else {
                    pass.failed.push(failure);
                }
            }
        }
    }
    pass
}

/// The name in the message about a variable that is not set.
fn missing_variable(message: &str) -> Option<String> {
    let (_, rest) = message.split_once(VARIABLE_NOT_SET)?;
    let (name, _) = rest.strip_prefix(": ")?.split_once(": Please make sure")?;
    Some(name.to_owned())
}

fn failure(name: &str, text: &str, error: RenderError) -> Failure {
    let text = crate::template::render::excerpt(text);
    let message = match &error {
        RenderError::Syntax { .. } => {
            format!("error interpolating default value for '{name}': {error}")
        }
        RenderError::Execution { .. } if error.message().contains(VARIABLE_NOT_SET) => {
            format!("Failed to interpolate \"{name}\": \"{text}\"; error: {error}")
        }
        RenderError::Execution { .. } => format!("{error} in variable '{name}': \"{text}\""),
    };
    Failure {
        name: name.to_owned(),
        message,
        error,
    }
}

/// Packer's test, ``{{\s*user\s*`.*`\s*}}``, for a text that may have to be rendered again.
fn refers_to_a_variable(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| {
        let Some(after) = text[at + 2..].trim_start().strip_prefix("user") else {
            return false;
        };
        let Some(name) = after.trim_start().strip_prefix('`') else {
            return false;
        };
        // The greedy `.*` reaches over other actions of the same line.
        let line = name.split('\n').next().unwrap_or_default();
        line.match_indices('`')
            .any(|(quote, _)| name[quote + 1..].trim_start().starts_with("}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::facts::Facts;
    use crate::template::scope::Section;

    /// Packer makes a hundred passes over everything; here a value waits until what it refers to is there.
    #[test]
    fn a_long_chain_of_references_costs_no_hundred_renderings_of_each() {
        let length = 20_000;
        let mut values: BTreeMap<String, String> = (0..length)
            .map(|number| {
                let text = format!("{{{{user `v{}`}}}}", number + 1);
                (format!("v{number}"), text)
            })
            .collect();
        values.insert(format!("v{length}"), "end".to_owned());
        let mut scope = Scope::new(&Facts::for_tests(), Section::Variables, Arc::default());
        let begin = std::time::Instant::now();
        render_all(&values, &BTreeMap::new(), &mut scope);
        assert_eq!(scope.variables()["v19999"], "end");
        assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
    }

    #[test]
    fn only_a_plain_reference_in_backquotes_asks_for_another_pass() {
        for text in [
            "{{user `a`}}",
            "x{{ user  `a` }}",
            "{{user`a`\n}}",
            "{{user `a`}} {{user `b`}}",
        ] {
            assert!(refers_to_a_variable(text), "{text}");
        }
        for text in [
            "{{user \"a\"}}",
            "{{upper (user `a`)}}",
            "{{user `a` | upper}}",
            "{{user `a",
            "user `a`}}",
        ] {
            assert!(!refers_to_a_variable(text), "{text}");
        }
    }
}
