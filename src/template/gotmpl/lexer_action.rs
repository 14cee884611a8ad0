//! The tokens between the delimiters, but for the numbers.

use super::lexer::{
    Lexer, RIGHT_DELIMITER, RightDelimiter, is_alphanumeric, is_space, right_delimiter_at,
};
use super::quote::describe_character;
use super::token::{Keyword, Token, TokenKind};

impl<'t> Lexer<'t> {
    pub(super) fn inside_action(&mut self) -> Token<'t> {
        if let Some(delimiter) = right_delimiter_at(self.rest()) {
            return match self.parenthesis_depth {
                0 => self.right_delimiter(delimiter),
                _ => self.fail("unclosed left paren"),
            };
        }
        let Some(character) = self.bump() else {
            return self.fail("unclosed action");
        };
        match character {
            c if is_space(c) => self.space(),
            '=' => self.emit(TokenKind::Assign),
            ':' => match self.bump() {
                Some('=') => self.emit(TokenKind::Declare),
                _ => self.fail("expected :="),
            },
            '|' => self.emit(TokenKind::Pipe),
            '(' => {
                self.parenthesis_depth += 1;
                self.emit(TokenKind::LeftParenthesis)
            }
            ')' if self.parenthesis_depth == 0 => self.fail("unexpected right paren"),
            ')' => {
                self.parenthesis_depth -= 1;
                self.emit(TokenKind::RightParenthesis)
            }
            '"' => self.quoted(
                '"',
                TokenKind::InterpretedString,
                "unterminated quoted string",
            ),
            '\'' => self.quoted(
                '\'',
                TokenKind::CharacterConstant,
                "unterminated character constant",
            ),
            '`' => self.raw_string(),
            other => self.word_or_number(other),
        }
    }

    /// What starts with `first`, which has been read.
    fn word_or_number(&mut self, first: char) -> Token<'t> {
        let digit_follows = self.peek().is_some_and(|c| c.is_ascii_digit());
        match first {
            '$' if self.at_terminator() => self.emit(TokenKind::Variable),
            '$' => self.name(TokenKind::Variable),
            '.' if self.peek().is_some() && !digit_follows => match self.at_terminator() {
                true => self.emit(TokenKind::Keyword(Keyword::Dot)),
                false => self.name(TokenKind::Field),
            },
            '.' | '+' | '-' | '0'..='9' => {
                self.position = self.start;
                self.number()
            }
            c if is_alphanumeric(c) => self.identifier(),
            c if c.is_ascii_graphic() => self.emit(TokenKind::Character),
            c => self.fail(format!(
                "unrecognized character in action: {}",
                describe_character(c)
            )),
        }
    }

    /// A run of spaces; the first has been read. The last one belongs to ` -}}` where that follows.
    fn space(&mut self) -> Token<'t> {
        while self.peek().is_some_and(is_space) {
            self.bump();
        }
        let last = self.position - 1;
        if right_delimiter_at(&self.text[last..]) == Some(RightDelimiter::Trimming) {
            if self.text.as_bytes()[last] == b'\n' {
                self.line -= 1;
            }
            self.position = last;
            if self.position == self.start {
                return self.right_delimiter(RightDelimiter::Trimming);
            }
        }
        self.emit(TokenKind::Space)
    }

    fn identifier(&mut self) -> Token<'t> {
        if let Some(error) = self.alphanumerics() {
            return error;
        }
        let word = &self.text[self.start..self.position];
        match (Keyword::of(word), word) {
            (Some(keyword), _) => self.emit(TokenKind::Keyword(keyword)),
            (None, "true" | "false") => self.emit(TokenKind::Bool),
            (None, _) => self.emit(TokenKind::Identifier),
        }
    }

    /// A field or variable name; its `.` or `$` has been read.
    fn name(&mut self, kind: TokenKind) -> Token<'t> {
        match self.alphanumerics() {
            Some(error) => error,
            None => self.emit(kind),
        }
    }

    /// Reads letters and digits; an error token where something other than a terminator follows.
    fn alphanumerics(&mut self) -> Option<Token<'t>> {
        while self.peek().is_some_and(is_alphanumeric) {
            self.bump();
        }
        let next = self.peek().filter(|_| !self.at_terminator())?;
        Some(self.fail(format!("bad character {}", describe_character(next))))
    }

    /// Whether what follows may end an identifier: `$x+2` needs a space, `.X.Y` does not.
    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(c) if is_space(c) => true,
            Some(_) => self.rest().starts_with(RIGHT_DELIMITER),
        }
    }

    /// A string or character constant on one line, with backslash escapes; the opening quote has been read.
    fn quoted(&mut self, quote: char, kind: TokenKind, unterminated: &'static str) -> Token<'t> {
        loop {
            match self.bump() {
                Some('\\') if !matches!(self.bump(), None | Some('\n')) => {}
                Some(c) if c == quote => return self.emit(kind),
                None | Some('\n' | '\\') => return self.fail(unterminated),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token<'t> {
        loop {
            match self.bump() {
                Some('`') => return self.emit(TokenKind::RawString),
                Some(_) => {}
                None => return self.fail("unterminated raw quoted string"),
            }
        }
    }
}
