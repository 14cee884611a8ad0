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

#[test]
fn a_garbled_line_is_an_error_that_tells_the_tag_to_look_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = journal(directory.path(), &[]);
    OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(b"what\n")
        .unwrap();
    let error = Journal::reopen(&path).unwrap_err();
    assert!(
        matches!(error, JournalError::Garbled { line: 2, .. }),
        "{error:?}"
    );
    assert!(
        error
            .hint()
            .unwrap()
            .contains("Key=ami-build:build-id,Values=b-1")
    );
}

#[test]
fn an_empty_journal_is_garbled_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.journal");
    std::fs::write(&path, "").unwrap();
    assert!(matches!(
        Journal::reopen(&path).unwrap_err(),
        JournalError::Garbled { line: 1, .. }
    ));
}

#[test]
fn a_journal_of_a_newer_program_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new.journal");
    std::fs::write(&path, "{\"version\":7,\"shape\":\"unknown\"}\n").unwrap();
    let error = Journal::reopen(&path).unwrap_err();
    assert!(matches!(error, JournalError::Newer { version: 7, .. }));
    assert!(error.hint().unwrap().contains("ami-build:build-id"));
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
