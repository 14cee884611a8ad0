//! The text that the user wrote, and where in it something stands.

use std::sync::OnceLock;

/// A byte range of a [`Source`]'s text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
}

impl Span {
    /// Whether `other` lies inside.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A file's name as the user wrote it, and its text.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path as it was given, for messages.
    pub(crate) name: String,
    /// The whole text.
    pub(crate) text: String,
    index: OnceLock<Index>,
}

/// What makes looking up a place cheap: a large template often stands on one line.
#[derive(Debug)]
struct Index {
    line_starts: Vec<usize>,
    /// How many characters stand before each [`STRIDE`] bytes.
    characters: Vec<usize>,
}

/// Characters between two marks are counted anew.
const STRIDE: usize = 1024;

impl Index {
    fn of(text: &str) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut characters = vec![0];
        let mut before = 0;
        for stride in text.as_bytes().chunks(STRIDE) {
            before += starting(stride);
            characters.push(before);
        }
        Self {
            line_starts: std::iter::once(0).chain(starts).collect(),
            characters,
        }
    }

    /// How many characters stand before `offset`, which is the start of one.
    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let mark = offset / STRIDE;
        self.characters[mark] + starting(&text.as_bytes()[mark * STRIDE..offset])
    }
}

/// How many characters start in these bytes of a text.
fn starting(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl Source {
    /// A source with this name and text.
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            index: OnceLock::new(),
        }
    }

    /// A source from a file's bytes. What is not UTF-8 becomes U+FFFD, as in Go's JSON decoder.
    pub(crate) fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self::new(name, String::from_utf8_lossy(bytes))
    }

    /// Line and column, both from 1, of a byte offset; columns count characters.
    pub(crate) fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let index = self.index.get_or_init(|| Index::of(&self.text));
        let offset = self.text.floor_char_boundary(offset);
        let line = index.line_starts.partition_point(|start| *start <= offset);
        let before = |offset| index.characters_before(&self.text, offset);
        (
            line,
            before(offset) - before(index.line_starts[line - 1]) + 1,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_start_at_one_and_columns_count_characters() {
        let source = Source::new("t.json", "aé\nßx");
        assert_eq!(source.line_and_column(0), (1, 1));
        assert_eq!(source.line_and_column(3), (1, 3));
        assert_eq!(source.line_and_column(6), (2, 2));
        assert_eq!(source.line_and_column(999), (2, 3));
    }

    #[test]
    fn a_column_far_along_a_line_is_still_its_characters() {
        let text = format!("\n{}x", "aéß€😀".repeat(1000));
        let source = Source::new("t.json", text.as_str());
        for (offset, _) in text.char_indices().skip(1).step_by(97) {
            let counted = text[1..offset].chars().count() + 1;
            assert_eq!(source.line_and_column(offset), (2, counted));
        }
        assert_eq!(source.line_and_column(text.len()), (2, 5002));
    }

    #[test]
    fn bytes_that_are_not_utf_8_become_replacement_characters() {
        assert_eq!(Source::from_bytes("t.json", b"a\xffb").text, "a\u{fffd}b");
    }
}
