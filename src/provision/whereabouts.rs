//! Where in the template, and in which of its scripts, something failed.

use std::fmt;

use crate::plan::PlannedProvisioner;
use crate::template::problem::Place;

/// A provisioner of the template and, where it is known, the line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    /// Its number in the template, from 1; the cleanup provisioner has 0.
    number: usize,
    /// Its type.
    kind: String,
    /// Where it stands; the line itself, where that stands in the template.
    place: Place,
    /// The line of its script.
    line: Option<ScriptLine>,
}

/// A line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScriptLine {
    /// Of the `inline` script, as its author counts: without the first line, which is ours.
    Inline {
        /// From 1.
        line: usize,
        /// Which of the texts of `inline` it comes from, from 0.
        element: usize,
    },
    /// Of a local file.
    File {
        /// As the template spells it.
        path: String,
        /// From 1.
        line: usize,
    },
}

impl Whereabouts {
    /// Of a failure of this provisioner.
    pub(super) fn new(provisioner: &PlannedProvisioner, line: Option<ScriptLine>) -> Self {
        let place = match &line {
            Some(ScriptLine::Inline { element, .. }) => provisioner.inline_place(*element),
            Some(ScriptLine::File { .. }) | None => None,
        };
        Self {
            number: provisioner.number,
            kind: provisioner.kind.clone(),
            place: place.unwrap_or_else(|| provisioner.place.clone()),
            line,
        }
    }

    /// Where it stands in the template.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            0 => write!(formatter, "error-cleanup-provisioner ({})", self.kind)?,
            number => write!(formatter, "provisioner {number} ({})", self.kind)?,
        }
        match &self.line {
            Some(ScriptLine::Inline { line, .. }) => {
                write!(formatter, ", line {line} of the inline script")
            }
            Some(ScriptLine::File { path, line }) => write!(formatter, ", {path}:{line}"),
            None => Ok(()),
        }
    }
}
