//! Parses a template's text into its tree: text, control blocks and template definitions.

use std::collections::BTreeMap;

use super::ast::{List, Node};
use super::error::{Position, TemplateError};
use super::functions::Functions;
use super::limits::MAX_NESTING;
use super::parser_control::Block;
use super::quote::{quote, unquote};
use super::template::ROOT;
use super::token::{Keyword, Token, TokenKind};
use super::token_stream::TokenStream;

/// Parses `text` into trees by name; its top level becomes the one called `root`.
pub(super) fn parse(
    text: &str,
    functions: &dyn Functions,
) -> Result<BTreeMap<String, List>, TemplateError> {
    let mut parser = Parser {
        text,
        tokens: TokenStream::new(text),
        functions,
        scope: Scope::default(),
        depth: 0,
        trees: BTreeMap::new(),
    };
    let root = parser.top_level()?;
    parser.add_tree(ROOT.to_owned(), root)?;
    Ok(parser.trees)
}

/// The parser's place in the text and what it has found so far.
pub(super) struct Parser<'t> {
    text: &'t str,
    pub(super) tokens: TokenStream<'t>,
    pub(super) functions: &'t dyn Functions,
    pub(super) scope: Scope,
    depth: usize,
    trees: BTreeMap<String, List>,
}

/// What belongs to the template being parsed; each `define` and `block` starts with a new one.
pub(super) struct Scope {
    /// The variables visible here, `$` first.
    pub(super) variables: Vec<String>,
    pub(super) range_depth: usize,
    /// The line where the current action started, while in one.
    action_line: Option<usize>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            variables: vec!["$".to_owned()],
            range_depth: 0,
            action_line: None,
        }
    }
}

/// How a list of nodes ended.
pub(super) enum Ending {
    End,
    Else,
}

impl Ending {
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

/// A node, or the word that ends the list it would stand in.
pub(super) enum Item {
    Node(Node),
    Ending(Ending),
}

impl<'t> Parser<'t> {
    fn top_level(&mut self) -> Result<List, TemplateError> {
        let mut list = List::new();
        loop {
            let token = self.tokens.next();
            match token.kind {
                TokenKind::EndOfText => return Ok(list),
                TokenKind::LeftDelimiter => {
                    let next = self.tokens.next_non_space();
                    if next.kind == TokenKind::Keyword(Keyword::Define) {
                        self.definition()?;
                        continue;
                    }
                    self.tokens.push_back(next);
                }
                _ => {}
            }
            self.tokens.push_back(token);
            match self.text_or_action()? {
                Item::Node(node) => list.push(node),
                Item::Ending(ending) => {
                    return Err(self.error(format!("unexpected {}", ending.describe())));
                }
            }
        }
    }

    /// `{{define "name"}} … {{end}}`; the keyword has been read.
    fn definition(&mut self) -> Result<(), TemplateError> {
        let outer = std::mem::take(&mut self.scope);
        let token = self.tokens.next_non_space();
        let name = self.template_name(&token, "define clause")?;
        self.expect_right_delimiter("define clause")?;
        let body = self.body("define clause")?;
        self.add_tree(name, body)?;
        self.scope = outer;
        Ok(())
    }

    pub(super) fn body(&mut self, context: &str) -> Result<List, TemplateError> {
        match self.item_list()? {
            (body, Ending::End) => Ok(body),
            (_, ending) => {
                Err(self.error(format!("unexpected {} in {context}", ending.describe())))
            }
        }
    }

    /// Adds a tree; of two with one name, one has to be empty but for spaces.
    pub(super) fn add_tree(&mut self, name: String, list: List) -> Result<(), TemplateError> {
        let replaces = self.trees.get(&name).is_none_or(is_empty_tree);
        if replaces {
            self.trees.insert(name, list);
        } else if !is_empty_tree(&list) {
            return Err(self.error(format!(
                "template: multiple definition of template {}",
                quote(&name)
            )));
        }
        Ok(())
    }

