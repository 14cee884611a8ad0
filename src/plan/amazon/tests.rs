//! Fragments of templates, laid over a builder that is fine, and what is said about them.

mod asked;
mod keys;
mod rules;
mod settings;
mod spot;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::settings::EbsSettings;
use super::{Force, ebs};
use crate::facts::{Facts, FileFact};
use crate::template::document;
use crate::template::problem::{Problem, Problems};
use crate::template::scope::{BuilderFunctions, Scope, Section};
use crate::template::source::Source;

/// What became of a builder.
struct Outcome {
    settings: Option<EbsSettings>,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Outcome {
    /// Whether an error holds this text.
    fn reports(&self, text: &str) -> bool {
        self.errors
            .iter()
            .any(|problem| problem.message.contains(text))
    }

    /// The settings of a builder that is fine.
    fn settings(self) -> EbsSettings {
        let messages = self
            .errors
            .iter()
            .map(|problem| problem.message.clone())
            .collect::<Vec<_>>();
        self.settings.unwrap_or_else(|| panic!("{messages:?}"))
    }
}

/// The smallest builder that is fine, with `fragment`'s keys in it; a `null` takes a key away.
fn plan(fragment: Value) -> Outcome {
    plan_with(fragment, &mut Facts::for_tests(), Force::No)
}

fn plan_with(fragment: Value, facts: &mut Facts, force: Force) -> Outcome {
    let mut builder = json!({
        "region": "us-east-1",
        "ami_name": "web-base",
        "source_ami": "ami-0123456789abcdef0",
        "instance_type": "t3.micro",
        "ssh_username": "admin",
    });
    let (Value::Object(keys), Value::Object(changes)) = (&mut builder, fragment) else {
        panic!("not an object")
    };
    lay_over(keys, changes);
    let source = Source::new("t.json", builder.to_string());
    let document = Arc::new(document::parse(Arc::new(source)).unwrap());
    let problems = Problems::of_component(Arc::clone(&document), "amazon-ebs");
    facts.add_file("nope.sh".into(), FileFact::Missing);
    let scope = Scope::new(
        facts,
        Section::Builder(BuilderFunctions::Amazon),
        Arc::default(),
    )
    .with_build("amazon-ebs", "amazon-ebs");
    let settings = ebs(&document.root, &scope, facts, force, &problems);
    let (errors, warnings) = problems.into_parts();
    Outcome {
        settings,
        errors,
        warnings,
    }
}

fn lay_over(keys: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (key, value) in changes {
        if value.is_null() {
            keys.remove(&key);
        } else {
            keys.insert(key, value);
        }
    }
}
