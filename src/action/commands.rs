//! Workflow commands, escaped as the runner reads them (actions/toolkit, `command.ts`).

use crate::report::defuse::strip_escapes;

/// How loud an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// `::error`.
    Error,
    /// `::warning`.
    Warning,
    /// `::notice`.
    Notice,
}

/// Where in a file an annotation belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Relative to the workspace.
    pub(crate) file: String,
    /// From 1.
    pub(crate) line: usize,
    /// From 1.
    pub(crate) column: usize,
}

/// The runner cuts a message there (`_maxIssueMessageLength`).
const LONGEST_MESSAGE: usize = 4096;

/// An annotation.
pub(crate) fn annotation(level: Level, title: &str, spot: Option<&Spot>, message: &str) -> String {
    let word = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let mut properties = vec![format!("title={}", property(title))];
    if let Some(spot) = spot {
        properties.push(format!(
            "file={},line={},col={}",
            property(&spot.file),
            spot.line,
            spot.column
        ));
    }
    let message: String = strip_escapes(message)
        .chars()
        .take(LONGEST_MESSAGE)
        .collect();
    format!("::{word} {}::{}", properties.join(","), data(&message))
}

/// Has the runner mask `value` in everything that follows. A value of several lines has to travel in one.
pub(crate) fn mask(value: &str) -> String {
    format!("::add-mask::{}", data(value))
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_points_into_a_file() {
        let spot = Spot {
            file: "a,b.json".to_owned(),
            line: 3,
            column: 7,
        };
        assert_eq!(
            annotation(Level::Error, "Template", Some(&spot), "50%\nmore"),
            "::error title=Template,file=a%2Cb.json,line=3,col=7::50%25%0Amore"
        );
    }

    #[test]
    fn a_mask_of_several_lines_is_one_command() {
        assert_eq!(mask("a\nb"), "::add-mask::a%0Ab");
    }
}
