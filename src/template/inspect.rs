//! What `inspect` tells about a template: raw names and defaults, nothing rendered.

use super::model::Template;

/// Everything that `inspect` shows, in the order in which it shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inspection {
    /// `description`.
    pub(crate) description: Option<String>,
    /// Variables that have to be given, sorted.
    pub(crate) required: Vec<String>,
    /// The others, sorted by name.
    pub(crate) optional: Vec<OptionalVariable>,
    /// Builders, sorted by name.
    pub(crate) builders: Vec<InspectedBuilder>,
    /// The provisioners' types, in the order of the template.
    pub(crate) provisioners: Vec<String>,
}

/// A variable with a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OptionalVariable {
    /// Its name.
    pub(crate) name: String,
    /// Its default, not rendered; [`HIDDEN`] where a sensitive variable has the same one.
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
/// Packer compares default texts to find out what is sensitive, so an equal default of another variable is hidden too.
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
        let name = variable.name.clone();
        match &variable.default {
            None => inspection.required.push(name),
            Some(default) => {
                let default = if hidden.contains(&default.as_str()) {
                    HIDDEN
                } else {
                    default
                }
                .to_owned();
                inspection.optional.push(OptionalVariable { name, default });
            }
        }
    }
    for builder in &template.builders {
        inspection.builders.push(InspectedBuilder {
            name: builder.name.clone(),
            kind: builder.kind.clone(),
        });
    }
    inspection.required.sort();
    inspection
        .optional
        .sort_by(|left, right| left.name.cmp(&right.name));
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
        assert_eq!(
            (shown.required, shown.provisioners),
            (vec!["c".to_owned()], vec!["shell".into(), "file".into()])
        );
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
}
