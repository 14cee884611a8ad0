//! Builders and provisioners: the keys that Packer's core handles, weakly typed.
//!
//! `Type`, `Name`, `Only`, `Except` and `Override` are asked for in Go's spelling: where a key is there in several, Packer takes
//! that of its field first.

use std::collections::HashSet;

use super::numbering::{prefixed, without};
use super::strict;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::model::{BuilderFilter, Override, RawBuilder, RawProvisioner};
use crate::template::problem::Problems;
use crate::template::weak;

/// Reads `builders`.
pub(super) fn builders(node: &Node, problems: &Problems) -> Vec<RawBuilder> {
    let mut names = HashSet::new();
    let mut builders = Vec::new();
    for (index, item) in strict::array(node, "builders", problems).iter().enumerate() {
        let builder = prefixed(problems, &format!("builder {}: ", index + 1), |problems| {
            builder(item, problems)
        });
        let Some(builder) = builder else { continue };
        if !names.insert(builder.name.clone()) {
            let message = format!(
                "builder {}: builder with name '{}' already exists",
                index + 1,
                builder.name
            );
            problems.report_with_hint(
                builder.name_span,
                message,
                "give each builder a `name` of its own",
            );
            continue;
        }
        builders.push(builder);
    }
    builders
}

/// A key `config` is decoded over by Packer, and so has to be an object; then it is an unknown key.
fn check_config(fields: &mut Fields<'_>, problems: &Problems) {
    if let Some(node) = fields.node("Config") {
        for (name, part) in weak::map_parts(node, "Config") {
            strict::is_object(part, &name, problems);
        }
    }
}

fn builder(node: &Node, problems: &Problems) -> Option<RawBuilder> {
    let before = problems.count();
    let mut fields = Fields::new(node, problems, "");
    let (kind, name) = (fields.text("Type"), fields.text("Name"));
    check_config(&mut fields, problems);
    if problems.count() > before {
        return None;
    }
    if kind.is_empty() {
        fields.problem("Type", "missing 'type'");
        return None;
    }
    let name_span = fields.span_of(if name.is_empty() { "Type" } else { "Name" });
    let name = if name.is_empty() { kind.clone() } else { name };
    Some(RawBuilder {
        name,
        kind,
        config: without(node, &["type", "name"]),
        name_span,
    })
}

/// Reads `provisioners`.
pub(super) fn provisioners(node: &Node, problems: &Problems) -> Vec<RawProvisioner> {
    let items = strict::array(node, "Provisioners", problems)
        .iter()
        .enumerate();
    let read = |(index, item)| {
        prefixed(
            problems,
            &format!("provisioner {}: ", index + 1),
            |problems| provisioner(item, problems),
        )
    };
    items.filter_map(read).collect()
}

/// Reads `error-cleanup-provisioner`.
pub(super) fn cleanup_provisioner(node: &Node, problems: &Problems) -> Option<RawProvisioner> {
    if node.is_null() {
        return None;
    }
    prefixed(
        problems,
        "On Error Cleanup Provisioner error: ",
        |problems| provisioner(node, problems),
    )
}

/// The keys of a provisioner that are not its own.
const PROVISIONER_KEYS: [&str; 7] = [
    "except",
    "max_retries",
    "only",
    "override",
    "pause_before",
    "timeout",
    "type",
];

fn provisioner(node: &Node, problems: &Problems) -> Option<RawProvisioner> {
    let before = problems.count();
    let read = prefixed(problems, "Error decoding provisioner: ", |problems| {
        provisioner_keys(node, problems)
    });
    if problems.count() > before {
        return None;
    }
    if read.kind.is_empty() {
        problems.report(node.span, "Provisioner missing 'type'");
        return None;
    }
    Some(read)
}

fn provisioner_keys(node: &Node, problems: &Problems) -> RawProvisioner {
    let mut fields = Fields::new(node, problems, "");
    let kind = fields.text("Type");
    check_config(&mut fields, problems);
    let only = fields.names("Only");
    let except = fields.names("Except");
    let span = fields.span_of(if only.is_empty() { "Except" } else { "Only" });
    let max_retries = fields
        .string("max_retries")
        .map(|text| (text, fields.span_of("max_retries")));
    RawProvisioner {
        kind,
        filter: BuilderFilter { only, except, span },
        overrides: overrides(&mut fields, problems),
        pause_before: fields.duration("pause_before"),
        timeout: fields.duration("timeout"),
        max_retries,
        config: without(node, &PROVISIONER_KEYS),
    }
}

fn overrides(fields: &mut Fields<'_>, problems: &Problems) -> Vec<Override> {
    let Some(node) = fields.node("Override") else {
        return Vec::new();
    };
    let mut overrides: Vec<Override> = Vec::new();
    for (name, part) in weak::map_parts(node, "Override") {
        strict::is_object(part, &name, problems);
        for member in part.members() {
            let (builder, span, config) =
                (member.key.clone(), member.key_span, member.value.clone());
            overrides.retain(|over| over.builder != builder);
            // Whether the settings are an object shows only where the builder is prepared.
            overrides.push(Override {
                builder,
                span,
                config,
            });
        }
    }
    overrides
}
