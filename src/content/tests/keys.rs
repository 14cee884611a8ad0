//! Every key of `docs/template-support.md`, touched in turn.

use serde_json::{Map, Value, json};

use super::super::roles::{Role, of_builder, of_provisioner};
use super::{Bench, Content};
use crate::template::schema;
use crate::template::source::Source;

/// What says for whom a component is, not what it does.
const FOR_WHOM: [&str; 4] = ["only", "except", "override", "name"];

/// A component of the page.
#[derive(Clone, Copy)]
enum Component<'a> {
    Builder(&'a str),
    Provisioner(&'a str),
}

impl Component<'_> {
    /// From a heading; what we do not run has no content.
    fn of(heading: &str) -> Option<Component<'_>> {
        let kind = heading.split('`').nth(1)?;
        let is_run = heading.ends_with(": yes");
        match heading.split(' ').next()? {
            "Builder" if kind.starts_with("amazon-") => Some(Component::Builder(kind)),
            "Provisioner" if is_run => Some(Component::Provisioner(kind)),
            _ => None,
        }
    }

    fn role(self, key: &str) -> Role {
        match self {
            Component::Builder(_) => of_builder(key),
            Component::Provisioner(kind) => of_provisioner(kind, key),
        }
    }

    /// A template whose only component of interest has this member, or none.
    fn template(self, member: Option<(&str, &Value)>) -> String {
        let with = |base: Value| {
            let mut object: Map<String, Value> = base.as_object().unwrap().clone();
            object.extend(member.map(|(key, value)| (key.to_owned(), value.clone())));
            Value::Object(object)
        };
        let name = "amazon-ebs";
        let template = match self {
            Component::Builder(kind) => {
                json!({"builders": [with(json!({"type": kind, "name": name}))]})
            }
            Component::Provisioner(kind) => json!({
                "builders": [{"type": name}],
                "provisioners": [with(json!({"type": kind}))],
            }),
        };
        template.to_string()
    }
}

/// The contents without the key, and with each of two values of it.
fn touched(bench: &Bench, component: Component<'_>, key: &str) -> [Content; 3] {
    let (mut ground, build) = bench.planned(&bench.template.to_string());
    let values = match key {
        "pause_before" | "timeout" | "start_retry_timeout" => ["1s", "2s"],
        _ => ["1", "2"],
    };
    let [one, two] = values.map(|value| json!(value));
    [None, Some((key, &one)), Some((key, &two))].map(|member| {
        let text = component.template(member);
        ground.template = schema::read(Source::new("t.json", text)).unwrap();
        bench.read(&ground, &build)
    })
}

#[test]
fn every_key_is_a_miss_unless_a_table_says_why_not() {
    let bench = Bench::new();
    let page = include_str!("../../../docs/template-support.md");
    let mut component = None;
    let mut count = 0;
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            component = Component::of(heading);
        }
        let key = line
            .strip_prefix("| `")
            .and_then(|row| row.split('`').next());
        let (Some(component), Some(key)) = (component, key) else {
            continue;
        };
        if key.contains(['.', '[']) || FOR_WHOM.contains(&key) {
            continue;
        }
        let [without, one, two] = touched(&bench, component, key).map(|content| content.parts);
        let what = component.template(Some((key, &json!(1))));
        if matches!(component.role(key), Role::LeftOut(_)) {
            assert!(without == one && one == two, "{what} counts");
        } else {
            assert!(without != one && one != two, "{what} does not count");
        }
        count += 1;
    }
    assert!(count > 300, "{count} keys");
}
