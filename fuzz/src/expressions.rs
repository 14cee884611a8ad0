//! Go's template language with Packer's functions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::template::gotmpl::Value;
use crate::template::scope::{BuilderFunctions, Scope, Section};

/// The engine counts its work; a text that takes longer than this in one section got around the count.
const LONGEST: Duration = Duration::from_secs(15);
/// A text that reaches the engine's bound is not worth a second section.
const SLOW: Duration = Duration::from_millis(100);

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
    for section in sections {
        let begin = Instant::now();
        let scope = scope.with_section(section).with_build("name", "null");
        let data = scope.data_at_prepare();
        let checked = scope.check(text);
        let rendered = scope.render(text, &data);
        // What does not parse cannot be rendered.
        assert!(checked.is_ok() || rendered.is_err());
        if let Err(error) = rendered {
            assert!(!error.to_string().is_empty());
        }
        assert!(begin.elapsed() < LONGEST, "it took {:?}", begin.elapsed());
        if begin.elapsed() > SLOW {
            return;
        }
    }
    let _ = scope.render_until_stable(text, &Value::Missing);
}
