//! Post-processors: three ways to write them, strictly typed.

use super::numbering::{prefixed, without};
use super::strict;
use crate::template::document::{Json, Member, Node};
use crate::template::model::{BuilderFilter, RawPostProcessor};
use crate::template::problem::Problems;

/// Reads `post-processors`. A name or an object alone is a sequence of one.
pub(super) fn post_processors(node: &Node, problems: &Problems) -> Vec<Vec<RawPostProcessor>> {
    let items = strict::array(node, "post-processors", problems)
        .iter()
        .enumerate();
    items
        .map(|(index, item)| sequence(index + 1, item, problems))
        .collect()
}

fn sequence(number: usize, node: &Node, problems: &Problems) -> Vec<RawPostProcessor> {
    let items = match &node.value {
        Json::String(_) | Json::Object(_) => std::slice::from_ref(node),
        Json::Array(items) => items,
        _ => {
            problems.report(node.span, format!("post-processor {number}: bad format"));
            &[]
        }
    };
    let read = |(index, item)| {
        let prefix = format!("post-processor {number}.{}: ", index + 1);
        prefixed(problems, &prefix, |problems| element(item, problems))
    };
    items.iter().enumerate().filter_map(read).collect()
}

fn element(node: &Node, problems: &Problems) -> Option<RawPostProcessor> {
    match &node.value {
        Json::Object(_) => object(node, problems),
        Json::String(kind) if kind.is_empty() => {
            problems.report(node.span, "type is required");
            None
        }
        Json::String(kind) => Some(RawPostProcessor {
            kind: kind.clone(),
            name: kind.clone(),
            filter: BuilderFilter::default(),
            keep_input_artifact: None,
            config: Node::new(Json::Object(Vec::new()), node.span),
        }),
        Json::Array(_) => {
            problems.report(node.span, "sequence not allowed to be nested in a sequence");
            None
        }
        _ => {
            problems.report(node.span, "unknown format");
            None
        }
    }
}

/// The keys of a post-processor that are not its own.
const KEYS: [&str; 5] = ["except", "keep_input_artifact", "name", "only", "type"];

fn object(node: &Node, problems: &Problems) -> Option<RawPostProcessor> {
    let before = problems.count();
    // In the spelling of Packer's field first.
    let value = |key: &str| {
        let other_case = |member: &&Member| member.key.eq_ignore_ascii_case(key);
        node.get(key).or_else(|| {
            node.members()
                .iter()
                .find(other_case)
                .map(|member| &member.value)
        })
    };
    let texts = |key| {
        value(key)
            .map(|node| strict::texts(node, key, problems))
            .unwrap_or_default()
    };
    let text = |key| {
        value(key)
            .and_then(|node| strict::text(node, key, problems))
            .unwrap_or_default()
    };
    let (kind, name) = (text("Type"), text("Name"));
    if let Some(node) = value("Config") {
        strict::is_object(node, "Config", problems);
    }
    let keep_input_artifact = value("keep_input_artifact")
        .and_then(|node| strict::boolean(node, "keep_input_artifact", problems));
    let span = value("Only")
        .or_else(|| value("Except"))
        .map_or(node.span, |node| node.span);
    let filter = BuilderFilter {
        only: texts("Only"),
        except: texts("Except"),
        span,
    };
    if problems.count() > before {
        return None;
    }
    if kind.is_empty() {
        problems.report(node.span, "type is required");
        return None;
    }
    let name = if name.is_empty() { kind.clone() } else { name };
    Some(RawPostProcessor {
        kind,
        name,
        filter,
        keep_input_artifact,
        config: without(node, &KEYS),
    })
}
