//! Reads a journal back into the rows that are still open.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::entry::{Entry, Header, VERSION};
use super::identity::BuildIdentity;
use super::journal::JournalError;
use super::row::Row;
use super::trace::Trace;

/// What a journal says.
#[derive(Debug)]
pub(super) struct Replayed {
    /// Whose build it was.
    pub(super) identity: BuildIdentity,
    /// What is not known to be gone.
    pub(super) rows: Vec<Row>,
    /// Ids of what stays for good.
    pub(super) kept: BTreeSet<String>,
    /// The highest row number ever given.
    pub(super) last_number: u32,
    /// Lines that cannot be read, counted from 1.
    pub(super) damaged: Vec<usize>,
}

/// Replays whole lines; the caller has dropped a cut-off one. A line that cannot be read hides no other one.
pub(super) fn replay(path: &Path, bytes: &[u8]) -> Result<Replayed, JournalError> {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.is_empty());
    let Some((_, first)) = lines.next() else {
        return Err(JournalError::Unbegun {
            path: path.to_owned(),
        });
    };
    let header = header(path, first)?;
    let mut replayed = Replayed {
        identity: header.build,
        rows: Vec::new(),
        kept: BTreeSet::new(),
        last_number: 0,
        damaged: Vec::new(),
    };
    for (index, line) in lines {
        match entries(line) {
            Ok(entries) => entries.into_iter().for_each(|entry| replayed.apply(entry)),
            Err(error) => {
                log::warn!("line {} of `{}`: {error}", index + 1, path.display());
                replayed.damaged.push(index + 1);
            }
        }
    }
    Ok(replayed)
}

/// What a line says: what belongs together stands in one, as a list.
fn entries(line: &[u8]) -> Result<Vec<Entry>, serde_json::Error> {
    if line.starts_with(b"[") {
        serde_json::from_slice(line)
    } else {
        serde_json::from_slice(line).map(|entry| vec![entry])
    }
}

fn header(path: &Path, line: &[u8]) -> Result<Header, JournalError> {
    let garbled = |source| JournalError::Garbled {
        path: path.to_owned(),
        trace: Trace::of_name(path),
        source,
    };
    // The version comes first: a newer header need not have our fields.
    let value: Value = serde_json::from_slice(line).map_err(garbled)?;
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => Err(JournalError::Newer {
            path: path.to_owned(),
            trace: Trace::of_header(path, &value),
            version,
        }),
        _ => serde_json::from_value(value).map_err(garbled),
    }
}

impl Replayed {
    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Row(row) => {
                self.last_number = self.last_number.max(row.number);
                self.rows.push(row);
            }
            Entry::Made { row, id } => self.change(row, |row| row.id = Some(id)),
            Entry::Held { row, until } => self.change(row, |row| row.held_until = Some(until)),
            Entry::Gone { row } => self.rows.retain(|open| open.number != row),
            Entry::Kept { row } => {
                let kept = self.rows.extract_if(.., |open| open.number == row);
                self.kept.extend(kept.filter_map(|row| row.id));
            }
        }
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.number == number) {
            change(row);
        }
    }
}
