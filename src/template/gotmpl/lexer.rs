//! Cuts a template's text into tokens, by the rules of Go's `text/template/parse`.

use std::borrow::Cow;

use super::token::{Token, TokenKind};

pub(super) const LEFT_DELIMITER: &str = "{{";
pub(super) const RIGHT_DELIMITER: &str = "}}";
const LEFT_COMMENT: &str = "/*";
const RIGHT_COMMENT: &str = "*/";
/// A trim marker is a minus and the ASCII space that has to stand beside it.
const TRIM_MARKER_BYTES: usize = 2;
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// The scanner; after an error it yields only the end of the text.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) position: usize,
    pub(super) start: usize,
    pub(super) line: usize,
    start_line: usize,
    pub(super) parenthesis_depth: usize,
    region: Region,
}

/// Which side of the delimiters the scanner is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    Text,
    Action,
}

impl<'t> Lexer<'t> {
    /// A scanner at the start of `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            position: 0,
            start: 0,
            line: 1,
            start_line: 1,
            parenthesis_depth: 0,
            region: Region::Text,
        }
    }

    /// The next token.
    pub(super) fn next_token(&mut self) -> Token<'t> {
        match self.region {
            Region::Text => self.text_or_delimiter(),
            Region::Action => self.inside_action(),
        }
    }

    fn text_or_delimiter(&mut self) -> Token<'t> {
        loop {
            let Some(distance) = self.rest().find(LEFT_DELIMITER) else {
                self.advance_to(self.text.len());
                return match self.position > self.start {
                    true => self.emit(TokenKind::Text),
                    false => self.emit(TokenKind::EndOfText),
                };
            };
            if let Some(token) = self.text_before_delimiter(distance) {
                return token;
            }
            match self.left_delimiter() {
                Some(token) => return token,
                None => continue,
            }
        }
    }

    /// The text up to the delimiter `distance` bytes ahead, or nothing when it is empty or all trimmed.
    fn text_before_delimiter(&mut self, distance: usize) -> Option<Token<'t>> {
        if distance == 0 {
            return None;
        }
        let delimiter = self.position + distance;
        let mut end = delimiter;
        if has_left_trim_marker(&self.text[delimiter + LEFT_DELIMITER.len()..]) {
            end = self.start
                + self.text[self.start..delimiter]
                    .trim_end_matches(SPACES)
                    .len();
        }
        self.advance_to(end);
        let token = self.emit(TokenKind::Text);
        self.advance_to(delimiter);
        self.ignore();
        (!token.text.is_empty()).then_some(token)
    }

    /// The left delimiter, or nothing where a comment was skipped.
    fn left_delimiter(&mut self) -> Option<Token<'t>> {
        self.position += LEFT_DELIMITER.len();
        let after_marker = match has_left_trim_marker(self.rest()) {
            true => TRIM_MARKER_BYTES,
            false => 0,
        };
        if self.text[self.position + after_marker..].starts_with(LEFT_COMMENT) {
            self.advance_to(self.position + after_marker);
            self.ignore();
            return self.comment();
        }
        let token = self.emit(TokenKind::LeftDelimiter);
        self.region = Region::Action;
        self.advance_to(self.position + after_marker);
        self.ignore();
        self.parenthesis_depth = 0;
        Some(token)
    }

    /// Skips a comment and its right delimiter; an error token where it is not closed well.
    fn comment(&mut self) -> Option<Token<'t>> {
        let body = self.position + LEFT_COMMENT.len();
        let Some(length) = self.text[body..].find(RIGHT_COMMENT) else {
            return Some(self.fail("unclosed comment"));
        };
        let end = body + length + RIGHT_COMMENT.len();
        let Some(delimiter) = right_delimiter_at(&self.text[end..]) else {
            return Some(self.fail("comment ends before closing delimiter"));
        };
        self.advance_to(end);
        self.skip_right_delimiter(delimiter);
        self.ignore();
        None
    }

    fn skip_right_delimiter(&mut self, delimiter: RightDelimiter) {
        match delimiter {
            RightDelimiter::Plain => self.position += RIGHT_DELIMITER.len(),
            RightDelimiter::Trimming => {
                let after = self.position + TRIM_MARKER_BYTES + RIGHT_DELIMITER.len();
                let rest = &self.text[after..];
                let spaces = rest.len() - rest.trim_start_matches(SPACES).len();
                self.advance_to(after + spaces);
            }
        }
    }

    pub(super) fn right_delimiter(&mut self, delimiter: RightDelimiter) -> Token<'t> {
        if delimiter == RightDelimiter::Trimming {
            self.advance_to(self.position + TRIM_MARKER_BYTES);
            self.ignore();
        }
        self.position += RIGHT_DELIMITER.len();
        let token = self.emit(TokenKind::RightDelimiter);
        if delimiter == RightDelimiter::Trimming {
            let rest = self.rest();
            let spaces = rest.len() - rest.trim_start_matches(SPACES).len();
            self.advance_to(self.position + spaces);
            self.ignore();
        }
        self.region = Region::Text;
        token
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.position..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        self.line += usize::from(next == '\n');
        Some(next)
    }

    /// Moves on to `end`, counting the lines on the way.
    fn advance_to(&mut self, end: usize) {
        self.line += self.text[self.position..end].matches('\n').count();
        self.position = end;
    }

    fn ignore(&mut self) {
        self.start = self.position;
        self.start_line = self.line;
    }

    pub(super) fn emit(&mut self, kind: TokenKind) -> Token<'t> {
        let token = Token {
            kind,
            offset: self.start,
            line: self.start_line,
            text: Cow::Borrowed(&self.text[self.start..self.position]),
        };
        self.ignore();
        token
    }

    pub(super) fn fail(&mut self, message: impl Into<Cow<'t, str>>) -> Token<'t> {
        let token = Token {
            kind: TokenKind::Error,
            offset: self.start,
            line: self.start_line,
            text: message.into(),
        };
        self.position = self.text.len();
        self.region = Region::Text;
        self.ignore();
        token
    }
}

/// A right delimiter, without or with a trim marker before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RightDelimiter {
    Plain,
    Trimming,
}

pub(super) fn right_delimiter_at(text: &str) -> Option<RightDelimiter> {
    let bytes = text.as_bytes();
    let marked =
        bytes.len() >= TRIM_MARKER_BYTES && is_space(char::from(bytes[0])) && bytes[1] == b'-';
    if marked && bytes[TRIM_MARKER_BYTES..].starts_with(RIGHT_DELIMITER.as_bytes()) {
        return Some(RightDelimiter::Trimming);
    }
    text.starts_with(RIGHT_DELIMITER)
        .then_some(RightDelimiter::Plain)
}

fn has_left_trim_marker(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('-') && characters.next().is_some_and(is_space)
}

pub(super) fn is_space(character: char) -> bool {
    SPACES.contains(&character)
}

/// Go takes letters, decimal digits and the underscore; Rust's classes are the same but for a few rare scripts' marks.
pub(super) fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}
