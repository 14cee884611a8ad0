//! What can be said about a template before its variables are known: the references between its parts, and its version.

use std::collections::HashSet;
use std::sync::Arc;

use crate::template::fields::nearest;
use crate::template::model::{BuilderFilter, Template};
use crate::template::problem::{Problem, Problems};
use crate::template::source::Span;
use crate::template::version;

/// Everything that is wrong with the template as a whole.
pub(crate) fn check_template(template: &Template) -> Vec<Problem> {
    let mut found = check_references(template);
    let problems = Problems::new(Arc::clone(&template.document));
    if let Some((minimum, span)) = &template.minimum_version
        && let Some(objection) = version::objection(minimum)
    {
        problems.report(*span, objection);
    }
    found.extend(problems.into_parts().0);
    found
}

/// The same without the version, which `fix` does not look at.
pub(crate) fn check_references(template: &Template) -> Vec<Problem> {
    let problems = Problems::new(Arc::clone(&template.document));
    if template.builders.is_empty() {
        problems.report(
            template.document.root.span,
            "at least one builder must be defined",
        );
    }
    let names = template
        .builders
        .iter()
        .map(|builder| builder.name.as_str())
        .collect();
    let checks = References {
        template,
        names,
        problems: &problems,
    };
    for (index, provisioner) in template.provisioners.iter().enumerate() {
        let prefix = format!("provisioner {}", index + 1);
        checks.filter(&prefix, &provisioner.filter);
        for other in &provisioner.overrides {
            if !checks.exists(&other.builder) {
                let message = format!("{prefix}: override '{}' doesn't exist", other.builder);
                checks.report(other.span, message, &other.builder);
            }
        }
    }
    for (sequence, elements) in template.post_processors.iter().enumerate() {
        for (element, post_processor) in elements.iter().enumerate() {
            checks.filter(
                &format!("post-processor {}.{}", sequence + 1, element + 1),
                &post_processor.filter,
            );
        }
    }
    problems.into_parts().0
}

struct References<'a> {
    template: &'a Template,
    names: HashSet<&'a str>,
    problems: &'a Problems,
}

impl References<'_> {
    fn filter(&self, prefix: &str, filter: &BuilderFilter) {
        if !filter.only.is_empty() && !filter.except.is_empty() {
            let message = format!("{prefix}: only one of 'only' or 'except' may be specified");
            self.problems.report(filter.span, message);
            return;
        }
        for (key, names) in [("only", &filter.only), ("except", &filter.except)] {
            for name in names.iter().filter(|name| !self.exists(name)) {
                let message = format!("{prefix}: '{key}' specified builder '{name}' not found");
                self.report(filter.span, message, name);
            }
        }
    }

    fn exists(&self, builder: &str) -> bool {
        self.names.contains(builder)
    }

    fn report(&self, span: Span, message: String, name: &str) {
        // Advice is not worth a search once there are more problems than anybody will read.
        if self.problems.is_full() {
            return self.problems.report(span, message);
        }
        let known = || {
            self.template
                .builders
                .iter()
                .map(|builder| builder.name.as_str())
        };
        let of_type = || {
            self.template
                .builders
                .iter()
                .find(|builder| builder.kind == name)
        };
        match (of_type(), nearest(name, known())) {
            (Some(builder), _) => {
                let hint = format!(
                    "'{name}' is a type; the builder's name is '{}'",
                    builder.name
                );
                self.problems.report_with_hint(span, message, hint);
            }
            (None, Some(meant)) => {
                self.problems
                    .report_with_hint(span, message, format!("did you mean '{meant}'?"))
            }
            (None, None) => self.problems.report(span, message),
        }
    }
}
