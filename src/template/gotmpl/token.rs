//! The tokens of a template's text.

use std::borrow::Cow;

use super::quote::quote;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// The text is not lexically valid; the token's text says why.
    Error,
    Bool,
    /// A printable ASCII character with no other role, such as a comma.
    Character,
    CharacterConstant,
    Complex,
    Assign,
    Declare,
    EndOfText,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParenthesis,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParenthesis,
    Space,
    InterpretedString,
    Text,
    Variable,
    Keyword(Keyword),
}

/// The reserved words; the cursor `.` counts as one, as in Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Dot,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Keyword {
    /// The keyword that is spelled `word`.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "block" => Self::Block,
            "break" => Self::Break,
            "continue" => Self::Continue,
            "define" => Self::Define,
            "." => Self::Dot,
            "else" => Self::Else,
            "end" => Self::End,
            "if" => Self::If,
            "nil" => Self::Nil,
            "range" => Self::Range,
            "template" => Self::Template,
            "with" => Self::With,
            _ => return None,
        })
    }
}

/// One token, with the place where it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind,
    pub(super) offset: usize,
    pub(super) line: usize,
    pub(super) text: Cow<'t, str>,
}

impl Token<'_> {
    /// The token as Go shows it in messages: keywords in angle brackets, long text cut after ten characters.
    pub(super) fn describe(&self) -> String {
        match self.kind {
            TokenKind::EndOfText => "EOF".to_owned(),
            TokenKind::Error => self.text.clone().into_owned(),
            TokenKind::Keyword(_) => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                let start: String = self.text.chars().take(10).collect();
                format!("{}...", quote(&start))
            }
            _ => quote(&self.text),
        }
    }
}
