//! Keys that stand twice in one object, at any depth.

use std::collections::HashSet;

use crate::template::document::{Json, Node};
use crate::template::problem::Problems;

/// Reports every key that repeats an earlier one of its object, letter by letter.
pub(super) fn report(node: &Node, problems: &Problems) {
    match &node.value {
        Json::Array(items) => items.iter().for_each(|item| report(item, problems)),
        Json::Object(members) => {
            let mut seen = HashSet::new();
            for member in members {
                if !seen.insert(member.key.as_str()) {
                    problems.report(
                        member.key_span,
                        format!("template has duplicate field: {}", member.key),
                    );
                }
                report(&member.value, problems);
            }
        }
        _ => {}
    }
}
