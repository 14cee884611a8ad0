//! `docs/template-support.md`, made from the decoders themselves: every key that they ask for, and what they say about it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::amazon::Force;
use super::super::known_kinds::{POST_PROCESSORS, PROVISIONERS};
use super::super::{Plan, Selection, plan};
use crate::facts::Facts;
use crate::template::fields::asked;
use crate::template::schema;
use crate::template::source::Source;
use crate::template::variables::Variables;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/template-support.md");

const HEAD: &str = "\
<!-- Made from the decoders by a test that compares it. To make it anew: cargo test --lib plan::tests::support -->
# What of a template is supported

- **ours**: Packer does not know the key, and refuses a template that has it; `docs/differences.md` says what it does.
- **yes**: does what it does in Packer; `docs/differences.md` has the exceptions.
- **checked only**: `validate` checks it and warns; `build` refuses it by name before its first call. Nothing is silently dropped.
  The keys of WinRM and of the session manager count only with a `communicator` or an `ssh_interface` that is refused so.
- **no effect**: accepted, with a warning.

The communicator's keys stand with the builders that have them. Keys of the blocks within a builder stand as `block.key`.
";

/// Keys that Packer does not have.
const OURS: &[(&str, &str)] = &[
    ("amazon-ebs", "fast_build_volume"),
    ("shell", "survive_disconnect"),
];

/// Where a component stands in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Builder,
    Provisioner,
    PostProcessor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Support {
    Yes,
    Ours,
    NoEffect,
    CheckedOnly,
}

impl Support {
    fn text(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Ours => "ours",
            Self::NoEffect => "no effect",
            Self::CheckedOnly => "checked only",
        }
    }

    fn of_warning(message: &str) -> Self {
        if message.contains("not supported yet") || message.contains("cannot run it yet") {
            Self::CheckedOnly
        } else if message.contains("has no effect") {
            Self::NoEffect
        } else {
            Self::Yes
        }
    }
}

/// A page that is out of date is written anew, so that what is left to do is to commit it.
#[test]
fn the_table_of_supported_keys_is_the_decoders_own() {
    let made = document();
    if made != std::fs::read_to_string(FILE).unwrap_or_default() {
        std::fs::write(FILE, &made).unwrap();
        panic!(
            "docs/template-support.md was out of date and is written anew: look at the change and commit it"
        );
    }
}

fn document() -> String {
    let mut out = HEAD.to_owned();
    for kind in [
        "amazon-ebs",
        "amazon-ebssurrogate",
        "amazon-ebsvolume",
        "null",
        "file",
    ] {
        section(&mut out, Role::Builder, kind);
    }
    for kind in PROVISIONERS {
        section(&mut out, Role::Provisioner, kind);
    }
    for kind in POST_PROCESSORS {
        section(&mut out, Role::PostProcessor, kind);
    }
    out
}

fn section(out: &mut String, role: Role, kind: &str) {
    let whole = whole(role, kind);
    let keys = keys(role, kind);
    let title = match role {
        Role::Builder => "Builder",
        Role::Provisioner => "Provisioner",
        Role::PostProcessor => "Post-processor",
    };
    writeln!(out, "\n## {title} `{kind}`: {}\n", whole.text()).unwrap();
    if keys.is_empty() {
        out.push_str("Its keys are not read.\n");
        return;
    }
    out.push_str("| Key | Supported |\n|---|---|\n");
    for (key, support) in keys {
        let (key, support) = (key.replace("[0]", "[]"), support.max(whole));
        writeln!(out, "| `{key}` | {} |", support.text()).unwrap();
    }
}

/// What is said about the component as a whole.
fn whole(role: Role, kind: &str) -> Support {
    let plan = planned(role, kind, json!({}));
    let said = plan.warnings.iter().map(|warning| &warning.message);
    said.filter(|message| message.contains(&format!("`{kind}`")))
        .map(|message| Support::of_warning(message))
        .max()
        .unwrap_or(Support::Yes)
}

