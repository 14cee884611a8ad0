//! What the kernel asks a FUSE file system: `include/uapi/linux/fuse.h`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

/// The header before every request.
const HEADER: usize = 40;

/// One question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Goes into the answer.
    pub(super) unique: u64,
    /// The node that it is about.
    pub(super) node: u64,
    /// What is asked.
    pub(super) question: Question,
}

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// The first of all, with the flags of what this kernel can do.
    Init { readahead: u32, flags: u32 },
    /// The node of a name in a directory.
    Lookup(OsString),
    /// What is known of the node.
    Attributes,
    /// Where a link leads.
    ReadLink,
    /// Bytes of a file.
    Read { offset: u64, size: u32 },
    /// Names of a directory, with or without what is known of each.
    List {
        offset: u64,
        size: u32,
        attributes: Attributes,
    },
    /// How full it is.
    Space,
    /// What needs no answer.
    Nothing,
    /// What this file system does not do.
    Other,
}

/// Whether a list tells what is known of each name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attributes {
    /// It does.
    Told,
    /// It does not.
    Untold,
}

/// Reads one request; `None` where it is none.
pub(super) fn parse(bytes: &[u8]) -> Option<Request> {
    let body = bytes.get(HEADER..)?;
    let list = |attributes| {
        Some(Question::List {
            offset: u64_at(body, 8)?,
            size: u32_at(body, 16)?,
            attributes,
        })
    };
    let question = match u32_at(bytes, 4)? {
        1 => Question::Lookup(name(body)),
        2 | 36 | 38 | 42 => Question::Nothing,
        3 => Question::Attributes,
        5 => Question::ReadLink,
        15 => Question::Read {
            offset: u64_at(body, 8)?,
            size: u32_at(body, 16)?,
        },
        17 => Question::Space,
        26 => Question::Init {
            readahead: u32_at(body, 8)?,
            flags: u32_at(body, 12)?,
        },
        28 => list(Attributes::Untold)?,
        44 => list(Attributes::Told)?,
        _ => Question::Other,
    };
    Some(Request {
        unique: u64_at(bytes, 8)?,
        node: u64_at(bytes, 16)?,
        question,
    })
}

fn name(body: &[u8]) -> OsString {
    let end = body.iter().position(|byte| *byte == 0);
    OsStr::from_bytes(&body[..end.unwrap_or(body.len())]).to_owned()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(four.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..at + 8)?;
    Some(u64::from_ne_bytes(eight.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(opcode: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[4..8].copy_from_slice(&opcode.to_ne_bytes());
        bytes[8..16].copy_from_slice(&7_u64.to_ne_bytes());
        bytes[16..24].copy_from_slice(&3_u64.to_ne_bytes());
        bytes.extend_from_slice(body);
        bytes
    }

    #[test]
    fn a_lookup_has_its_directory_and_a_name_without_the_zero() {
        let expected = Request {
            unique: 7,
            node: 3,
            question: Question::Lookup("passwd".into()),
        };
        assert_eq!(parse(&request(1, b"passwd\0")), Some(expected));
    }

    #[test]
    fn what_is_cut_off_is_no_request() {
        assert_eq!(parse(&request(15, &[0; 8])), None);
        assert_eq!(parse(&[0; 10]), None);
    }

    #[test]
    fn an_unknown_question_is_told_apart() {
        assert_eq!(parse(&request(999, &[])).unwrap().question, Question::Other);
    }
}
