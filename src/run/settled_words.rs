//! A settlement in words: for the console while it happens, for the report afterwards.

use super::builder_end::SettledInWords;
use crate::error::chain;
use crate::ledger::{Kind, Remaining, Row, Settled, Why};
use crate::report::result::{Intent, Remainder};
use crate::report::ui::Ui;

/// Packer's line before a thing is removed.
pub(super) fn narration(row: &Row) -> String {
    match row.kind {
        Kind::Instance => "Terminating the source AWS instance...".to_owned(),
        Kind::KeyPair => "Deleting temporary keypair...".to_owned(),
        Kind::SecurityGroup => "Deleting temporary security group...".to_owned(),
        Kind::Volume => "Cleaning up any extra volumes...".to_owned(),
        Kind::Image | Kind::ImageCopy => format!("Deregistering the AMI {} and deleting its snapshots...", thing(row)),
        Kind::Snapshot => format!("Deleting the {}...", thing(row)),
    }
}

/// Says what could not be removed, and how to do it.
pub(super) fn tell(settled: &Settled, ui: &Ui) {
    for remaining in settled.remaining() {
        ui.error(&format!("Still there: {}\n  why: {}\n  remove it with: {}", thing(&remaining.row), chain(&remaining.why), remaining.command));
    }
    if let Some(command) = settled.command() {
        ui.error(&format!("Everything that is left goes with: {command}"));
    }
}

/// For the report.
pub(super) fn in_words(settled: &Settled) -> SettledInWords {
    SettledInWords { removed: settled.removed().iter().map(thing).collect(), remaining: settled.remaining().iter().map(remainder).collect() }
}

/// Such as ``instance `i-0123` in us-east-1``.
pub(super) fn thing(row: &Row) -> String {
    let id = row.id.as_deref().unwrap_or(&row.name);
    format!("{} {id} in {}", row.kind.word(), row.region)
}

fn remainder(remaining: &Remaining) -> Remainder {
    let intent = if matches!(remaining.why, Why::Held { .. }) { Intent::Kept } else { Intent::Leftover };
    Remainder { what: thing(&remaining.row), why: chain(&remaining.why), command: remaining.command.clone(), intent }
}
