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
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// A source with this name and text.
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        }
    }

    /// A source from a file's bytes. What is not UTF-8 becomes U+FFFD, as in Go's JSON decoder.
    pub(crate) fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self::new(name, String::from_utf8_lossy(bytes))
    }

    /// Line and column, both from 1, of a byte offset; columns count characters.
    pub(crate) fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let starts = self.line_starts.get_or_init(|| {
            std::iter::once(0)
                .chain(self.text.match_indices('\n').map(|(at, _)| at + 1))
                .collect()
        });
        let offset = self.text.floor_char_boundary(offset);
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts[line - 1];
        (line, self.text[start..offset].chars().count() + 1)
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
    fn bytes_that_are_not_utf_8_become_replacement_characters() {
        assert_eq!(Source::from_bytes("t.json", b"a\xffb").text, "a\u{fffd}b");
    }
}
