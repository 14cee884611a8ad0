//! Fragments of templates, laid over a builder that is fine, and what is said about them.

mod asked;
mod fast_volume;
mod keys;
mod rules;
mod settings;
mod spot;
mod surrogate;
mod volume;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::settings::EbsSettings;
use super::{Force, ebs};
use crate::facts::{Facts, FileFact};
use crate::template::document;
use crate::template::document::Node;
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
    change(&mut builder, fragment);
    decoded(
        "amazon-ebs",
        &builder,
        facts,
        |node, scope, facts, problems| ebs(node, scope, facts, force, problems),
    )
}

/// Decodes a builder as its type does.
fn decoded(
    kind: &str,
    builder: &Value,
    facts: &mut Facts,
    decode: impl FnOnce(&Node, &Scope, &Facts, &Problems) -> Option<EbsSettings>,
) -> Outcome {
    let source = Source::new("t.json", builder.to_string());
    let document = Arc::new(document::parse(Arc::new(source)).unwrap());
    let problems = Problems::of_component(Arc::clone(&document), kind);
    facts.add_file("nope.sh".into(), FileFact::Missing);
    let functions = match kind {
        "amazon-ebsvolume" => BuilderFunctions::AmazonVolume,
        _ => BuilderFunctions::Amazon,
    };
    let scope =
        Scope::new(facts, Section::Builder(functions), Arc::default()).with_build(kind, kind);
    let settings = decode(&document.root, &scope, facts, &problems);
    let (errors, warnings) = problems.into_parts();
    Outcome {
        settings,
        errors,
        warnings,
    }
}

fn change(builder: &mut Value, fragment: Value) {
    let (Value::Object(keys), Value::Object(changes)) = (builder, fragment) else {
        panic!("not an object")
    };
    lay_over(keys, changes);
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
