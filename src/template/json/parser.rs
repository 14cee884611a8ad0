//! The grammar of RFC 8259, one function a rule.

use super::error::SyntaxError;
use super::string;
use crate::template::document::{Json, Member, Node};
use crate::template::source::Span;

/// Objects and arrays may nest this deep. Go allows 10,000; no template comes near either.
const DEEPEST: usize = 256;

/// Reads a text that is one JSON value.
pub(crate) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        position: 0,
        depth: 0,
    };
    let value = parser.value()?;
    parser.skip_space();
    match parser.position == text.len() {
        true => Ok(value),
        false => Err(parser.unexpected("after top-level value")),
    }
}

/// Reads the first JSON value of a text and ignores what follows, as Go's `json.Decoder` does.
pub(crate) fn parse_prefix(text: &str) -> Result<Node, SyntaxError> {
    Parser {
        text,
        bytes: text.as_bytes(),
        position: 0,
        depth: 0,
    }
    .value()
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
    depth: usize,
}

impl Parser<'_> {
    fn value(&mut self) -> Result<Node, SyntaxError> {
        self.skip_space();
        let start = self.position;
        let value = match self.bytes.get(start) {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Json::String(self.string()?),
            Some(b't') => self.literal("true", Json::Bool(true))?,
            Some(b'f') => self.literal("false", Json::Bool(false))?,
            Some(b'n') => self.literal("null", Json::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.unexpected("looking for beginning of value")),
        };
        Ok(Node::new(
            value,
            Span {
                start,
                end: self.position,
            },
        ))
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Json, SyntaxError>,
    ) -> Result<Json, SyntaxError> {
        if self.depth == DEEPEST {
            return Err(SyntaxError::other(self.position, "exceeded max depth"));
        }
        self.depth += 1;
        self.position += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Json, SyntaxError> {
        let mut members = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let start = self.position;
            if self.bytes.get(start) != Some(&b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            let key_span = Span {
                start,
                end: self.position,
            };
            self.skip_space();
            if !self.take(b':') {
                return Err(self.unexpected("after object key"));
            }
            members.push(Member {
                key,
                key_span,
                value: self.value()?,
            });
            self.skip_space();
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.take(b',') {
                return Err(self.unexpected("after object key:value pair"));
            }
        }
    }

    fn array(&mut self) -> Result<Json, SyntaxError> {
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Json::Array(items));
            }
            if !self.take(b',') {
                return Err(self.unexpected("after array element"));
            }
        }
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let (text, after) = string::read(self.text, self.position)?;
        self.position = after;
        Ok(text)
    }

    fn literal(&mut self, word: &str, value: Json) -> Result<Json, SyntaxError> {
        for expected in word.bytes() {
            if !self.take(expected) {
                let context = format!("in literal {word} (expecting '{}')", char::from(expected));
                return Err(self.unexpected_in_word(&context));
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, SyntaxError> {
        let start = self.position;
        self.take(b'-');
        // A number that starts with 0 ends there: what follows is somebody else's unexpected character.
        if !self.take(b'0') {
            self.digits("in numeric literal")?;
        }
        if self.take(b'.') {
            self.digits("after decimal point in numeric literal")?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits("in exponent of numeric literal")?;
        }
        let text = &self.text[start..self.position];
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Json::Number(text.to_owned())),
            _ => Err(SyntaxError::other(
                self.position - 1,
                format!(
                    "json: cannot unmarshal number {} into Go value of type float64",
                    excerpt(text)
                ),
            )),
        }
    }

    fn digits(&mut self, context: &str) -> Result<(), SyntaxError> {
        if !self
            .bytes
            .get(self.position)
            .is_some_and(u8::is_ascii_digit)
        {
            return Err(self.unexpected_in_word(context));
        }
        while self
            .bytes
            .get(self.position)
            .is_some_and(u8::is_ascii_digit)
        {
            self.position += 1;
        }
        Ok(())
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.bytes.get(self.position) == Some(&byte);
        self.position += usize::from(is_there);
        is_there
    }

    fn skip_space(&mut self) {
        while matches!(
            self.bytes.get(self.position),
            Some(b' ' | b'\t' | b'\n' | b'\r')
        ) {
            self.position += 1;
        }
    }

    fn unexpected(&self, context: &str) -> SyntaxError {
        SyntaxError::unexpected(self.bytes, self.position, context)
    }

    fn unexpected_in_word(&self, context: &str) -> SyntaxError {
        SyntaxError::unexpected_in_word(self.bytes, self.position, context)
    }
}

/// The start of a number that may be millions of digits long; it is ASCII.
fn excerpt(number: &str) -> &str {
    &number[..number.len().min(40)]
}
