//! `json` of the Chef provisioners: the node's attributes.

use crate::template::document::{Json, Node};
use crate::template::fields::Fields;
use crate::template::gotmpl::Value;
use crate::template::scope::Scope;
use crate::template::{go_json, json, weak};

/// The attributes, an object. Packer renders them a second time, as one JSON text with no data, and with the variables made fit
/// to stand in JSON strings: only what a first rendering brought in can still change.
pub(super) fn attributes(fields: &mut Fields<'_>, scope: &Scope) -> Node {
    let object = object(fields);
    let text = go_json::compact(&object);
    if !text.contains("{{") {
        return object;
    }
    let mut scope = scope.clone();
    let variables = std::sync::Arc::clone(scope.variables());
    for (name, value) in variables.iter() {
        scope.set_variable(name, value.replace('\\', r"\\").replace('"', r#"\""#));
    }
    let rendered = scope
        .render_until_stable(&text, &Value::Missing)
        .map_err(|error| error.to_string())
        .and_then(|text| json::parse(&text).map_err(|error| error.to_string()));
    match rendered {
        Ok(node) => Node::new(node.value, object.span),
        Err(error) => {
            let message = format!("Error processing user variables in JSON: {error}");
            fields.problem("json", message);
            object
        }
    }
}

/// An object; an array of objects is one with all their keys.
fn object(fields: &mut Fields<'_>) -> Node {
    let span = fields.span_of("json");
    let mut members = Vec::new();
    if let Some(node) = fields.node("json") {
        let objects = match &node.value {
            Json::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        for object in objects {
            if !matches!(object.value, Json::Object(_)) {
                let kind = weak::go_kind(object);
                fields.problem("json", format!("'json' expected a map, got '{kind}'"));
            }
            members.extend(object.members().iter().cloned());
        }
    }
    Node::new(Json::Object(members), span)
}