/// Every key, with the worst that is said about any of the values tried.
fn keys(role: Role, kind: &str) -> BTreeMap<String, Support> {
    let mut keys = BTreeMap::new();
    let mut fresh = ask(role, kind, json!({}));
    while let Some(key) = fresh.pop() {
        if keys.contains_key(&key) {
            continue;
        }
        let mut support = if OURS.contains(&(kind, key.as_str())) {
            Support::Ours
        } else if counts_with_what_is_refused(&key) {
            Support::CheckedOnly
        } else {
            Support::Yes
        };
        for value in values() {
            let plan = planned(role, kind, nested(&key, value));
            fresh.extend(asked::take(kind));
            let pointer = format!("/{}", key.replace("[0]", "/0").replace('.', "/"));
            let said = plan.warnings.iter().filter(|warning| {
                warning
                    .place
                    .as_ref()
                    .is_some_and(|place| place.pointer.ends_with(&pointer))
            });
            support = said
                .map(|warning| Support::of_warning(&warning.message))
                .fold(support, Support::max);
        }
        keys.insert(key, support);
    }
    keys
}

/// WinRM's keys and the session manager's say nothing by themselves.
fn counts_with_what_is_refused(key: &str) -> bool {
    const OTHERS: [&str; 3] = [
        "pause_before_ssm",
        "session_manager_port",
        "windows_password_timeout",
    ];
    key.starts_with("winrm_") || OTHERS.contains(&key)
}

fn ask(role: Role, kind: &str, config: Value) -> Vec<String> {
    asked::take(kind);
    planned(role, kind, config);
    asked::take(kind).into_iter().collect()
}

/// One value of each kind, so that one of them fits.
fn values() -> Vec<Value> {
    vec![
        json!(true),
        json!("x"),
        json!(60),
        json!(["x"]),
        json!({}),
        json!({"x": "y"}),
        json!([{}]),
    ]
}

/// `block.key` as an object within an object.
fn nested(key: &str, value: Value) -> Value {
    match key.split_once('.') {
        Some((block, inner)) => match block.strip_suffix("[0]") {
            Some(list) => {
                let mut item = nested(inner, value);
                // `iops` counts for such volumes only.
                let devices = list.ends_with("block_device_mappings") || list == "ebs_volumes";
                if devices && inner != "volume_type" {
                    item["volume_type"] = json!("io1");
                }
                json!({ list: [item] })
            }
            None => json!({ block: nested(inner, value) }),
        },
        None => json!({ key: value }),
    }
}

fn planned(role: Role, kind: &str, config: Value) -> Plan {
    let plain = json!({"type": "null", "communicator": "none"});
    let component = with_base(kind, role, config);
    let template = match role {
        Role::Builder => json!({"builders": [component]}),
        Role::Provisioner => json!({"builders": [plain], "provisioners": [component]}),
        Role::PostProcessor => json!({"builders": [plain], "post-processors": [component]}),
    };
    let source = Source::new("t.json", template.to_string());
    let variables = Variables {
        values: Arc::default(),
        sensitive: Vec::new(),
    };
    plan(
        &schema::read(source).unwrap(),
        &variables,
        &Selection::default(),
        Force::No,
        &Facts::for_tests(),
    )
}

/// The keys without which a builder says other things: a login of the cloud's, and a connection.
fn with_base(kind: &str, role: Role, config: Value) -> Value {
    let mut component = match (role, kind) {
        (Role::Builder, "amazon-ebs" | "amazon-ebssurrogate" | "amazon-ebsvolume") => {
            json!({"access_key": "a", "secret_key": "s", "region": "us-east-1"})
        }
        (Role::Builder, "null") => json!({"ssh_host": "h", "ssh_username": "u"}),
        _ => json!({}),
    };
    component["type"] = json!(kind);
    for (key, value) in config.as_object().into_iter().flatten() {
        component[key] = value.clone();
    }
    component
}
