//! The rows in memory and on disk, changed together: nothing is forgotten in one before the other knows.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::belief::Belief;
use super::deadline;
use super::deadlines::Deadlines;
use super::entry::Entry;
use super::identity::BuildIdentity;
use super::journal::{Journal, JournalError};
use super::kind::Kind;
use super::replay::Replayed;
use super::row::{Order, Row};

/// Whether calls may still be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Building,
    Settling,
}

/// Rows and journal.
#[derive(Debug)]
pub(super) struct Record {
    identity: BuildIdentity,
    rows: Vec<Row>,
    /// Ids of what stays for good: nothing brings them back.
    kept: BTreeSet<String>,
    belief: Belief,
    deadlines: Deadlines,
    last_number: u32,
    journal: Option<Journal>,
    /// Empty where there is no journal.
    path: PathBuf,
    /// What is so, although the disk refused it: it is written as soon as that takes something again.
    unwritten: Vec<Entry>,
    /// Lines of the journal that cannot be read: what stays may have stood in one of them.
    damaged: Vec<usize>,
    phase: Phase,
    tasks: Vec<AbortHandle>,
}

impl Record {
    pub(super) fn new(journal: Journal, identity: BuildIdentity) -> Self {
        Self {
            path: journal.path().to_owned(),
            journal: Some(journal),
            ..Self::without_journal(identity, Phase::Building)
        }
    }

    /// What a sweep found of a build. It is older than any delay of EC2, so every "not found" is believed.
    pub(super) fn found(identity: BuildIdentity, rows: Vec<Row>) -> Self {
        Self {
            last_number: rows.iter().map(|row| row.number).max().unwrap_or(0),
            rows,
            ..Self::without_journal(identity, Phase::Settling)
        }
    }

    fn without_journal(identity: BuildIdentity, phase: Phase) -> Self {
        Self {
            identity,
            rows: Vec::new(),
            kept: BTreeSet::new(),
            belief: Belief::default(),
            deadlines: Deadlines::default(),
            last_number: 0,
            journal: None,
            path: PathBuf::new(),
            unwritten: Vec::new(),
            damaged: Vec::new(),
            phase,
            tasks: Vec::new(),
        }
    }

    /// What an earlier process left. Nothing more is created by it, so only settling is possible.
    pub(super) fn resumed(journal: Journal, replayed: Replayed) -> Self {
        let mut record = Self::new(journal, replayed.identity);
        record.last_number = replayed.last_number;
        record.phase = Phase::Settling;
        record.kept = replayed.kept;
        record.damaged = replayed.damaged;
        for row in &replayed.rows {
            let age = Duration::from_secs(u64::try_from(now() - row.written).unwrap_or(0));
            record.belief.aged(row.number, age);
        }
        record.rows = replayed.rows;
        record
    }

    #[cfg(test)]
    pub(super) fn on_disk(
        &mut self,
        disk: impl FnOnce(Box<dyn super::disk::Disk>) -> Box<dyn super::disk::Disk>,
    ) {
        self.journal = self.journal.take().map(|journal| journal.on(disk));
    }