    pub(super) fn item_list(&mut self) -> Result<(List, Ending), TemplateError> {
        self.enter()?;
        let mut list = List::new();
        while self.tokens.peek_non_space().kind != TokenKind::EndOfText {
            match self.text_or_action()? {
                Item::Node(node) => list.push(node),
                Item::Ending(ending) => {
                    self.leave();
                    return Ok((list, ending));
                }
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Item, TemplateError> {
        let token = self.tokens.next_non_space();
        match token.kind {
            TokenKind::Text => Ok(Item::Node(Node::Text(token.text.into_owned()))),
            TokenKind::LeftDelimiter => {
                self.scope.action_line = Some(token.line);
                let item = self.action();
                self.scope.action_line = None;
                item
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Result<Item, TemplateError> {
        let token = self.tokens.next_non_space();
        let TokenKind::Keyword(keyword) = token.kind else {
            self.tokens.push_back(token);
            return self.plain_action();
        };
        let node = match keyword {
            Keyword::Block => self.block_control()?,
            Keyword::Break => self.loop_control("{{break}}", Node::Break)?,
            Keyword::Continue => self.loop_control("{{continue}}", Node::Continue)?,
            Keyword::If => Node::If(self.control(Block::If)?),
            Keyword::With => Node::With(self.control(Block::With)?),
            Keyword::Range => Node::Range(self.control(Block::Range)?),
            Keyword::Template => self.template_control()?,
            Keyword::End => {
                self.expect_right_delimiter("end")?;
                return Ok(Item::Ending(Ending::End));
            }
            Keyword::Else => return self.else_control(),
            Keyword::Define | Keyword::Dot | Keyword::Nil => {
                self.tokens.push_back(token);
                return self.plain_action();
            }
        };
        Ok(Item::Node(node))
    }

    fn plain_action(&mut self) -> Result<Item, TemplateError> {
        Ok(Item::Node(Node::Action(
            self.pipeline("command", TokenKind::RightDelimiter)?,
        )))
    }

    pub(super) fn template_name(
        &mut self,
        token: &Token<'t>,
        context: &str,
    ) -> Result<String, TemplateError> {
        match token.kind {
            TokenKind::InterpretedString | TokenKind::RawString => self.string(token),
            _ => Err(self.unexpected(token, context)),
        }
    }

    pub(super) fn string(&mut self, token: &Token<'t>) -> Result<String, TemplateError> {
        unquote(&token.text).ok_or_else(|| self.error("invalid syntax"))
    }

    pub(super) fn expect_right_delimiter(&mut self, context: &str) -> Result<(), TemplateError> {
        let token = self.tokens.next_non_space();
        match token.kind {
            TokenKind::RightDelimiter => Ok(()),
            _ => Err(self.unexpected(&token, context)),
        }
    }

    /// Goes one level deeper, into a block or a parenthesis.
    pub(super) fn enter(&mut self) -> Result<(), TemplateError> {
        if self.depth == MAX_NESTING {
            return Err(self.error("max expression depth exceeded"));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn unexpected(&self, token: &Token<'_>, context: &str) -> TemplateError {
        if token.kind != TokenKind::Error {
            return self.error(format!("unexpected {} in {context}", token.describe()));
        }
        let started = self
            .scope
            .action_line
            .filter(|&line| line != token.line)
            .map_or_else(String::new, |line| {
                let action = if token.text.ends_with(" action") {
                    ""
                } else {
                    " in action"
                };
                format!("{action} started at root:{line}")
            });
        self.error(format!("{}{started}", token.text))
    }

    pub(super) fn error(&self, message: impl Into<String>) -> TemplateError {
        let (line, offset) = self.tokens.latest();
        TemplateError::Syntax {
            line,
            position: Position::of(self.text, offset),
            message: message.into(),
        }
    }
}

/// Whether a tree holds nothing but spaces.
fn is_empty_tree(list: &List) -> bool {
    list.iter()
        .all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}
