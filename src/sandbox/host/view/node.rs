//! The files that were asked for so far, each with a number.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::reply::Attr;
use super::rule::{Rule, Shown};
use crate::sandbox::host::setup::Owners;

/// The number that the kernel gives to the root.
const ROOT: u64 = 1;

/// The host's files as the rule shows them. A file keeps its number, and what was told of it, as long as the view is there.
pub(crate) struct View {
    rule: Rule,
    owners: Owners,
    table: RwLock<Table>,
}

#[derive(Default)]
struct Table {
    nodes: Vec<Arc<Node>>,
    numbers: HashMap<PathBuf, u64>,
    lists: HashMap<u64, Arc<[OsString]>>,
}

/// One file.
struct Node {
    path: PathBuf,
    shown: Shown,
    device: u64,
    attr: Attr,
}

impl View {
    /// The view from `/` on.
    pub(crate) fn new(rule: Rule, owners: Owners) -> io::Result<Self> {
        let view = Self {
            rule,
            owners,
            table: RwLock::default(),
        };
        let metadata = std::fs::symlink_metadata("/")?;
        // The kernel's numbers begin at 1.
        for shown in [Shown::Not, Shown::Whole] {
            view.note(PathBuf::from("/"), shown, &metadata);
        }
        Ok(view)
    }

    /// What is known of a node.
    pub(super) fn attributes(&self, number: u64) -> io::Result<Attr> {
        Ok(self.node(number)?.attr)
    }

    /// The node `name` in a directory, where it is shown.
    pub(super) fn lookup(&self, directory: u64, name: &OsStr) -> io::Result<Option<Attr>> {
        let above = self.node(directory)?;
        let path = above.path.join(name);
        // A name with a slash, or `..`, would lead elsewhere. The kernel sends none.
        if path.parent() != Some(&*above.path) || path.file_name() != Some(name) {
            return Ok(None);
        }
        if let Some(number) = self.known(&path) {
            return self.attributes(number).map(Some);
        }
        let metadata = match std::fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(_) => return Ok(None),
        };
        let shown = self
            .rule
            .shown(&path, &metadata, (above.shown, above.device));
        if shown == Shown::Not {
            return Ok(None);
        }
        Ok(Some(self.note(path, shown, &metadata)))
    }

    /// Where a link leads.
    pub(super) fn link(&self, number: u64) -> io::Result<OsString> {
        Ok(std::fs::read_link(&self.node(number)?.path)?.into_os_string())
    }

    /// Up to `size` bytes of a file.
    pub(super) fn read(&self, number: u64, offset: u64, size: u32) -> io::Result<Vec<u8>> {
        let node = self.node(number)?;
        if node.shown != Shown::Whole {
            return Ok(Vec::new());
        }
        let file = std::fs::OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&node.path)?;
        let rest = node.attr.size.saturating_sub(offset);
        let wanted = usize::try_from(rest).map_or(size as usize, |rest| rest.min(size as usize));
        let mut bytes = vec![0; wanted];
        let mut filled = 0;
        while filled < bytes.len() {
            match file.read_at(&mut bytes[filled..], offset + filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// The names of a directory from `offset` on, with what is known of each.
    pub(super) fn list(&self, number: u64, offset: u64) -> io::Result<Listing<'_>> {
        let node = self.node(number)?;
        let names = match self.listed(number) {
            Some(names) => names,
            None => self.remember(number, names(&node)?),
        };
        Ok(Listing {
            view: self,
            directory: number,
            names,
            next: offset,
        })
    }

    fn node(&self, number: u64) -> io::Result<Arc<Node>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let node = usize::try_from(number)
            .ok()
            .filter(|number| *number as u64 >= ROOT)
            .and_then(|number| table.nodes.get(number));
        node.cloned()
            .ok_or_else(|| io::Error::from_raw_os_error(libc::ESTALE))
    }

    fn known(&self, path: &Path) -> Option<u64> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.numbers.get(path).copied()
    }

    fn listed(&self, number: u64) -> Option<Arc<[OsString]>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.lists.get(&number).cloned()
    }

    fn remember(&self, number: u64, names: Vec<OsString>) -> Arc<[OsString]> {
        let names: Arc<[OsString]> = names.into();
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.lists.insert(number, Arc::clone(&names));
        names
    }

    fn note(&self, path: PathBuf, shown: Shown, metadata: &Metadata) -> Attr {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let number = table.nodes.len() as u64;
        let empty = shown == Shown::Empty && metadata.is_file();
        let attr = Attr {
            node: number,
            size: if empty { 0 } else { metadata.size() },
            modified: (
                u64::try_from(metadata.mtime()).unwrap_or(0),
                u32::try_from(metadata.mtime_nsec()).unwrap_or(0),
            ),
            mode: metadata.mode(),
            owner: self.owners.inside(metadata.uid()),
            group: self.owners.inside(metadata.gid()),
        };
        table.numbers.insert(path.clone(), number);
        table.nodes.push(Arc::new(Node {
            path,
            shown,
            device: metadata.dev(),
            attr,
        }));
        attr
    }
}

fn names(node: &Node) -> io::Result<Vec<OsString>> {
    if node.shown == Shown::Empty {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(&node.path)?;
    entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect()
}

/// Names of a directory, one after the other.
pub(super) struct Listing<'a> {
    view: &'a View,
    directory: u64,
    names: Arc<[OsString]>,
    next: u64,
}

impl Iterator for Listing<'_> {
    /// A name, what is known of it, and the offset after it.
    type Item = (OsString, Attr, u64);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let name = self.names.get(usize::try_from(self.next).ok()?)?.clone();
            self.next += 1;
            if let Ok(Some(attr)) = self.view.lookup(self.directory, &name) {
                return Some((name, attr, self.next));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        View::new(Rule::new(Vec::new()).unwrap(), Owners::One).unwrap()
    }

    #[test]
    fn a_file_keeps_its_number_and_is_read_in_parts() {
        let view = view();
        let etc = view.lookup(ROOT, "etc".as_ref()).unwrap().unwrap();
        let passwd = || view.lookup(etc.node, "passwd".as_ref()).unwrap().unwrap();
        assert_eq!(passwd(), passwd());
        let whole = std::fs::read("/etc/passwd").unwrap();
        let part = view.read(passwd().node, 2, 3).unwrap();
        assert_eq!(part, whole[2..5]);
        let after = view.read(passwd().node, whole.len() as u64, 10).unwrap();
        assert_eq!(after, b"");
    }

    #[test]
    fn a_home_is_a_directory_without_names_and_a_hash_is_an_empty_file() {
        let view = view();
        let home = view.lookup(ROOT, "root".as_ref()).unwrap().unwrap();
        assert_eq!(view.list(home.node, 0).unwrap().count(), 0);
        assert_eq!(view.lookup(home.node, ".bashrc".as_ref()).unwrap(), None);
        let etc = view.lookup(ROOT, "etc".as_ref()).unwrap().unwrap();
        let shadow = view.lookup(etc.node, "shadow".as_ref()).unwrap().unwrap();
        assert_eq!(
            (shadow.size, view.read(shadow.node, 0, 9).unwrap()),
            (0, Vec::new())
        );
    }

    #[test]
    fn no_name_leads_out_of_its_directory() {
        let view = view();
        let etc = view.lookup(ROOT, "etc".as_ref()).unwrap().unwrap();
        for name in ["..", ".", "../root", "/root", ""] {
            assert_eq!(
                view.lookup(etc.node, name.as_ref()).unwrap(),
                None,
                "{name}"
            );
        }
    }
}
