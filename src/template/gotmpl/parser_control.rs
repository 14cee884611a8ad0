//! Parses the control blocks: `if`, `with`, `range`, `break`, `continue`, `block` and `template`.

use super::ast::{Control, List, Node, Pipe, TemplateCall};
use super::error::TemplateError;
use super::parser::{Ending, Item, Parser};
use super::token::{Keyword, TokenKind};

/// The blocks that have a pipe, a body and perhaps an `else`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    If,
    With,
    Range,
}

impl Parser<'_> {
    pub(super) fn loop_control(&mut self, text: &str, node: Node) -> Result<Node, TemplateError> {
        let token = self.tokens.next_non_space();
        if token.kind != TokenKind::RightDelimiter {
            return Err(self.unexpected(&token, text));
        }
        match self.scope.range_depth {
            0 => Err(self.error(format!("{text} outside {{{{range}}}}"))),
            _ => Ok(node),
        }
    }

    pub(super) fn control(&mut self, block: Block) -> Result<Control, TemplateError> {
        let visible = self.scope.variables.len();
        let context = match block {
            Block::If => "if",
            Block::With => "with",
            Block::Range => "range",
        };
        let pipe = self.pipeline(context, TokenKind::RightDelimiter)?;
        let ranges = usize::from(block == Block::Range);
        self.scope.range_depth += ranges;
        let (body, ending) = self.item_list()?;
        self.scope.range_depth -= ranges;
        let otherwise = match ending {
            Ending::End => None,
            Ending::Else => Some(self.otherwise(block)?),
        };
        self.scope.variables.truncate(visible);
        Ok(Control {
            pipe,
            body,
            otherwise,
        })
    }

    /// What follows `{{else`: a list, or an `if` or `with` that shares the block's `{{end}}`.
    fn otherwise(&mut self, block: Block) -> Result<List, TemplateError> {
        let node = match (block, self.tokens.peek_kind()) {
            (Block::If, TokenKind::Keyword(Keyword::If)) => Node::If(self.chained(Block::If)?),
            (Block::With, TokenKind::Keyword(Keyword::With)) => {
                Node::With(self.chained(Block::With)?)
            }
            _ => {
                return match self.item_list()? {
                    (list, Ending::End) => Ok(list),
                    (_, ending) => {
                        Err(self.error(format!("expected end; found {}", ending.describe())))
                    }
                };
            }
        };
        Ok(vec![node])
    }

    fn chained(&mut self, block: Block) -> Result<Control, TemplateError> {
        self.enter()?;
        self.tokens.next();
        let control = self.control(block)?;
        self.leave();
        Ok(control)
    }

    pub(super) fn else_control(&mut self) -> Result<Item, TemplateError> {
        let next = self.tokens.peek_non_space().kind;
        if !matches!(next, TokenKind::Keyword(Keyword::If | Keyword::With)) {
            self.expect_right_delimiter("else")?;
        }
        Ok(Item::Ending(Ending::Else))
    }

    /// `{{block "name" pipe}} … {{end}}`: a definition and its use.
    pub(super) fn block_control(&mut self) -> Result<Node, TemplateError> {
        const CONTEXT: &str = "block clause";
        let token = self.tokens.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, TokenKind::RightDelimiter)?;
        let outer = std::mem::take(&mut self.scope);
        let body = self.body(CONTEXT)?;
        self.add_tree(name.clone(), body)?;
        self.scope = outer;
        Ok(Node::Template(TemplateCall {
            offset: token.offset,
            name,
            pipe: Some(pipe),
        }))
    }

    pub(super) fn template_control(&mut self) -> Result<Node, TemplateError> {
        const CONTEXT: &str = "template clause";
        let token = self.tokens.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let next = self.tokens.next_non_space();
        let pipe: Option<Pipe> = if next.kind == TokenKind::RightDelimiter {
            None
        } else {
            self.tokens.push_back(next);
            Some(self.pipeline(CONTEXT, TokenKind::RightDelimiter)?)
        };
        Ok(Node::Template(TemplateCall {
            offset: token.offset,
            name,
            pipe,
        }))
    }
}
