//! Tokens with the three places of look-ahead that the grammar needs.

use super::lexer::Lexer;
use super::token::{Token, TokenKind};

/// The tokens of a text; the most recently read ones can be pushed back.
#[derive(Debug)]
pub(super) struct TokenStream<'t> {
    lexer: Lexer<'t>,
    /// Tokens that were pushed back, the next one last.
    pending: Vec<Token<'t>>,
    /// Line and offset of the last token that the lexer gave: Go reports syntax errors at this line.
    latest: (usize, usize),
}

impl<'t> TokenStream<'t> {
    /// The tokens of `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            lexer: Lexer::new(text),
            pending: Vec::new(),
            latest: (1, 0),
        }
    }

    /// Line (from 1) and byte offset of the last token read from the text, look-ahead included.
    pub(super) fn latest(&self) -> (usize, usize) {
        self.latest
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token<'t> {
        self.pending.pop().unwrap_or_else(|| {
            let token = self.lexer.next_token();
            self.latest = (token.line, token.offset);
            token
        })
    }

    /// Gives a token back, to be the next one.
    pub(super) fn push_back(&mut self, token: Token<'t>) {
        self.pending.push(token);
    }

    /// The kind of the next token, without taking it.
    pub(super) fn peek_kind(&mut self) -> TokenKind {
        self.peek().kind
    }

    /// The next token, without taking it.
    pub(super) fn peek(&mut self) -> Token<'t> {
        let token = self.next();
        self.push_back(token.clone());
        token
    }

    /// Takes the next token that is not a space.
    pub(super) fn next_non_space(&mut self) -> Token<'t> {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    /// The next token that is not a space, without taking it; spaces before it are gone.
    pub(super) fn peek_non_space(&mut self) -> Token<'t> {
        let token = self.next_non_space();
        self.push_back(token.clone());
        token
    }
}
