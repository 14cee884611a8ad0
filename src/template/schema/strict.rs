//! Strict types: no text for a number, no single value for a list. `null` counts as absent.

use crate::template::document::{Json, Node};
use crate::template::problem::Problems;
use crate::template::weak;

/// A string.
pub(super) fn text(node: &Node, name: &str, problems: &Problems) -> Option<String> {
    match &node.value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        _ => {
            problems.report(node.span, weak::unconvertible(node, name, "string"));
            None
        }
    }
}

/// A boolean.
pub(super) fn boolean(node: &Node, name: &str, problems: &Problems) -> Option<bool> {
    match node.value {
        Json::Null => None,
        Json::Bool(value) => Some(value),
        _ => {
            problems.report(node.span, weak::unconvertible(node, name, "bool"));
            None
        }
    }
}

/// An array.
pub(super) fn array<'a>(node: &'a Node, name: &str, problems: &Problems) -> &'a [Node] {
    match &node.value {
        Json::Null => &[],
        Json::Array(items) => items,
        _ => {
            let got = weak::go_kind(node);
            problems.report(
                node.span,
                format!("'{name}': source data must be an array or slice, got {got}"),
            );
            &[]
        }
    }
}

/// An array of strings.
pub(super) fn texts(node: &Node, name: &str, problems: &Problems) -> Vec<String> {
    let items = array(node, name, problems).iter().enumerate();
    items
        .filter_map(|(index, item)| text(item, &format!("{name}[{index}]"), problems))
        .collect()
}

/// Reports what is neither an object nor `null`; tells whether it is an object.
pub(super) fn is_object(node: &Node, name: &str, problems: &Problems) -> bool {
    match node.value {
        Json::Object(_) => true,
        Json::Null => false,
        _ => {
            let name = if name.is_empty() {
                "''".to_owned()
            } else {
                format!("'{name}'")
            };
            problems.report(
                node.span,
                format!("{name} expected a map, got '{}'", weak::go_kind(node)),
            );
            false
        }
    }
}
