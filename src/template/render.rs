//! Renders the settings of one component: every text in it, at any depth, keys below the first level too.

use super::document::{Json, Member, Node};
use super::gotmpl::Value;
use super::problem::Problems;
use super::scope::{RenderError, Scope};
use super::source::Span;

/// Renders `node`, which should be an object. What stands under the first-level keys named in `late` is only checked for its
/// syntax and stays as it is, to be rendered at run time.
///
/// Problems are worded as Packer words them: `invalid 'FIELD': …` for syntax and `render 'FIELD': …` for evaluation, then the
/// text. A text with a problem stays as it is.
pub(crate) fn render_config(
    node: &Node,
    scope: &Scope,
    late: &[&str],
    problems: &Problems,
) -> Node {
    let Json::Object(members) = &node.value else {
        return node.clone();
    };
    let data = scope.data_at_prepare();
    check_variables(node, scope, &data, problems);
    let members = members.iter().map(|member| {
        let field = Field {
            name: &member.key,
            scope,
            data: &data,
            problems,
        };
        let value = if late.contains(&member.key.as_str()) {
            field.check(&member.value);
            member.value.clone()
        } else {
            field.render(&member.value)
        };
        Member {
            key: member.key.clone(),
            key_span: member.key_span,
            value,
        }
    });
    Node::new(Json::Object(members.collect()), node.span)
}

/// Packer hands every component the variables as one more of its keys, which is rendered like the others. What comes out is not
/// used, but a value that is no template, such as one from the environment, stops the component. Where the name is a template too,
/// it takes the value's turn, whose syntax alone then counts.
fn check_variables(node: &Node, scope: &Scope, data: &Value, problems: &Problems) {
    let fault = scope.variables().iter().find_map(|(name, value)| {
        if !name.contains("{{") {
            return Some((value, scope.render(value, data).err()?));
        }
        let of_name = scope.render(name, data).err().map(|error| (name, error));
        of_name.or_else(|| Some((value, scope.check(value).err()?)))
    });
    if let Some((text, error)) = fault {
        let field = Field {
            name: "packer_user_variables",
            scope,
            data,
            problems,
        };
        field.report(text, node.span, Some(error));
    }
}

/// The byte range to blame for an error inside a text: the place itself where the text stands in the source as it is, else all of it.
pub(crate) fn blame(problems: &Problems, span: Span, text: &str, error: &RenderError) -> Span {
    let source = &problems.document().source.text;
    let inside = Span {
        start: span.start + 1,
        end: span.end.saturating_sub(1),
    };
    match source.get(inside.start..inside.end) {
        Some(raw) if raw == text => {
            let start = (inside.start + error.position().offset).min(inside.end);
            Span {
                start,
                end: inside.end,
            }
        }
        _ => span,
    }
}

/// The longest text that is repeated in a message.
const LONGEST_EXCERPT: usize = 500;

/// The start of a text, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    if text.len() <= LONGEST_EXCERPT {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(LONGEST_EXCERPT)])
}

/// One first-level key: all that its texts need.
struct Field<'a> {
    name: &'a str,
    scope: &'a Scope,
    data: &'a Value,
    problems: &'a Problems,
}

impl Field<'_> {
    fn check(&self, node: &Node) {
        match &node.value {
            Json::String(text) => self.report(text, node.span, self.scope.check(text).err()),
            Json::Array(items) => items.iter().for_each(|item| self.check(item)),
            Json::Object(members) => {
                for member in members {
                    self.report(
                        &member.key,
                        member.key_span,
                        self.scope.check(&member.key).err(),
                    );
                    self.check(&member.value);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn render(&self, node: &Node) -> Node {
        let value = match &node.value {
            Json::String(text) => Json::String(self.text(text, node.span)),
            Json::Array(items) => Json::Array(items.iter().map(|item| self.render(item)).collect()),
            Json::Object(members) => {
                Json::Object(members.iter().map(|member| self.member(member)).collect())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => node.value.clone(),
        };
        Node::new(value, node.span)
    }

    fn member(&self, member: &Member) -> Member {
        Member {
            key: self.text(&member.key, member.key_span),
            key_span: member.key_span,
            value: self.render(&member.value),
        }
    }

    fn text(&self, text: &str, span: Span) -> String {
        self.scope.render(text, self.data).unwrap_or_else(|error| {
            self.report(text, span, Some(error));
            text.to_owned()
        })
    }

    fn report(&self, text: &str, span: Span, error: Option<RenderError>) {
        let Some(error) = error else { return };
        let verb = match error {
            RenderError::Syntax { .. } => "invalid",
            RenderError::Execution { .. } => "render",
        };
        let message = format!("{verb} '{}': {error} in:\n\n{}", self.name, excerpt(text));
        self.problems
            .report(blame(self.problems, span, text, &error), message);
    }
}

#[cfg(test)]
mod tests;
