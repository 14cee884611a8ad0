//! A JSON text as a tree that remembers where everything stands and keeps duplicate keys.

use std::sync::Arc;

use super::json;
use super::problem::{Place, Problem};
use super::source::{Source, Span};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The value.
    pub(crate) value: Json,
    /// Its bytes in the source.
    pub(crate) span: Span,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number's text as it stands in the source; it is a finite `f64`.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object in the order of the source; duplicate keys are kept.
    Object(Vec<Member>),
}

/// One entry of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The key, unescaped.
    pub(crate) key: String,
    /// Where the key stands, quotes included.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) value: Node,
}

impl Node {
    /// A node with this value.
    pub(crate) fn new(value: Json, span: Span) -> Self {
        Self { value, span }
    }

    /// The object's entries; none for any other value.
    pub(crate) fn members(&self) -> &[Member] {
        match &self.value {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    /// The first entry with exactly this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.members()
            .iter()
            .find(|member| member.key == key)
            .map(|member| &member.value)
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is `null`, which almost everywhere means "not given".
    pub(crate) fn is_null(&self) -> bool {
        self.value == Json::Null
    }
}

/// A source with its tree.
#[derive(Debug)]
pub(crate) struct Document {
    /// The text.
    pub(crate) source: Arc<Source>,
    /// The tree.
    pub(crate) root: Node,
}

impl Document {
    /// The place of a span; spans of rendered copies are those of what they were rendered from.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place {
            pointer: pointer(&self.root, span),
            ..place_in(&self.source, span)
        }
    }
}

/// Reads a whole text as one JSON value.
///
/// The error is Packer's: Go's message, line, column and offset, the line before, the line up to the fault, and a caret.
pub(crate) fn parse(source: Arc<Source>) -> Result<Document, Problem> {
    match json::parse(&source.text) {
        Ok(root) => Ok(Document { source, root }),
        Err(error) => Err(syntax_problem(&source, &error)),
    }
}

/// The place of a span in a text that has no tree, or none worth pointing into.
pub(crate) fn place_in(source: &Source, span: Span) -> Place {
    let (line, column) = source.line_and_column(span.start);
    let (end_line, end_column) = source.line_and_column(span.end.max(span.start));
    Place {
        file: source.name.clone(),
        line,
        column,
        end_line,
        end_column,
        pointer: String::new(),
    }
}

/// The longest part of a line that is shown with a syntax error; a whole template may stand on one line.
const LONGEST_EXCERPT: usize = 160;

fn syntax_problem(source: &Source, error: &json::SyntaxError) -> Problem {
    let offset = error.offset;
    let seen = &source.text[..source.text.floor_char_boundary(offset)];
    let (before, this) = seen
        .rsplit_once('\n')
        .map_or((None, seen), |(before, this)| (Some(before), this));
    let line = seen.matches('\n').count() + 1;
    // Packer counts columns from 0 on the first line and from 1 on all others, and the offending byte as read; the caret and
    // the place of the problem say where it really stands.
    let column = offset - (seen.len() - this.len()) + usize::from(line > 1);
    let mut message = format!(
        "Error parsing JSON: {error}\nAt line {line}, column {column} (offset {offset}):\n"
    );
    if let Some(before) = before {
        let last = before.rsplit('\n').next().unwrap_or_default();
        message.push_str(&format!("{:>5}: {}\n", line - 1, tail(last)));
    }
    let shown = tail(this);
    message.push_str(&format!(
        "{line:>5}: {shown}\n{}^",
        " ".repeat(shown.chars().count() + 6)
    ));
    let start = offset.saturating_sub(1);
    Problem::at(place_in(source, Span { start, end: offset }), message)
}

/// The end of a line.
fn tail(line: &str) -> &str {
    &line[line.ceil_char_boundary(line.len().saturating_sub(LONGEST_EXCERPT))..]
}

/// RFC 6901: <https://www.rfc-editor.org/rfc/rfc6901>.
fn pointer(root: &Node, span: Span) -> String {
    let mut pointer = String::new();
    let mut node = root;
    loop {
        match &node.value {
            Json::Array(items) => {
                let index = items
                    .partition_point(|item| item.span.start <= span.start)
                    .wrapping_sub(1);
                let Some(item) = items.get(index).filter(|item| item.span.contains(span)) else {
                    return pointer;
                };
                pointer.push_str(&format!("/{index}"));
                node = item;
            }
            Json::Object(members) => {
                let index = members
                    .partition_point(|member| member.key_span.start <= span.start)
                    .wrapping_sub(1);
                let Some(member) = members.get(index) else {
                    return pointer;
                };
                let is_value = member.value.span.contains(span);
                if !is_value && !member.key_span.contains(span) {
                    return pointer;
                }
                pointer.push_str(&format!(
                    "/{}",
                    member.key.replace('~', "~0").replace('/', "~1")
                ));
                if !is_value {
                    return pointer;
                }
                node = &member.value;
            }
            _ => return pointer,
        }
        if node.span == span {
            return pointer;
        }
    }
}

#[cfg(test)]
mod tests;
