//! What a FUSE file system answers: `include/uapi/linux/fuse.h`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

/// The version of the protocol that is spoken here. A newer kernel speaks it too.
const VERSION: (u32, u32) = (7, 31);

/// What is taken of what the kernel offers: reading ahead, lists with attributes, several questions about a directory at a
/// time, large reads, links that are remembered, and neither `open` nor `opendir`.
const TAKEN: u32 = 1 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 18 | 1 << 22 | 1 << 23 | 1 << 24;

/// Seconds for which the kernel may remember an answer: for good, since the view is of one moment.
const VALID: u64 = 1 << 32;

/// What is known of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attr {
    pub(super) node: u64,
    pub(super) size: u64,
    pub(super) modified: (u64, u32),
    pub(super) mode: u32,
    pub(super) owner: u32,
    pub(super) group: u32,
}

/// An answer under construction.
pub(super) struct Reply(Vec<u8>);

impl Reply {
    fn new() -> Self {
        Self(Vec::with_capacity(256))
    }

    fn u16(mut self, number: u16) -> Self {
        self.0.extend_from_slice(&number.to_ne_bytes());
        self
    }

    fn u32(mut self, number: u32) -> Self {
        self.0.extend_from_slice(&number.to_ne_bytes());
        self
    }

    fn u64(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_ne_bytes());
        self
    }

    fn zeros(mut self, count: usize) -> Self {
        self.0.resize(self.0.len() + count, 0);
        self
    }

    fn attr(self, attr: &Attr) -> Self {
        let (seconds, nanoseconds) = attr.modified;
        self.u64(attr.node)
            .u64(attr.size)
            .u64(attr.size.div_ceil(512))
            .u64(seconds)
            .u64(seconds)
            .u64(seconds)
            .u32(nanoseconds)
            .u32(nanoseconds)
            .u32(nanoseconds)
            .u32(attr.mode)
            // The number of names is not known; 1 says so for directories too.
            .u32(1)
            .u32(attr.owner)
            .u32(attr.group)
            .zeros(4)
            .u32(4096)
            .zeros(4)
    }

    fn entry(self, attr: &Attr) -> Self {
        self.u64(attr.node)
            .u64(0)
            .u64(VALID)
            .u64(VALID)
            .zeros(8)
            .attr(attr)
    }
}

/// The answer to the first question.
pub(super) fn init(readahead: u32, offered: u32) -> Vec<u8> {
    let reply = Reply::new()
        .u32(VERSION.0)
        .u32(VERSION.1)
        .u32(readahead)
        .u32(offered & TAKEN)
        // How many reads ahead may wait, and from how many on it is slow.
        .u16(64)
        .u16(48)
        // The largest write: nothing is written.
        .u32(4096)
        .u32(1)
        // Pages of one read: 1 MiB.
        .u16(256)
        .u16(0)
        .zeros(32);
    reply.0
}

/// The answer to a lookup.
pub(super) fn entry(attr: &Attr) -> Vec<u8> {
    Reply::new().entry(attr).0
}

/// The answer to a lookup of what is not there, which the kernel may remember too.
pub(super) fn no_entry() -> Vec<u8> {
    entry(&Attr::default())
}

/// What is known of a node.
pub(super) fn attributes(attr: &Attr) -> Vec<u8> {
    Reply::new().u64(VALID).zeros(8).attr(attr).0
}

/// How full it is: it is not told.
pub(super) fn space() -> Vec<u8> {
    Reply::new()
        .zeros(40)
        .u32(4096)
        .u32(255)
        .u32(4096)
        .zeros(28)
        .0
}

/// The part of a list that fits.
pub(super) struct List {
    reply: Reply,
    room: usize,
}

impl List {
    /// A list of at most `size` bytes.
    pub(super) fn new(size: u32) -> Self {
        Self {
            reply: Reply::new(),
            room: size as usize,
        }
    }

    /// Adds a name; says whether it still fitted. `next` is the offset of the one after it.
    pub(super) fn push(
        &mut self,
        name: &OsStr,
        attr: &Attr,
        next: u64,
        entry: Option<&Attr>,
    ) -> bool {
        let bytes = name.as_bytes();
        let padding = bytes.len().next_multiple_of(8) - bytes.len();
        let length = 24 + bytes.len() + padding + if entry.is_some() { 128 } else { 0 };
        if self.reply.0.len() + length > self.room {
            return false;
        }
        let mut reply = std::mem::replace(&mut self.reply, Reply(Vec::new()));
        if let Some(entry) = entry {
            reply = reply.entry(entry);
        }
        reply = reply
            .u64(attr.node)
            .u64(next)
            .u32(u32::try_from(bytes.len()).unwrap_or(0))
            .u32(attr.mode >> 12 & 0o17);
        reply.0.extend_from_slice(bytes);
        self.reply = reply.zeros(padding);
        true
    }

    /// The bytes.
    pub(super) fn finish(self) -> Vec<u8> {
        self.reply.0
    }
}

/// The header of an answer: its length, an error and the question's number.
pub(super) fn header(unique: u64, body: usize, errno: i32) -> Vec<u8> {
    let length = u32::try_from(16 + body).unwrap_or(u32::MAX);
    let error = errno.wrapping_neg().to_ne_bytes();
    Reply::new()
        .u32(length)
        .u32(u32::from_ne_bytes(error))
        .u64(unique)
        .0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_have_the_sizes_that_the_kernel_expects() {
        assert_eq!(init(1, 1).len(), 64);
        assert_eq!(entry(&Attr::default()).len(), 128);
        assert_eq!(attributes(&Attr::default()).len(), 104);
        assert_eq!(space().len(), 80);
        assert_eq!(header(1, 0, 2).len(), 16);
    }

    #[test]
    fn a_list_takes_what_fits_in_steps_of_eight_bytes() {
        let mut list = List::new(24 + 8 + 24);
        let attr = Attr::default();
        assert!(list.push("abc".as_ref(), &attr, 1, None));
        assert!(!list.push("d".as_ref(), &attr, 2, None));
        assert_eq!(list.finish().len(), 32);
    }
}
