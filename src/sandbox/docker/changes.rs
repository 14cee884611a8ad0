//! What the provisioners changed: the engine's own list, without what we put there and what only has something new in it.

use std::collections::{BTreeMap, BTreeSet};

use bollard::models::{ChangeType, FilesystemChange};

use crate::sandbox::{Change, ChangeKind};

use super::engine::Engine;
use super::engine_error::EngineError;
use super::inside::DIRECTORY;
use super::look::{Attributes, look};

/// What the engine or the stand-ins write there, and no provisioner: with all that lies below.
const OURS: [&str; 11] = [
    DIRECTORY,
    "/usr/lib/ami-build",
    "/run/ami-build-started",
    "/dev",
    "/proc",
    "/sys",
    "/.dockerenv",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
];

/// Where to look: the sandbox, and the keeper, in which all is as in the image.
pub(super) struct Places<'a> {
    pub(super) engine: &'a Engine,
    pub(super) sandbox: &'a str,
    pub(super) keeper: &'a str,
}

/// The changes, sorted by path. `prepared` is what we put there.
pub(super) async fn files(
    places: &Places<'_>,
    prepared: &BTreeMap<String, Attributes>,
) -> Result<Vec<Change>, EngineError> {
    let told = places.engine.changes(places.sandbox).await?;
    let told: Vec<FilesystemChange> = told.into_iter().filter(|it| !is_ours(&it.path)).collect();
    let paths: BTreeSet<&str> = told
        .iter()
        .map(|change| &*change.path)
        .chain(
            prepared
                .keys()
                .map(String::as_str)
                .filter(|path| !is_ours(path)),
        )
        .collect();
    let paths: Vec<&str> = paths.into_iter().collect();
    let now = looked(places, places.sandbox, &paths).await?;
    let modified: Vec<&str> = told
        .iter()
        .filter(|change| change.kind == ChangeType::_0)
        .map(|change| &*change.path)
        .collect();
    let before = looked(places, places.keeper, &modified).await?;
    let kinds: BTreeMap<&str, ChangeType> = told
        .iter()
        .map(|change| (&*change.path, change.kind))
        .collect();
    let changes = paths.iter().filter_map(|path| {
        let now = now.get(path).copied().flatten();
        let kind = match prepared.get(*path) {
            Some(put) => of_prepared(put, now)?,
            None => of_image(*kinds.get(path)?, before.get(path).copied().flatten(), now)?,
        };
        Some(Change {
            path: (*path).to_owned(),
            kind,
            bytes: now.map_or(0, |now| now.bytes()),
        })
    });
    Ok(changes.collect())
}

async fn looked<'a>(
    places: &Places<'_>,
    container: &str,
    paths: &[&'a str],
) -> Result<BTreeMap<&'a str, Option<Attributes>>, EngineError> {
    let found = look(places.engine, container, paths).await?;
    Ok(paths.iter().copied().zip(found).collect())
}

/// What became of a thing that we put there.
fn of_prepared(put: &Attributes, now: Option<Attributes>) -> Option<ChangeKind> {
    let Some(now) = now else {
        return Some(ChangeKind::Removed);
    };
    let is_same = is_same_shell(put, &now) && (put.is_directory() || is_same_content(put, &now));
    (!is_same).then_some(ChangeKind::Changed)
}

/// What became of a thing that the engine names. A directory is named when something in it is new.
fn of_image(
    kind: ChangeType,
    before: Option<Attributes>,
    now: Option<Attributes>,
) -> Option<ChangeKind> {
    match (kind, before, now) {
        (ChangeType::_1, ..) => Some(ChangeKind::Added),
        (ChangeType::_2, ..) => Some(ChangeKind::Removed),
        (ChangeType::_0, Some(before), Some(now)) => {
            let only_inside = now.is_directory() && is_same_shell(&before, &now);
            (!only_inside).then_some(ChangeKind::Changed)
        }
        (ChangeType::_0, ..) => Some(ChangeKind::Changed),
    }
}

fn is_same_shell(one: &Attributes, other: &Attributes) -> bool {
    (one.mode, one.user, one.group) == (other.mode, other.user, other.group)
}

fn is_same_content(one: &Attributes, other: &Attributes) -> bool {
    (one.size, one.time) == (other.size, other.time)
}

fn is_ours(path: &str) -> bool {
    OURS.iter().any(|ours| {
        path.strip_prefix(ours)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    fn file(size: u64, time: i64) -> Attributes {
        Attributes {
            mode: 0o100_644,
            user: 0,
            group: 0,
            size,
            time,
        }
    }

    fn directory(mode: u32) -> Attributes {
        Attributes {
            mode: 0o040_000 | mode,
            ..file(4096, 1)
        }
    }

    #[test]
    fn what_we_put_there_is_a_change_only_when_it_was_changed() {
        assert_eq!(of_prepared(&file(5, 1), Some(file(5, 1))), None);
        let changed = Some(ChangeKind::Changed);
        assert_eq!(of_prepared(&file(5, 1), Some(file(5, 2))), changed);
        assert_eq!(of_prepared(&file(5, 1), None), Some(ChangeKind::Removed));
        assert_eq!(of_prepared(&directory(0o755), Some(directory(0o755))), None);
        assert_eq!(
            of_prepared(&directory(0o755), Some(directory(0o700))),
            changed
        );
    }

    #[test]
    fn a_directory_that_only_has_something_new_in_it_is_no_change() {
        let modified = |before, now| of_image(ChangeType::_0, Some(before), Some(now));
        assert_eq!(modified(directory(0o755), directory(0o755)), None);
        let changed = Some(ChangeKind::Changed);
        assert_eq!(modified(directory(0o755), directory(0o777)), changed);
        assert_eq!(modified(file(5, 1), file(5, 1)), changed);
    }

    #[test]
    fn a_name_that_only_begins_like_one_of_ours_is_not_ours() {
        assert!(is_ours("/.ami-build/ami-build-inside"));
        assert!(is_ours("/dev/null"));
        for path in ["/development", "/etc/hosts.allow", "/.ami-builder"] {
            assert!(!is_ours(path), "{path}");
        }
    }
}
