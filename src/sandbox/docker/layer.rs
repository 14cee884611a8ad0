//! What is put into a container before it starts, as the tar stream that the engine unpacks.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::look::Attributes;

/// The things, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    things: Vec<Thing>,
}

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) mode: u32,
}

#[derive(Clone, Debug)]
struct Thing {
    /// Absolute.
    path: String,
    owned: Owned,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Directory,
    Bytes(Vec<u8>),
    /// A file of this machine, with its size.
    Local(PathBuf, u64),
    /// Another name of what is at the path.
    Same(String),
}

impl Owned {
    /// Root's, with a mode.
    pub(super) fn root(mode: u32) -> Self {
        Self {
            user: 0,
            group: 0,
            mode,
        }
    }
}

impl Layer {
    /// A directory that is not there yet: one that leads elsewhere would be replaced.
    pub(super) fn directory(&mut self, path: impl Into<String>, owned: Owned) {
        self.add(path.into(), owned, Content::Directory);
    }

    /// A file, in place of any other.
    pub(super) fn file(
        &mut self,
        path: impl Into<String>,
        owned: Owned,
        bytes: impl Into<Vec<u8>>,
    ) {
        self.add(path.into(), owned, Content::Bytes(bytes.into()));
    }

    /// A copy of a file of this machine.
    pub(super) fn local(&mut self, path: &str, owned: Owned, local: &Path) -> io::Result<()> {
        let size = local.metadata()?.len();
        self.add(
            path.to_owned(),
            owned,
            Content::Local(local.to_owned(), size),
        );
        Ok(())
    }

    /// Another name of a file of this layer.
    pub(super) fn same(&mut self, path: &str, owned: Owned, other: &str) {
        self.add(path.to_owned(), owned, Content::Same(other.to_owned()));
    }

    /// What will be at the paths, as `look` tells it; names of the same file are told by it.
    pub(super) fn attributes(&self, time: u64) -> BTreeMap<String, Attributes> {
        let told = self.things.iter().map(|thing| {
            let (kind, size) = match &thing.content {
                Content::Directory => (libc::S_IFDIR, 0),
                Content::Bytes(bytes) => (libc::S_IFREG, bytes.len() as u64),
                Content::Local(_, size) => (libc::S_IFREG, *size),
                Content::Same(other) => (libc::S_IFREG, self.size(other)),
            };
            let attributes = Attributes {
                mode: kind | thing.owned.mode,
                user: thing.owned.user,
                group: thing.owned.group,
                size,
                time: i64::try_from(time).unwrap_or_default(),
            };
            (thing.path.clone(), attributes)
        });
        told.collect()
    }

    /// Writes the stream.
    pub(super) fn write(&self, to: &mut impl Write, time: u64) -> io::Result<()> {
        let mut archive = tar::Builder::new(to);
        for thing in &self.things {
            let path = thing.path.trim_start_matches('/');
            let mut header = tar::Header::new_gnu();
            header.set_uid(thing.owned.user.into());
            header.set_gid(thing.owned.group.into());
            header.set_mode(thing.owned.mode);
            header.set_mtime(time);
            header.set_size(0);
            match &thing.content {
                Content::Directory => {
                    header.set_entry_type(tar::EntryType::Directory);
                    archive.append_data(&mut header, path, io::empty())?;
                }
                Content::Bytes(bytes) => {
                    header.set_size(bytes.len() as u64);
                    archive.append_data(&mut header, path, &**bytes)?;
                }
                Content::Local(local, size) => {
                    header.set_size(*size);
                    let file = io::Read::take(File::open(local)?, *size);
                    let large = io::BufReader::with_capacity(256 * 1024, file);
                    archive.append_data(&mut header, path, large)?;
                }
                Content::Same(other) => {
                    header.set_entry_type(tar::EntryType::Link);
                    archive.append_link(&mut header, path, other.trim_start_matches('/'))?;
                }
            }
        }
        archive.into_inner()?.flush()
    }

    fn add(&mut self, path: String, owned: Owned, content: Content) {
        self.things.push(Thing {
            path,
            owned,
            content,
        });
    }

    fn size(&self, path: &str) -> u64 {
        let thing = self.things.iter().find(|thing| thing.path == path);
        match thing.map(|thing| &thing.content) {
            Some(Content::Bytes(bytes)) => bytes.len() as u64,
            Some(Content::Local(_, size)) => *size,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_stream_has_owners_modes_and_a_second_name() {
        let mut layer = Layer::default();
        let owned = Owned {
            user: 1000,
            group: 1001,
            mode: 0o4755,
        };
        layer.directory("/.ami-build", Owned::root(0o755));
        layer.file("/.ami-build/program", owned, "text");
        layer.same("/usr/bin/sudo", owned, "/.ami-build/program");
        let mut bytes = Vec::new();
        layer.write(&mut bytes, 7).unwrap();
        let mut archive = tar::Archive::new(&*bytes);
        let told: Vec<(String, u64, u32, bool)> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                (
                    entry.path().unwrap().display().to_string(),
                    header.uid().unwrap(),
                    header.mode().unwrap(),
                    entry.link_name().unwrap().is_some(),
                )
            })
            .collect();
        let expected = [
            (".ami-build".to_owned(), 0, 0o755, false),
            (".ami-build/program".to_owned(), 1000, 0o4755, false),
            ("usr/bin/sudo".to_owned(), 1000, 0o4755, true),
        ];
        assert_eq!(told, expected);
        let attributes = layer.attributes(7);
        assert_eq!(
            attributes["/usr/bin/sudo"],
            attributes["/.ami-build/program"]
        );
        assert_eq!(attributes["/usr/bin/sudo"].size, 4);
    }
}
