use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use super::super::row::{Order, Row};
use super::super::{Kind, Ledger};
use super::*;
use crate::cloud::Region;

fn identity() -> BuildIdentity {
    BuildIdentity {
        build_id: "b-1".to_owned(),
        account: Some("123456789012".to_owned()),
        caller: None,
        owner: Some("github.com/1".to_owned()),
        repository: Some("me/mine".to_owned()),
        run: None,
        regions: vec![Region::new("eu-west-1")],
        endpoint: None,
        profile: None,
        assume_role: None,
        deadline: "2030-01-01T00:00:00Z".to_owned(),
    }
}

fn row(number: u32) -> Row {
    serde_json::from_value(serde_json::json!({
        "number": number, "kind": "instance", "region": "eu-west-1", "name": "the build machine",
        "origin": "generated", "token": format!("b-1-{number}"), "written": 1_700_000_000,
    }))
    .unwrap()
}

fn journal(directory: &Path, entries: &[Entry]) -> PathBuf {
    let mut journal = Journal::create(directory, &identity()).unwrap();
    journal.write(entries).unwrap();
    journal.path().to_owned()
}

#[test]
fn a_journal_tells_what_is_still_open() {
    let directory = tempfile::tempdir().unwrap();
    let made = Entry::Made {
        row: 2,
        id: "i-2".to_owned(),
    };
    let path = journal(
        directory.path(),
        &[
            Entry::Row(row(1)),
            Entry::Row(row(2)),
            Entry::Row(row(3)),
            made,
            Entry::Gone { row: 1 },
            Entry::Kept { row: 3 },
        ],
    );
    let (_journal, replayed) = Journal::reopen(&path).unwrap();
    assert_eq!(replayed.identity, identity());
    assert_eq!(
        replayed.rows,
        [Row {
            id: Some("i-2".to_owned()),
            ..row(2)
        }]
    );
    assert_eq!(replayed.last_number, 3);
}

#[test]
fn a_last_line_that_was_cut_off_is_dropped_and_the_next_one_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = journal(directory.path(), &[Entry::Row(row(1))]);
    OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(br#"{"row":{"numb"#)
        .unwrap();
    let (mut reopened, replayed) = Journal::reopen(&path).unwrap();
    assert_eq!(replayed.rows, [row(1)]);
    reopened.write(&[Entry::Gone { row: 1 }]).unwrap();
    drop(reopened);
    assert_eq!(Journal::reopen(&path).unwrap().1.rows, []);
}

fn append(path: &Path, bytes: &[u8]) {
    let file = OpenOptions::new().append(true).open(path);
    file.unwrap().write_all(bytes).unwrap();
}

#[test]
fn a_line_that_cannot_be_read_hides_no_other_one_and_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = journal(directory.path(), &[Entry::Row(row(1))]);
    append(&path, b"what\xff\n");
    let (mut reopened, _) = Journal::reopen(&path).unwrap();
    reopened.write(&[Entry::Row(row(3))]).unwrap();
    drop(reopened);
    let (_journal, replayed) = Journal::reopen(&path).unwrap();
    assert_eq!(replayed.rows, [row(1), row(3)]);
    assert_eq!(replayed.damaged, [3]);
}

#[test]
fn a_journal_without_a_whole_first_line_was_not_begun() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("b-1.journal");
    for text in ["", "\n", "{\"version\":1,\"proc"] {
        std::fs::write(&path, text).unwrap();
        let error = Journal::reopen(&path).unwrap_err();
        assert!(matches!(error, JournalError::Unbegun { .. }), "{error:?}");
    }
}

#[test]
fn a_first_line_that_cannot_be_read_leaves_the_files_name_to_search_by() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("b-1.journal");
    std::fs::write(&path, b"\x00\xfe\x17\n{}\n").unwrap();
    let error = Journal::reopen(&path).unwrap_err();
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("--tag-filters 'Key=ami-build:build-id,Values=b-1'"),
        "{hint}"
    );
    let hostile = directory.path().join("'; rm -rf '.journal");
    std::fs::rename(&path, &hostile).unwrap();
    let hint = Journal::reopen(&hostile).unwrap_err().hint().unwrap();
    assert!(!hint.contains("rm -rf"), "{hint}");
}

#[test]
fn a_journal_of_a_newer_program_is_refused_with_what_its_first_line_tells() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new.journal");
    let header = r#"{"version":7,"build":{"build_id":"b-7","regions":["eu-west-1","us-east-1"]}}"#;
    std::fs::write(&path, format!("{header}\n")).unwrap();
    let error = Journal::reopen(&path).unwrap_err();
    assert!(matches!(error, JournalError::Newer { version: 7, .. }));
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("--region us-east-1 --tag-filters 'Key=ami-build:build-id,Values=b-7'"),
        "{hint}"
    );
}

/// A disk that takes half a line, once.
#[derive(Debug)]
struct FullOnce {
    disk: Box<dyn Disk>,
    is_full: bool,
}

