//! A cursor over one object's keys.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::deprecated;
use super::suggestion::nearest;
use crate::template::document::{Json, Member, Node};
use crate::template::duration::GoDuration;
use crate::template::problem::Problems;
use crate::template::render::excerpt;
use crate::template::source::Span;
use crate::template::weak;

/// A cursor over an object: it hands out values by key, whatever the key's case, and at the end it names the keys that nobody asked for.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    members: &'a [Member],
    used: Vec<bool>,
    asked: Vec<String>,
    span: Span,
    problems: &'a Problems,
    path: String,
    lacking: &'static [&'static str],
}

impl<'a> Fields<'a> {
    /// A cursor over `node`, which should be an object. `path` stands before its keys in messages: empty for a whole component.
    pub(crate) fn new(node: &'a Node, problems: &'a Problems, path: &str) -> Self {
        if !matches!(node.value, Json::Object(_) | Json::Null) {
            problems.report(
                node.span,
                format!("'{path}' expected a map, got '{}'", weak::go_kind(node)),
            );
        }
        let members = node.members();
        Self {
            members,
            used: vec![false; members.len()],
            asked: Vec::new(),
            span: node.span,
            problems,
            path: path.to_owned(),
            lacking: &[],
        }
    }

    /// The same for a component that has not all the keys of its family: these are not there, whatever the object holds.
    pub(crate) fn lacking(self, keys: &'static [&'static str]) -> Self {
        Self {
            lacking: keys,
            ..self
        }
    }

    /// The value as it stands; `null` counts as absent everywhere.
    pub(crate) fn node(&mut self, key: &str) -> Option<&'a Node> {
        if !self.lacking.contains(&key) {
            self.asked.push(key.to_owned());
        }
        let index = self.index(key)?;
        self.used[index] = true;
        Some(&self.members[index].value).filter(|node| !node.is_null())
    }

    /// Whether the key is given and not `null`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.index(key)
            .is_some_and(|index| !self.members[index].value.is_null())
    }

    /// A string; `None` where it is absent.
    pub(crate) fn string(&mut self, key: &str) -> Option<String> {
        self.read(key, weak::text)
    }

    /// A string; empty where it is absent.
    pub(crate) fn text(&mut self, key: &str) -> String {
        self.string(key).unwrap_or_default()
    }

    /// A boolean; false where it is absent.
    pub(crate) fn bool(&mut self, key: &str) -> bool {
        self.read(key, weak::boolean).unwrap_or_default()
    }

    /// A boolean that can be left open.
    pub(crate) fn tristate(&mut self, key: &str) -> Option<bool> {
        self.read(key, weak::tristate)
    }

    /// An integer; `None` where it is absent.
    pub(crate) fn integer(&mut self, key: &str) -> Option<i64> {
        self.read(key, weak::integer)
    }

    /// A duration; `None` where it is absent.
    pub(crate) fn duration(&mut self, key: &str) -> Option<GoDuration> {
        self.read(key, weak::duration)
    }

    /// A list of strings: an array, a text that is cut at its commas, or one value.
    pub(crate) fn strings(&mut self, key: &str) -> Vec<String> {
        self.list(key, Text::CutAtCommas, weak::text)
    }

    /// A list of strings of Packer's core, which cuts no text.
    pub(crate) fn names(&mut self, key: &str) -> Vec<String> {
        self.list(key, Text::Whole, weak::text)
    }

    /// A list of integers, as [`strings`](Self::strings) reads one.
    pub(crate) fn integers(&mut self, key: &str) -> Vec<i64> {
        self.list(key, Text::CutAtCommas, weak::integer)
    }

    /// A map of strings: an object, or an array of objects that are merged.
    pub(crate) fn map(&mut self, key: &str) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        let Some(node) = self.node(key) else {
            return map;
        };
        for (part, object) in weak::map_parts(node, &self.name(key)) {
            if !matches!(object.value, Json::Object(_)) {
                let message = format!("'{part}' expected a map, got '{}'", weak::go_kind(object));
                self.problems.report(object.span, message);
            }
            for member in object.members() {
                let name = format!("{}[{}]", self.name(key), member.key);
                match weak::text(&member.value, &name) {
                    Ok(value) => _ = map.insert(member.key.clone(), value.unwrap_or_default()),
                    Err(message) => self.problems.report(member.value.span, message),
                }
            }
        }
        map
    }

    /// A nested object. Its own `finish` has to be called.
    pub(crate) fn block(&mut self, key: &str) -> Option<Fields<'a>> {
        let node = self.node(key)?;
        Some(Fields::new(node, self.problems, &self.name(key)))
    }

    /// A list of nested objects; a lone object is a list of one. Each one's own `finish` has to be called.
    pub(crate) fn blocks(&mut self, key: &str) -> Vec<Fields<'a>> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let nodes = match &node.value {
            Json::Array(items) => items.as_slice(),
            Json::String(text) if text.is_empty() => &[],
            Json::Object(members) if members.is_empty() => &[],
            _ => std::slice::from_ref(node),
        };
        let names = (0..nodes.len()).map(|index| self.name_of(key, index));
        nodes
            .iter()
            .zip(names)
            .map(|(node, name)| Fields::new(node, self.problems, &name))
            .collect()
    }

    /// An error at the key's value, else at the object.
    pub(crate) fn problem(&self, key: &str, message: impl Into<String>) {
        self.problems.report(self.span_of(key), message);
    }

    /// An error with advice.
    pub(crate) fn problem_with_hint(
        &self,
        key: &str,
        message: impl Into<String>,
        hint: impl Into<Box<str>>,
    ) {
        self.problems
            .report_with_hint(self.span_of(key), message, hint);
    }

    /// Whether the key's value could not be rendered, and so still is the template's text.
    pub(crate) fn is_unrendered(&self, key: &str) -> bool {
        let name = self.name(key);
        let starts = [format!("render '{name}':"), format!("invalid '{name}':")];
        starts.iter().any(|start| self.problems.has(start))
    }

    /// A warning at the key's value, else at the object.
    pub(crate) fn warning(&self, key: &str, message: impl Into<String>) {
        self.problems.warn(self.span_of(key), message);
    }

    /// The key as messages name it, with the keys around it.
    pub(crate) fn name(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Where the key's value stands; the whole object where it is absent.
    pub(crate) fn span_of(&self, key: &str) -> Span {
        self.index(key)
            .map_or(self.span, |index| self.members[index].value.span)
    }

    /// Names every key that nobody asked for.
    pub(crate) fn finish(self) {
        #[cfg(test)]
        super::asked::note(self.problems.component(), &self.path, &self.asked);
        let unused = self
            .members
            .iter()
            .zip(&self.used)
            .filter(|(_, used)| !**used)
            .map(|(member, _)| member);
        for member in unused {
            // Packer hands these to every component itself.
            if self.path.is_empty() && (member.key == "type" || member.key.starts_with("packer_")) {
                continue;
            }
            let name = self.name(&excerpt(&member.key));
            if self.path.is_empty()
                && deprecated::is_fixable(self.problems.component(), &member.key)
            {
                deprecated::report(self.problems, member.key_span, &name);
                continue;
            }
            let message = format!("unknown configuration key: '{name:?}'");
            // The search is not worth its time once there are more problems than anybody will read.
            let known = if self.problems.is_full() {
                &[]
            } else {
                self.asked.as_slice()
            };
            match nearest(&member.key, known.iter().map(String::as_str)) {
                Some(known) => {
                    self.problems.report_with_hint(
                        member.key_span,
                        message,
                        format!("did you mean `{known}`?"),
                    );
                }
                None => self.problems.report(member.key_span, message),
            }
        }
    }

    fn read<T>(
        &mut self,
        key: &str,
        read: fn(&Node, &str) -> Result<Option<T>, String>,
    ) -> Option<T> {
        let node = self.node(key)?;
        read(node, &self.name(key)).unwrap_or_else(|message| {
            self.problems.report(node.span, message);
            None
        })
    }

    fn list<T: Default>(
        &mut self,
        key: &str,
        text: Text,
        read: fn(&Node, &str) -> Result<Option<T>, String>,
    ) -> Vec<T> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let name = self.name(key);
        let element = |(index, item): (usize, &Node)| {
            read(item, &format!("{name}[{index}]")).map_or_else(
                |message| {
                    self.problems.report(item.span, message);
                    None
                },
                |value| Some(value.unwrap_or_default()),
            )
        };
        let items = list_items(node, text);
        items.iter().enumerate().filter_map(element).collect()
    }

    fn name_of(&self, key: &str, index: usize) -> String {
        format!("{}[{index}]", self.name(key))
    }

    /// The exact key first, then the first one that differs only in case.
    fn index(&self, key: &str) -> Option<usize> {
        if self.lacking.contains(&key) {
            return None;
        }
        let exact = self.members.iter().position(|member| member.key == key);
        exact.or_else(|| {
            self.members
                .iter()
                .position(|member| member.key.eq_ignore_ascii_case(key))
        })
    }
}

/// What becomes of a text where a list should be.
#[derive(Clone, Copy)]
enum Text {
    CutAtCommas,
    Whole,
}

/// The items of a weakly decoded list. An empty object is an empty list, as an empty text is where texts are cut.
fn list_items(node: &Node, text: Text) -> Cow<'_, [Node]> {
    match (&node.value, text) {
        (Json::Array(items), _) => Cow::Borrowed(items),
        (Json::Object(members), _) if members.is_empty() => Cow::Borrowed(&[]),
        (Json::String(list), Text::CutAtCommas) if list.is_empty() => Cow::Borrowed(&[]),
        (Json::String(list), Text::CutAtCommas) => list
            .split(',')
            .map(|item| Node::new(Json::String(item.to_owned()), node.span))
            .collect(),
        _ => Cow::Borrowed(std::slice::from_ref(node)),
    }
}
