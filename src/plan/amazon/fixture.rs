//! Settings for tests of other rooms, from a template's keys.

use serde_json::{Value, json};

use super::Force;
use super::settings::EbsSettings;
use crate::facts::Facts;
use crate::plan::{Builder, Selection, plan};
use crate::template::schema;
use crate::template::source::Source;
use crate::template::variables::Variables;

/// The smallest `amazon-ebs` that is fine, with these keys over it; a `null` takes a key away.
pub(crate) fn settings(keys: Value) -> EbsSettings {
    let mut builder = json!({
        "type": "amazon-ebs",
        "region": "us-east-1",
        "ami_name": "web-base",
        "source_ami": "ami-0123456789abcdef0",
        "instance_type": "t3.micro",
        "ssh_username": "admin",
    });
    for (key, value) in keys.as_object().expect("keys with values") {
        match value {
            Value::Null => builder.as_object_mut().and_then(|keys| keys.remove(key)),
            value => Some(std::mem::replace(&mut builder[key], value.clone())),
        };
    }
    let text = json!({ "builders": [builder] }).to_string();
    let template = schema::read(Source::new("t.json", text)).expect("a template");
    let facts = Facts::for_tests();
    let variables = Variables {
        values: Default::default(),
        sensitive: Vec::new(),
    };
    let selection = Selection::default();
    let mut plan = plan(&template, &variables, &selection, Force::No, &facts);
    match plan.builds.pop().map(|build| build.builder) {
        Some(Builder::AmazonEbs(settings)) => *settings,
        _ => panic!("{:?}", plan.invalid),
    }
}
