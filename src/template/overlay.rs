//! `override`: a provisioner's other settings for one builder, laid over its own.
//!
//! Packer decodes the second over the first: scalars replace, objects merge, and lists are overlaid element by element, so that a
//! shorter list keeps the tail of the longer one.

use super::document::{Json, Member, Node};

/// The lists that people override.
const LISTS: [&str; 5] = [
    "environment_vars",
    "inline",
    "only_on",
    "scripts",
    "valid_exit_codes",
];

/// `base`, a component's settings, with `over` on top; `null` leaves the base as it is.
pub(crate) fn overlay(base: &Node, over: &Node) -> Node {
    match (&base.value, &over.value) {
        // The settings' own keys are the same in any case; below them a key may be a user's, such as a variable's name.
        (Json::Object(below), Json::Object(above)) => Node::new(
            Json::Object(members(
                &spelled_out(below),
                above,
                str::eq_ignore_ascii_case,
            )),
            over.span,
        ),
        _ => value(base, over),
    }
}

fn value(base: &Node, over: &Node) -> Node {
    let value = match (&base.value, &over.value) {
        (_, Json::Null) => return base.clone(),
        (Json::Object(below), Json::Object(above)) => Json::Object(members(below, above, str::eq)),
        (Json::Array(_), _) | (_, Json::Array(_)) => match (list(base), list(over)) {
            (below, Some(above)) => Json::Array(items(&below.unwrap_or_default(), &above)),
            (_, None) => over.value.clone(),
        },
        (_, value) => value.clone(),
    };
    Node::new(value, over.span)
}

/// What stands for a list in the place of one: a text is cut at its commas, anything else is a list of its own. `None` for `{}`,
/// which empties what it is laid over.
fn list(node: &Node) -> Option<Vec<Node>> {
    match &node.value {
        Json::Array(items) => Some(items.clone()),
        Json::String(text) if text.is_empty() => Some(Vec::new()),
        // A comma may be inside an action.
        Json::String(text) if text.contains("{{") => Some(vec![node.clone()]),
        Json::String(text) => Some(
            text.split(',')
                .map(|item| Node::new(Json::String(item.to_owned()), node.span))
                .collect(),
        ),
        Json::Object(members) if members.is_empty() => None,
        _ => Some(vec![node.clone()]),
    }
}

/// Makes lists of the texts in the place of one: two texts would replace each other.
fn spelled_out(members: &[Member]) -> Vec<Member> {
    let mut members = members.to_vec();
    for member in &mut members {
        let is_list = LISTS.iter().any(|key| member.key.eq_ignore_ascii_case(key));
        if is_list
            && matches!(member.value.value, Json::String(_))
            && let Some(items) = list(&member.value)
        {
            member.value = Node::new(Json::Array(items), member.value.span);
        }
    }
    members
}

fn members(below: &[Member], above: &[Member], is_same: fn(&str, &str) -> bool) -> Vec<Member> {
    let mut merged = below.to_vec();
    for member in above {
        match merged
            .iter_mut()
            .find(|known| is_same(&known.key, &member.key))
        {
            Some(known) => {
                let value = value(&known.value, &member.value);
                *known = Member {
                    value,
                    ..known.clone()
                };
            }
            None => merged.push(member.clone()),
        }
    }
    merged
}

fn items(below: &[Node], above: &[Node]) -> Vec<Node> {
    let overlaid = above
        .iter()
        .enumerate()
        .map(|(index, item)| match below.get(index) {
            Some(known) => value(known, item),
            None => item.clone(),
        });
    overlaid
        .chain(below.iter().skip(above.len()).cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::json;

    /// The result's texts, from left to right.
    fn texts(node: &Node) -> Vec<String> {
        match &node.value {
            Json::String(text) | Json::Number(text) => vec![text.clone()],
            Json::Array(items) => items.iter().flat_map(texts).collect(),
            Json::Object(members) => members
                .iter()
                .flat_map(|member| texts(&member.value))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn overlaid(base: &str, over: &str) -> Vec<String> {
        texts(&overlay(
            &json::parse(base).unwrap(),
            &json::parse(over).unwrap(),
        ))
    }

    #[test]
    fn a_shorter_list_keeps_the_tail_of_the_longer_one() {
        assert_eq!(
            overlaid(r#"{"inline": ["one", "two"]}"#, r#"{"inline": ["three"]}"#),
            ["three", "two"]
        );
        assert_eq!(
            overlaid(r#"["one"]"#, r#"["two", "three"]"#),
            ["two", "three"]
        );
        assert_eq!(overlaid(r#""one,two""#, r#"["three"]"#), ["three", "two"]);
        assert_eq!(
            overlaid(r#"["one", "two"]"#, r#""three""#),
            ["three", "two"]
        );
        assert_eq!(overlaid("[1, 2]", "3"), ["3", "2"]);
        assert_eq!(overlaid(r#"["one"]"#, r#""""#), ["one"]);
        assert_eq!(overlaid(r#"["one"]"#, "{}"), [""; 0]);
        assert_eq!(
            overlaid(r#"["one"]"#, r#""{{replace `,` `;` -1 `a,b`}}""#),
            ["{{replace `,` `;` -1 `a,b`}}"]
        );
    }

    #[test]
    fn a_text_over_a_text_is_a_list_over_a_list_where_the_key_is_one() {
        assert_eq!(
            overlaid(r#"{"inline": "one,two"}"#, r#"{"Inline": "three"}"#),
            ["three", "two"]
        );
        assert_eq!(
            overlaid(r#"{"command": "one,two"}"#, r#"{"command": "three"}"#),
            ["three"]
        );
    }

    #[test]
    fn scalars_replace_objects_merge_and_null_changes_nothing() {
        let base = r#"{"a": "1", "env": {"x": "1", "y": "1"}, "b": "1"}"#;
        let over = r#"{"A": 2, "env": {"y": "2", "X": "2"}, "b": null}"#;
        assert_eq!(overlaid(base, over), ["2", "1", "2", "2", "1"]);
    }
}
