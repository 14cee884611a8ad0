//! What is wrong with a template, with its place, and the collector that lets a check go on after the first one.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

use super::document::Document;
use super::source::Span;

/// More than this many problems of one component help nobody, and a hostile template could cause millions.
const MOST_PROBLEMS: usize = 200;

/// One problem: an error or a warning, depending on the list that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Problem {
    /// Packer's key phrase first, then ours.
    pub(crate) message: String,
    /// Where; absent where the template is not to blame.
    pub(crate) place: Option<Place>,
    /// What to do about it.
    pub(crate) hint: Option<Box<str>>,
}

impl Problem {
    /// A problem that has no place in the template.
    pub(crate) fn without_place(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: None,
            hint: None,
        }
    }

    /// A problem at a place.
    pub(crate) fn at(place: Place, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: Some(place),
            hint: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<Box<str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A place in a file that the user wrote. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The file's path as the user wrote it.
    pub(crate) file: String,
    /// First line.
    pub(crate) line: usize,
    /// First column.
    pub(crate) column: usize,
    /// Last line.
    pub(crate) end_line: usize,
    /// One past the last column.
    pub(crate) end_column: usize,
    /// RFC 6901 pointer to the value; empty for the whole document.
    pub(crate) pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)?;
        if !self.pointer.is_empty() {
            write!(formatter, " {}", self.pointer)?;
        }
        Ok(())
    }
}

/// Collects problems and warnings while a component is checked.
#[derive(Debug)]
pub(crate) struct Problems {
    document: Arc<Document>,
    component: String,
    found: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
    left_out: Cell<usize>,
}

impl Problems {
    /// A collector for problems of `document`.
    pub(crate) fn new(document: Arc<Document>) -> Self {
        Self::of_component(document, "")
    }

    /// A collector for one component; its kind decides which unknown keys are known to be deprecated.
    pub(crate) fn of_component(document: Arc<Document>, kind: &str) -> Self {
        Self {
            document,
            component: kind.to_owned(),
            found: RefCell::default(),
            warnings: RefCell::default(),
            left_out: Cell::new(0),
        }
    }

    /// The kind of the component that is being checked, such as `amazon-ebs`; empty for the template itself.
    pub(crate) fn component(&self) -> &str {
        &self.component
    }

    /// An error at `span`.
    pub(crate) fn report(&self, span: Span, message: impl Into<String>) {
        self.add(|| Problem::at(self.document.place(span), message));
    }

    /// An error at `span` with advice.
    pub(crate) fn report_with_hint(
        &self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<Box<str>>,
    ) {
        self.add(|| Problem::at(self.document.place(span), message).with_hint(hint));
    }

    /// An error that is made already.
    pub(crate) fn push(&self, problem: Problem) {
        self.add(|| problem);
    }

    /// Whether a message that begins so was reported.
    pub(crate) fn has(&self, start: &str) -> bool {
        let found = self.found.borrow();
        found
            .iter()
            .any(|problem| problem.message.starts_with(start))
    }

    /// A warning at `span`.
    pub(crate) fn warn(&self, span: Span, message: impl Into<String>) {
        let mut warnings = self.warnings.borrow_mut();
        if warnings.len() < MOST_PROBLEMS {
            warnings.push(Problem::at(self.document.place(span), message));
        }
    }

    /// An empty collector for the same component.
    pub(crate) fn empty_copy(&self) -> Self {
        Self::of_component(Arc::clone(&self.document), &self.component)
    }

    /// The document that is being checked.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// How many errors there are so far.
    pub(crate) fn count(&self) -> usize {
        self.found.borrow().len() + self.left_out.get()
    }

    /// Whether further errors are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.found.borrow().len() >= MOST_PROBLEMS
    }

    /// Errors and warnings, in the order in which they were found.
    pub(crate) fn into_parts(self) -> (Vec<Problem>, Vec<Problem>) {
        let mut found = self.found.into_inner();
        if self.left_out.get() > 0 {
            found.push(Problem::without_place(format!(
                "… and {} more problems",
                self.left_out.get()
            )));
        }
        (found, self.warnings.into_inner())
    }

    fn add(&self, problem: impl FnOnce() -> Problem) {
        if self.is_full() {
            self.left_out.set(self.left_out.get() + 1);
        } else {
            self.found.borrow_mut().push(problem());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::document;
    use crate::template::source::Source;

    fn problems(text: &str) -> Problems {
        Problems::new(Arc::new(
            document::parse(Arc::new(Source::new("t.json", text))).unwrap(),
        ))
    }

    #[test]
    fn a_problem_is_placed_by_file_line_column_and_pointer() {
        let problems = problems("{\"a\":\n  [1, {\"b/c\": 2}]}");
        problems.report(Span { start: 20, end: 21 }, "odd");
        let (found, _) = problems.into_parts();
        assert_eq!(
            found[0].place.as_ref().unwrap().to_string(),
            "t.json:2:15 /a/1/b~1c"
        );
    }

    #[test]
    fn a_flood_of_problems_is_counted_but_not_kept() {
        let problems = problems("{}");
        for _ in 0..MOST_PROBLEMS + 7 {
            problems.report(Span::default(), "again");
        }
        assert_eq!(problems.count(), MOST_PROBLEMS + 7);
        let (found, _) = problems.into_parts();
        assert_eq!(found.last().unwrap().message, "… and 7 more problems");
    }
}
