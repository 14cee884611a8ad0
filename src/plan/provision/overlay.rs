//! `override`: a second decode on top of the first, as Packer does it.

use crate::template::document::{Json, Member, Node};

/// Lays `over` on `base`: scalars replace, maps merge, and lists are overlaid element by element, so that the tail of a
/// longer list below stays.
pub(super) fn overlay(base: &Node, over: &Node) -> Node {
    let value = match (&base.value, &over.value) {
        (_, Json::Null) => return base.clone(),
        (Json::Object(below), Json::Object(above)) => Json::Object(merge(below, above)),
        (Json::Array(below), Json::Array(above)) => {
            let mut items = above.clone();
            items.extend(below.iter().skip(above.len()).cloned());
            Json::Array(items)
        }
        (_, value) => value.clone(),
    };
    Node::new(value, over.span)
}

fn merge(below: &[Member], above: &[Member]) -> Vec<Member> {
    let mut members = below.to_vec();
    for member in above {
        match members
            .iter_mut()
            .find(|known| known.key.eq_ignore_ascii_case(&member.key))
        {
            Some(known) => known.value = overlay(&known.value, &member.value),
            None => members.push(member.clone()),
        }
    }
    members
}
