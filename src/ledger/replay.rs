//! Reads a journal back into the rows that are still open.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::entry::{Entry, Header, VERSION};
use super::identity::BuildIdentity;
use super::journal::JournalError;
use super::row::Row;

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
}

/// Replays whole lines; the caller has dropped a cut-off one.
pub(super) fn replay(path: &Path, bytes: &[u8]) -> Result<Replayed, JournalError> {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .enumerate();
    let (_, first) = lines.next().unwrap_or((0, b""));
    let header = header(path, first)?;
    let mut replayed = Replayed {
        identity: header.build,
        rows: Vec::new(),
        kept: BTreeSet::new(),
        last_number: 0,
    };
    for (index, line) in lines {
        let entry = serde_json::from_slice(line).map_err(|source| JournalError::Garbled {
            path: path.to_owned(),
            line: index + 1,
            build_id: Some(replayed.identity.build_id.clone()),
            source,
        })?;
        replayed.apply(entry);
    }
    Ok(replayed)
}

fn header(path: &Path, line: &[u8]) -> Result<Header, JournalError> {
    let garbled = |source| JournalError::Garbled {
        path: path.to_owned(),
        line: 1,
        build_id: None,
        source,
    };
    // The version comes first: a newer header need not have our fields.
    let value: Value = serde_json::from_slice(line).map_err(garbled)?;
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => Err(JournalError::Newer {
            path: path.to_owned(),
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
