//! Where the lines of a script come from: texts of the template, or a file.

use super::ScriptLine;

/// What a script was made of.
#[derive(Clone, Debug)]
pub(super) enum ScriptOrigin {
    /// The texts of `inline`.
    Inline {
        /// How many lines stand before the first text: the one that is ours.
        before: usize,
        /// How many lines each text has.
        lines: Vec<usize>,
    },
    /// A local file.
    File,
}

impl ScriptOrigin {
    /// Of `text`, which `elements` were joined to.
    pub(super) fn inline(elements: &[String], text: &str) -> Self {
        let ends = |text: &str| text.matches('\n').count();
        let lines: Vec<usize> = elements.iter().map(|text| ends(text) + 1).collect();
        Self::Inline {
            before: ends(text).saturating_sub(lines.iter().sum()),
            lines,
        }
    }

    /// What the author calls this line of the script `name`, counted from 1. The first line that is ours is nobody's, and one
    /// past the end, where shells see that something is missing, is the last.
    pub(super) fn line(&self, name: &str, number: usize) -> Option<ScriptLine> {
        let Self::Inline { before, lines } = self else {
            return Some(ScriptLine::File {
                path: name.to_owned(),
                line: number,
            });
        };
        let all: usize = lines.iter().sum();
        let line = number
            .checked_sub(*before)
            .filter(|line| *line > 0)?
            .min(all);
        let mut last = 0;
        let element = lines.iter().position(|lines| {
            last += lines;
            line <= last
        })?;
        Some(ScriptLine::Inline { line, element })
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn element(elements: &[&str], text: &str, number: usize) -> Option<(usize, usize)> {
        let elements: Vec<String> = elements.iter().map(|text| (*text).to_owned()).collect();
        match ScriptOrigin::inline(&elements, text).line("inline script", number)? {
            ScriptLine::Inline { line, element } => Some((line, element)),
            ScriptLine::File { .. } => None,
        }
    }

    #[test]
    fn a_line_is_counted_without_the_one_that_is_ours_and_belongs_to_its_text() {
        let (elements, text) = (["a", "b\nc", "d"], "#!/bin/sh -e\na\nb\nc\nd\n");
        assert_eq!(element(&elements, text, 2), Some((1, 0)));
        assert_eq!(element(&elements, text, 4), Some((3, 1)));
        assert_eq!(element(&elements, text, 5), Some((4, 2)));
        assert_eq!(element(&elements, text, 1), None);
        assert_eq!(element(&elements, text, 9), Some((4, 2)));
    }

    #[test]
    fn a_first_line_of_the_template_s_own_counts() {
        let (elements, text) = (["#!/bin/bash", "a"], "#!/bin/bash\na\n");
        assert_eq!(element(&elements, text, 2), Some((2, 1)));
    }
}
