//! A comment's whole text: marker, what became of the images, the report, the table of pushes, the memory.
//!
//! What became of images is added by other commands than the one that wrote the report, so these parts can be found again: each
//! stands where no foreign text can stand, the first directly after the marker, the others behind all of the report.

use super::memory::{Chronicle, Memory};
use super::push::Push;
use super::stage::Turn;
use super::{contents, packed, shown};
use crate::report::markdown::Scribe;
use crate::report::marker::Marker;
use crate::report::result::RunReport;
use crate::report::sticky::Before;
use crate::report::summary::{self, Frame};
use crate::secret::Redactor;

/// Bytes of a comment. GitHub takes 65,536 characters, which are never more than bytes; it counts some differently.
pub(crate) const ROOM: usize = 60_000;
/// So many hundredths of them are for what nobody sees.
const MEMORY: usize = 40;
/// So many for that together with the table of pushes.
const AROUND: usize = 60;

/// Stands before the report.
const REPORT: &str = "<!-- ami-build:report -->\n";
/// Stand around the table of pushes. What is HTML before them ends at their empty line.
const PUSHES: &str = "\n<!-- ami-build:pushes -->\n";
const AFTER_PUSHES: &str = "\n<!-- ami-build:end -->\n";

/// The comment of a run, in at most `room` bytes.
pub(crate) fn compose(
    report: &RunReport,
    redactor: &Redactor,
    marker: &Marker,
    (before, room): (&Before, usize),
) -> String {
    let scribe = Scribe::new(redactor);
    let mut chronicle = before.last.chronicle();
    chronicle.contents = contents::known(report, &chronicle, redactor);
    chronicle.add(Push::of(report, marker.writer, redactor));
    let parts = Parts {
        marker: marker.line(),
        report: String::new(),
        foot: summary::foot(report),
    };
    let memory = fitted(&mut chronicle, scribe, room);
    let around = parts.joined(&chronicle, &memory, scribe).len();
    let frame = Frame {
        room: room.saturating_sub(around),
        since: contents::since(report, &before.first, redactor),
        lost: match before.last {
            Memory::Unreadable => {
                Some("What this comment knew of earlier pushes cannot be read, so it begins anew.")
            }
            Memory::Empty | Memory::Known(_) => None,
        },
    };
    let report = summary::render_within(report, redactor, &frame);
    Parts { report, ..parts }.joined(&chronicle, &memory, scribe)
}

/// Forgets what is old until the rest leaves enough room for the report: many builds in many regions are many ids.
fn fitted(chronicle: &mut Chronicle, scribe: Scribe<'_>, room: usize) -> String {
    loop {
        let memory = packed::line(chronicle, room * MEMORY / 100);
        let table = shown::pushes(chronicle, scribe);
        if memory.len() + table.len() <= room * AROUND / 100 || chronicle.pushes.is_empty() {
            return memory;
        }
        chronicle.pushes.pop();
    }
}

/// The same comment after something happened to images that it remembers; `None` where it remembers none of them.
pub(crate) fn retold(body: &str, turns: &[Turn], redactor: &Redactor) -> Option<String> {
    let Memory::Known(mut chronicle) = packed::read(body) else {
        return None;
    };
    let mut is_known = false;
    for turn in turns {
        is_known |= chronicle.note(&turn.hidden(redactor));
    }
    let body = body.replace("\r\n", "\n");
    let parts = Parts::of(&body).filter(|_| is_known)?;
    let memory = packed::line(&chronicle, ROOM * MEMORY / 100);
    Some(parts.joined(&chronicle, &memory, Scribe::new(redactor)))
}

/// What a comment remembers.
impl Memory {
    /// Reads it.
    pub(crate) fn of(body: &str) -> Self {
        packed::read(body)
    }
}

/// The parts that do not come from the chronicle.
struct Parts {
    marker: String,
    report: String,
    foot: String,
}

impl Parts {
    /// Takes a comment of ours apart.
    fn of(body: &str) -> Option<Self> {
        let (marker, rest) = body.split_once('\n')?;
        let (_, rest) = rest.split_once(REPORT)?;
        let (report, rest) = rest.rsplit_once(PUSHES)?;
        let (_, rest) = rest.split_once(AFTER_PUSHES)?;
        let (foot, _) = rest.trim_end().rsplit_once('\n')?;
        Some(Self {
            marker: marker.to_owned(),
            report: report.to_owned(),
            foot: format!("{foot}\n"),
        })
    }

    fn joined(&self, chronicle: &Chronicle, memory: &str, scribe: Scribe<'_>) -> String {
        let Self {
            marker,
            report,
            foot,
        } = self;
        let turns = shown::turns(chronicle, scribe);
        let pushes = shown::pushes(chronicle, scribe);
        format!("{marker}\n{turns}{REPORT}{report}{PUSHES}{pushes}{AFTER_PUSHES}{foot}{memory}\n")
    }
}