impl Disk for FullOnce {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if std::mem::take(&mut self.is_full) {
            self.disk.append(&bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.disk.append(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.disk.cut(length)
    }

    fn remove(&mut self) -> io::Result<()> {
        self.disk.remove()
    }
}

fn on_a_disk_that_is_full_once(directory: &Path) -> Journal {
    let journal = Journal::create(directory, &identity()).unwrap();
    journal.on(|disk| {
        Box::new(FullOnce {
            disk,
            is_full: true,
        })
    })
}

#[test]
fn half_a_line_on_a_full_disk_spoils_no_later_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut journal = on_a_disk_that_is_full_once(directory.path());
    let path = journal.path().to_owned();
    journal.write(&[Entry::Row(row(1))]).unwrap_err();
    journal.write(&[Entry::Row(row(2))]).unwrap();
    drop(journal);
    let (_journal, replayed) = Journal::reopen(&path).unwrap();
    assert_eq!((replayed.rows, replayed.damaged), (vec![row(2)], vec![]));
}

#[tokio::test]
async fn nothing_is_made_that_the_disk_does_not_take() {
    let directory = tempfile::tempdir().unwrap();
    let journal = on_a_disk_that_is_full_once(directory.path());
    let ledger = Ledger::open(journal, identity());
    let order = || Order::new(Kind::KeyPair, &Region::new("eu-west-1"), "packer_1");
    let made = ledger.create::<(), _, _>(order(), |_| async { panic!("it must not be made") });
    let error = made.await.unwrap_err();
    assert!(!error.effect_is_unknown(), "{error}");
    assert!(crate::error::chain(&error).contains("cannot write the journal"));
    let made = ledger.create::<(), _, _>(order(), |_| async { Ok(()) });
    made.await.unwrap();
    assert_eq!(ledger.rows().len(), 1);
}

#[test]
fn what_was_found_is_written_once_the_disk_takes_it() {
    let directory = tempfile::tempdir().unwrap();
    let journal = on_a_disk_that_is_full_once(directory.path());
    let path = journal.path().to_owned();
    let ledger = Ledger::open(journal, identity());
    let order = |name| Order::new(Kind::Volume, &Region::new("eu-west-1"), name);
    ledger.adopt(order("one"), "vol-1").unwrap_err();
    ledger.adopt(order("two"), "vol-2").unwrap();
    drop(ledger);
    let (_journal, replayed) = Journal::reopen(&path).unwrap();
    let ids = replayed.rows.iter().filter_map(|row| row.id.as_deref());
    assert_eq!(ids.collect::<Vec<_>>(), ["vol-1", "vol-2"]);
}

#[test]
fn what_stays_together_is_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let kept = [Entry::Kept { row: 1 }, Entry::Kept { row: 2 }];
    let path = journal(directory.path(), &kept);
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn two_processes_cannot_have_the_same_journal() {
    let directory = tempfile::tempdir().unwrap();
    let first = Journal::create(directory.path(), &identity()).unwrap();
    assert!(matches!(
        Journal::reopen(first.path()).unwrap_err(),
        JournalError::InUse { .. }
    ));
}

#[test]
fn only_the_owner_reads_a_journal_and_its_directory() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("state");
    let path = journal(&directory, &[]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&directory), mode(&path)), (0o700, 0o600));
}

#[tokio::test]
async fn the_row_is_on_disk_before_the_call_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::create(directory.path(), &identity()).unwrap();
    let path = journal.path().to_owned();
    let ledger = Ledger::open(journal, identity());
    let seen = ledger.create(
        Order::new(Kind::KeyPair, &Region::new("eu-west-1"), "packer_1"),
        move |claim| async move {
            assert_eq!(claim.token().as_str(), "b-1-1");
            assert_eq!(claim.tags()["ami-build:row"], "1");
            assert!(std::fs::read_to_string(&path).unwrap().contains("packer_1"));
            Ok(())
        },
    );
    seen.await.unwrap();
}

#[tokio::test]
async fn a_call_goes_on_when_nobody_waits_for_it_any_more() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(
        Journal::create(directory.path(), &identity()).unwrap(),
        identity(),
    );
    let (answer, answered) = tokio::sync::oneshot::channel::<()>();
    let region = Region::new("eu-west-1");
    let create = ledger.create(
        Order::new(Kind::SecurityGroup, &region, "packer_1"),
        move |_claim| async move {
            answered.await.unwrap();
            Ok(crate::cloud::GroupId::new("sg-1"))
        },
    );
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(10), create)
            .await
            .is_err()
    );
    answer.send(()).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    assert_eq!(ledger.rows()[0].id.as_deref(), Some("sg-1"));
}

#[tokio::test]
async fn a_panic_in_a_call_leaves_a_row_to_look_for() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(
        Journal::create(directory.path(), &identity()).unwrap(),
        identity(),
    );
    let order = Order::new(Kind::KeyPair, &Region::new("eu-west-1"), "packer_1");
    let outcome = ledger
        .create::<(), _, _>(order, |_claim| async { panic!("on purpose") })
        .await;
    assert!(outcome.is_err_and(|error| error.effect_is_unknown()));
    assert_eq!(ledger.rows().len(), 1);
}

#[test]
fn a_journal_of_a_version_that_knew_no_owner_is_still_settled() {
    let directory = tempfile::tempdir().unwrap();
    let path = journal(directory.path(), &[Entry::Row(row(1))]);
    let text = std::fs::read_to_string(&path).unwrap();
    let older = text.replacen(r#""owner":"github.com/1","#, "", 1);
    assert_ne!(older, text);
    std::fs::write(&path, older).unwrap();
    let (_, replayed) = Journal::reopen(&path).unwrap();
    assert_eq!(replayed.identity.owner, None);
    assert_eq!(replayed.rows.len(), 1);
}
