//! Settings as bytes: the order of an object's keys does not count, that of a list does.

use super::hash::Hash;
use super::texts::Texts;
use crate::template::document::{Json, Node};

/// Adds a value with everything in it.
pub(super) fn add(node: &Node, texts: &Texts, hash: &mut Hash) {
    match &node.value {
        Json::Null => hash.add("null"),
        Json::Bool(value) => hash.add(if *value { "true" } else { "false" }),
        Json::Number(number) => {
            hash.add("number");
            hash.add(number);
        }
        Json::String(text) => {
            hash.add("text");
            texts.add(text, hash);
        }
        Json::Array(items) => {
            hash.add("list");
            hash.number(items.len() as u64);
            for item in items {
                add(item, texts, hash);
            }
        }
        Json::Object(members) => {
            // A key that stands twice keeps its order.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|one, other| one.key.cmp(&other.key));
            hash.add("object");
            hash.number(members.len() as u64);
            for member in members {
                texts.add(&member.key, hash);
                add(&member.value, texts, hash);
            }
        }
    }
}
