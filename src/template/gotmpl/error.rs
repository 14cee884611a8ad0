//! What can go wrong with a template, worded as Go's `text/template` words it.

use thiserror::Error;

/// Where in the template's text an error lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Line, from 1.
    pub(crate) line: usize,
    /// Byte column within the line, from 0, as Go counts it.
    pub(crate) column: usize,
    /// Byte offset from the start of the template's text.
    pub(crate) offset: usize,
}

impl Position {
    /// The position of a byte offset in `text`; an offset past the end means the end.
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let offset = offset.min(text.len());
        let before = &text.as_bytes()[..offset];
        let line_start = before
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |i| i + 1);
        Self {
            line: 1 + before.iter().filter(|&&b| b == b'\n').count(),
            column: offset - line_start,
            offset,
        }
    }
}

/// An error in a template's text or in its execution.
///
/// The display form is Go's, with `root` as the template's name:
/// <https://pkg.go.dev/text/template>.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum TemplateError {
    /// The text is not a template, or names a function or variable that does not exist.
    ///
    /// `line` is the line that Go prints, which is the line of the last token read and may lie after `position`.
    #[error("template: root:{line}: {message}")]
    Syntax {
        line: usize,
        position: Position,
        message: String,
    },
    /// Evaluation failed at the part of the template shown in `context`.
    #[error(
        "template: root:{}:{}: executing {} at <{context}>: {message}",
        position.line,
        position.column,
        super::quote::quote(template)
    )]
    Execution {
        template: String,
        position: Position,
        context: String,
        message: String,
        /// The function's own error, where a function failed.
        #[source]
        source: Option<FunctionError>,
    },
}

impl TemplateError {
    /// Where the error lies, for our own diagnostics.
    pub(crate) fn position(&self) -> Position {
        match self {
            Self::Syntax { position, .. } | Self::Execution { position, .. } => *position,
        }
    }

    /// What is wrong, without the position in front.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Syntax { message, .. } | Self::Execution { message, .. } => message,
        }
    }
}

/// An error that a template function reports; it is shown after `error calling NAME: `.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct FunctionError {
    message: String,
}

impl FunctionError {
    /// An error with this text.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}
