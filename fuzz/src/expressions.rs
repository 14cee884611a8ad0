//! Go's template language with Packer's functions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::facts::Facts;
use crate::template::gotmpl::Value;
use crate::template::scope::{BuilderFunctions, Scope, Section};

/// The engine counts its work; a text that takes longer than this got around the count. Far above what the sanitizer costs.
const LONGEST: Duration = Duration::from_secs(20);

/// Renders a text in every section.
pub fn render(text: &str) {
    let facts = crate::templates::facts();
    let variables = [("a", "1"), ("b", "{{.X}}"), ("c", "")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let scope = Scope::new(&facts, Section::Variables, Arc::new(variables.into()));
    let sections = [
        Section::Variables,
        Section::Builder(BuilderFunctions::Amazon),
        Section::Provisioner {
            build_keys: &["SourceAMI"],
        },
    ];
    let begin = Instant::now();
    for section in sections {
        let scope = scope.with_section(section).with_build("name", "null");
        let data = scope.data_at_prepare();
        let checked = scope.check(text);
        let rendered = scope.render(text, &data);
        // What does not parse cannot be rendered.
        assert!(checked.is_ok() || rendered.is_err());
        if let Err(error) = rendered {
            assert!(!error.to_string().is_empty());
        }
    }
    let _ = scope.render_until_stable(text, &Value::Missing);
    assert!(begin.elapsed() < LONGEST, "it took {:?}", begin.elapsed());
    let _: &Facts = &facts;
}
