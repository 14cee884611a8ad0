//! The numeric tokens: loose here, checked when the literal is converted.

use super::lexer::{Lexer, is_alphanumeric};
use super::quote::quote;
use super::token::{Token, TokenKind};

impl<'t> Lexer<'t> {
    /// A number, or two joined by a sign into a complex one.
    ///
    /// Accepts things like `0x0.2` and `089`, which the conversion refuses later, as Go does.
    pub(super) fn number(&mut self) -> Token<'t> {
        if self.scan_number().is_none() {
            return self.bad_number();
        }
        if !matches!(self.peek(), Some('+' | '-')) {
            return self.emit(TokenKind::Number);
        }
        match self.scan_number() {
            Some(()) if self.text[..self.position].ends_with('i') => self.emit(TokenKind::Complex),
            _ => self.bad_number(),
        }
    }

    fn bad_number(&mut self) -> Token<'t> {
        let text = &self.text[self.start..self.position];
        self.fail(format!("bad number syntax: {}", quote(text)))
    }

    /// Reads one number; nothing where a letter or digit stands right behind it (that is read too, for the message).
    fn scan_number(&mut self) -> Option<()> {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.bump();
            return None;
        }
        Some(())
    }

    fn accept(&mut self, valid: &str) -> bool {
        let accepted = self.peek().is_some_and(|c| valid.contains(c));
        if accepted {
            self.bump();
        }
        accepted
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }
}
