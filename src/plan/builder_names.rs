//! Builds have the rendered names of their builders.

use std::collections::BTreeMap;

use super::selection::Selection;
use crate::template::gotmpl::Value;
use crate::template::model::{RawBuilder, Template};
use crate::template::problem::Problems;
use crate::template::render::{blame, excerpt};
use crate::template::scope::Scope;

/// The selected builders by their rendered names. Of several whose names become the same, the last one stays, as in Packer.
pub(super) fn selected<'a>(
    template: &'a Template,
    scope: &Scope,
    selection: &Selection,
    problems: &Problems,
) -> BTreeMap<String, &'a RawBuilder> {
    let mut builders = BTreeMap::new();
    for builder in &template.builders {
        match scope.render_until_stable(&builder.name, &Value::Missing) {
            Ok(name) => {
                if let Some(RawBuilder { name: lost, .. }) = builders.insert(name.clone(), builder)
                {
                    let message = format!(
                        "builders '{lost}' and '{}' are both named '{name}'; only the last one is built",
                        builder.name
                    );
                    problems.warn(builder.name_span, message);
                }
            }
            Err(error) => {
                let message = format!(
                    "Error interpolating builder '{}': {error}",
                    excerpt(&builder.name)
                );
                problems.report(
                    blame(problems, builder.name_span, &builder.name, &error),
                    message,
                );
            }
        }
    }
    builders.retain(|name, _| selection.takes(name));
    builders
}
