use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::facts::Facts;
use crate::template::document;
use crate::template::problem::Problem;
use crate::template::scope::{BuilderFunctions, Section};
use crate::template::source::Source;

fn plan(builder: &Value) -> (Option<FileSettings>, Vec<Problem>, Vec<Problem>) {
    let document =
        Arc::new(document::parse(Arc::new(Source::new("t.json", builder.to_string()))).unwrap());
    let problems = Problems::of_component(Arc::clone(&document), "file");
    let scope = Scope::new(
        &Facts::for_tests(),
        Section::Builder(BuilderFunctions::None),
        Arc::default(),
    );
    let settings = file(&document.root, &scope, &problems);
    let (errors, warnings) = problems.into_parts();
    (settings, errors, warnings)
}

#[test]
fn a_file_comes_from_a_source_or_a_text() {
    let cases = [
        (
            json!({"target": "t", "source": "s"}),
            Origin::File("s".into()),
        ),
        (
            json!({"target": "t", "content": "{{upper `c`}}"}),
            Origin::Text("C".to_owned()),
        ),
    ];
    for (builder, origin) in cases {
        let (settings, _, warnings) = plan(&builder);
        assert_eq!(
            settings,
            Some(FileSettings {
                target: "t".into(),
                origin
            })
        );
        assert!(warnings.is_empty());
    }
}

#[test]
fn a_file_without_content_is_warned_of() {
    let (settings, errors, warnings) = plan(&json!({"target": "t"}));
    assert!(errors.is_empty() && settings.is_some());
    assert_eq!(
        warnings[0].message,
        "Both source file and contents are blank; target will have no content"
    );
}

#[test]
fn a_target_is_required_and_two_origins_are_one_too_many() {
    let cases = [
        (json!({}), "target required"),
        (
            json!({"target": "t", "source": "s", "content": "c"}),
            "Cannot specify source file AND content",
        ),
        (
            json!({"target": "t", "contents": "c"}),
            "unknown configuration key: '\"contents\"'",
        ),
    ];
    for (builder, text) in cases {
        let (settings, errors, _) = plan(&builder);
        assert!(settings.is_none());
        assert!(errors[0].message.contains(text), "{errors:?}");
    }
}