    pub(super) fn identity(&self) -> &BuildIdentity {
        &self.identity
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn row(&self, number: u32) -> Option<Row> {
        self.rows.iter().find(|row| row.number == number).cloned()
    }

    /// The launch template from which the machine comes, where there is one.
    pub(super) fn launch_template(&self) -> Option<String> {
        let row = self
            .rows
            .iter()
            .find(|row| row.kind == Kind::LaunchTemplate);
        row.and_then(|row| row.id.clone())
    }

    pub(super) fn damaged(&self) -> &[usize] {
        &self.damaged
    }

    pub(super) fn is_settling(&self) -> bool {
        self.phase == Phase::Settling
    }

    pub(super) fn believed_from(&self, number: u32) -> Instant {
        self.belief.missing_from(number)
    }

    /// Writes a row down. Only when this returns may its call be made.
    pub(super) fn enter(&mut self, order: Order) -> Result<Row, JournalError> {
        let row = self.row_of(order, None);
        self.write(&[Entry::Row(row.clone())])?;
        self.deadlines.born(row.number, &self.identity.deadline);
        self.add(row.clone());
        Ok(row)
    }

    /// Writes down something that is there already. It is, whether or not the disk takes it.
    pub(super) fn note(&mut self, order: Order, id: &str) -> Result<(), JournalError> {
        let row = self.row_of(order, Some(id.to_owned()));
        self.add(row.clone());
        self.belief.shown(row.number);
        self.tell(Entry::Row(row))
    }

    /// Writes down a part that a thing leaves when it goes (a volume, a snapshot), once; and not at all where it was kept.
    pub(super) fn adopt(&mut self, kind: Kind, of: &Row, id: &str) -> Result<(), JournalError> {
        let known = |row: &Row| row.kind == kind && row.id.as_deref() == Some(id);
        if self.kept.contains(id) || of.spared.iter().any(|spared| spared == id) {
            return Ok(());
        }
        if self.rows.iter().any(known) {
            return Ok(());
        }
        let name = format!("of {}", of.label());
        self.note(Order::new(kind, &of.region, name), id)
    }

    fn row_of(&self, order: Order, id: Option<String>) -> Row {
        let number = self.last_number + 1;
        Row {
            number,
            kind: order.kind,
            region: order.region,
            name: order.name,
            origin: order.origin,
            token: self.identity.token(number),
            written: now(),
            orphan_devices: order.orphan_devices,
            devices: order.devices,
            spared: order.spared,
            id,
            held_until: None,
        }
    }

    fn add(&mut self, row: Row) {
        self.last_number = row.number;
        self.belief.fresh(row.number);
        self.rows.push(row);
    }

    /// The answer came: the thing has an id.
    pub(super) fn made(&mut self, number: u32, id: &str) -> Result<(), JournalError> {
        self.belief.fresh(number);
        if let Some(row) = self.rows.iter_mut().find(|row| row.number == number) {
            row.id = Some(id.to_owned());
        }
        self.tell(Entry::Made {
            row: number,
            id: id.to_owned(),
        })
    }

    /// No answer came, or one that does not say what happened: from now on it has to be looked for.
    pub(super) fn unanswered(&mut self, number: u32) {
        self.belief.fresh(number);
    }

    /// EC2 took the call that terminates this machine.
    pub(super) fn leaves(&mut self, number: u32) {
        self.belief.leaves(number);
    }

    /// Whether the machine was told to go, so that only its end has to be seen.
    pub(super) fn is_leaving(&self, number: u32) -> bool {
        self.belief.is_leaving(number)
    }

    /// It is gone, or never was.
    pub(super) fn strike(&mut self, number: u32) -> Result<(), JournalError> {
        self.rows.retain(|row| row.number != number);
        self.tell(Entry::Gone { row: number })
    }

    /// It stays for good.
    pub(super) fn keep(&mut self, stays: impl Fn(&Row) -> bool) -> Result<(), JournalError> {
        let entries: Vec<Entry> = self
            .rows
            .iter()
            .filter(|row| stays(row))
            .map(|row| Entry::Kept { row: row.number })
            .collect();
        self.write(&entries)?;
        let (kept, others): (Vec<Row>, Vec<Row>) = self.rows.drain(..).partition(|row| stays(row));
        self.rows = others;
        self.kept.extend(kept.into_iter().filter_map(|row| row.id));
        Ok(())
    }

    /// Everything stays until the journal is settled by hand, or until the deadline in its tags.
    pub(super) fn hold(&mut self) -> Result<(), JournalError> {
        let mut entries = Vec::with_capacity(self.rows.len());
        for row in &mut self.rows {
            let tagged = self.deadlines.of(row.number).map(deadline::text);
            let until = tagged.unwrap_or_else(|| self.identity.deadline.clone());
            row.held_until = Some(until.clone());
            entries.push(Entry::Held {
                row: row.number,
                until,
            });
        }
        self.write(&entries)
    }

    /// The rows whose deadlines are to be moved on.
    pub(super) fn rows_to_renew(&self, wanted: impl Fn(&Row, &Deadlines) -> bool) -> Vec<Row> {
        let wanted = self.rows.iter().filter(|row| wanted(row, &self.deadlines));
        wanted.cloned().collect()
    }

    /// The tags of these rows' things say so now. Once EC2 took a renewal, what is still to be made can be renewed too, so it
    /// is born with no more than that.
    pub(super) fn renewed(&mut self, rows: &[Row], until: OffsetDateTime) {
        for row in rows {
            self.deadlines.renewed(row.number, until);
        }
        if rows.iter().any(|row| !row.kind.is_in_iam()) {
            self.identity.deadline = deadline::text(until);
        }
    }

    /// These are not renewed any more.
    pub(super) fn finish_deadlines(&mut self, ids: &[String]) {
        self.deadlines.finish(ids);
    }

    /// Whether the build is about to declare it finished, or has.
    pub(super) fn is_finished(&self, id: &str) -> bool {
        self.deadlines.is_finished(id)
    }

    pub(super) fn remember(&mut self, task: AbortHandle) {
        self.tasks.retain(|task| !task.is_finished());
        self.tasks.push(task);
    }

    /// From now on nothing is created any more.
    pub(super) fn close(&mut self) {
        self.phase = Phase::Settling;
    }

    /// Ends the calls that are still on their way, so that none is sent behind settling's back.
    pub(super) fn abort_calls(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
        }
    }

    /// Removes the journal once there is nothing left to tell. A damaged one still tells that something may be left.
    pub(super) fn finish(&mut self) {
        if !self.rows.is_empty() || !self.damaged.is_empty() {
            if let Err(error) = self.write(&[]) {
                log::error!("{error}; not all that is left stands in it");
            }
            return;
        }
        if let Some(journal) = self.journal.take()
            && let Err(error) = journal.remove()
        {
            log::warn!("{error}");
        }
    }

    /// Writes what is so; where the disk refuses, it is tried again with the next line.
    fn tell(&mut self, entry: Entry) -> Result<(), JournalError> {
        let told = self.write(std::slice::from_ref(&entry));
        if told.is_err() {
            self.unwritten.push(entry);
        }
        told
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        let all: Vec<Entry> = self.unwritten.iter().chain(entries).cloned().collect();
        if !all.is_empty() {
            journal.write(&all)?;
            self.unwritten.clear();
        }
        Ok(())
    }
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
