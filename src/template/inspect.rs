//! What `inspect` tells about a template: raw names and defaults, nothing rendered.

use super::model::Template;

/// Everything that `inspect` shows, in the order in which it shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inspection {
    /// `description`.
    pub(crate) description: Option<String>,
    /// Variables that have to be given, sorted by name.
    pub(crate) required: Vec<InspectedVariable>,
    /// The others, sorted by name.
    pub(crate) optional: Vec<InspectedVariable>,
    /// Builders, sorted by name.
    pub(crate) builders: Vec<InspectedBuilder>,
    /// The provisioners' types, in the order of the template.
    pub(crate) provisioners: Vec<String>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InspectedVariable {
    /// Its name.
    pub(crate) name: String,
    /// Its default, not rendered, and empty where it has none; [`HIDDEN`] where a sensitive variable has the same one.
    pub(crate) default: String,
}

/// A builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InspectedBuilder {
    /// Its name, not rendered.
    pub(crate) name: String,
    /// Its type.
    pub(crate) kind: String,
}

/// What stands in place of a sensitive default.
pub(crate) const HIDDEN: &str = "<sensitive>";

/// Looks a template over.
///
/// Packer compares default texts to find out what is sensitive, so an equal default of another variable is hidden too. What it makes
/// of an absent default depends on the order of a map, but for that of a sensitive variable.
pub(crate) fn inspect(template: &Template) -> Inspection {
    let is_sensitive = |name: &String| template.sensitive.contains(name);
    let sensitive = template
        .variables
        .iter()
        .filter(|variable| is_sensitive(&variable.name));
    let hidden: Vec<&str> = sensitive
        .filter_map(|variable| variable.default.as_deref())
        .collect();
    let mut inspection = Inspection {
        description: template
            .description
            .clone()
            .filter(|description| !description.is_empty()),
        required: Vec::new(),
        optional: Vec::new(),
        builders: Vec::new(),
        provisioners: template
            .provisioners
            .iter()
            .map(|provisioner| provisioner.kind.clone())
            .collect(),
    };
    for variable in &template.variables {
        let equals_hidden = |default: &String| hidden.contains(&default.as_str());
        let default = &variable.default;
        let is_hidden = is_sensitive(&variable.name) || default.as_ref().is_some_and(equals_hidden);
        let shown = InspectedVariable {
            name: variable.name.clone(),
            default: if is_hidden {
                HIDDEN.to_owned()
            } else {
                default.clone().unwrap_or_default()
            },
        };
        match variable.default {
            None => inspection.required.push(shown),
            Some(_) => inspection.optional.push(shown),
        }
    }
    for builder in &template.builders {
        inspection.builders.push(InspectedBuilder {
            name: builder.name.clone(),
            kind: builder.kind.clone(),
        });
    }
    for variables in [&mut inspection.required, &mut inspection.optional] {
        variables.sort_by(|left, right| left.name.cmp(&right.name));
    }
    inspection
        .builders
        .sort_by(|left, right| left.name.cmp(&right.name));
    inspection
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::schema;
    use crate::template::source::Source;

    fn inspection(text: &str) -> Inspection {
        inspect(&schema::read(Source::new("t.json", text)).unwrap())
    }

    #[test]
    fn names_are_sorted_and_nothing_is_rendered() {
        let shown = inspection(
            r#"{"builders": [{"type": "null", "name": "{{user `b`}}"}, {"type": "file"}], "variables": {"b": "{{env `X`}}", "a": "", "c": null},
            "provisioners": [{"type": "shell"}, {"type": "file"}], "description": "d"}"#,
        );
        let builders: Vec<_> = shown
            .builders
            .iter()
            .map(|builder| builder.name.as_str())
            .collect();
        assert_eq!(builders, ["file", "{{user `b`}}"]);
        let optional: Vec<_> = shown
            .optional
            .iter()
            .map(|variable| variable.default.as_str())
            .collect();
        assert_eq!(optional, ["", "{{env `X`}}"]);
        assert_eq!((shown.required.len(), &*shown.required[0].name), (1, "c"));
        assert_eq!(shown.provisioners, ["shell", "file"]);
        assert_eq!(shown.description.as_deref(), Some("d"));
    }

    #[test]
    fn a_default_equal_to_a_sensitive_one_is_hidden_too() {
        let shown = inspection(
            r#"{"variables": {"a": "same", "s": "same", "t": "other"}, "sensitive-variables": ["s"]}"#,
        );
        let optional: Vec<_> = shown
            .optional
            .iter()
            .map(|variable| variable.default.as_str())
            .collect();
        assert_eq!(optional, [HIDDEN, HIDDEN, "other"]);
    }

    #[test]
    fn a_sensitive_variable_without_a_default_is_marked_and_hides_no_other() {
        let shown = inspection(
            r#"{"variables": {"a": "", "r": null, "s": null}, "sensitive-variables": ["s"]}"#,
        );
        assert_eq!(shown.optional[0].default, "");
        assert_eq!(shown.required[0].default, "");
        assert_eq!(shown.required[1].default, HIDDEN);
    }
}
