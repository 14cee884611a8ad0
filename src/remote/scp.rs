//! The scp protocol's lines and answers, and the way to start and end the program on the other side.
//!
//! What Packer runs is what we run (`scp -t DIRECTORY`), so that a path means to the machine what it meant under Packer.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use super::RemoteError;
use super::exec::Ending;
use super::ssh::{Channel, Stream};

/// Stands for scp on the machine, as long as it is not known to be missing.
pub(super) enum Failure {
    /// The machine has no scp.
    NoScp,
    /// Anything else.
    Remote(RemoteError),
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        Self::Remote(error)
    }
}

/// What the other side answers to a line or to a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Go on.
    Fine,
    /// Its words, such as `scp: /etc: Is a directory`.
    No(String),
    /// It ended.
    End,
}

/// One line of a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    File {
        mode: u32,
        size: u64,
        name: String,
    },
    Directory {
        mode: u32,
        name: String,
    },
    Leave,
    /// Times, which are not kept.
    Times,
}

/// The shell's exit status for a program that is not there.
const NOT_FOUND: i32 = 127;

/// The longest line that is read: a path and some numbers.
const LONGEST_LINE: u64 = 64 * 1024;

/// Reads one answer.
pub(super) fn answer(reader: &mut impl Read) -> io::Result<Answer> {
    let mut byte = [0];
    if reader.read(&mut byte)? == 0 {
        return Ok(Answer::End);
    }
    if byte[0] == 0 {
        return Ok(Answer::Fine);
    }
    // Byte by byte: what follows the line is the next answer.
    let mut words = read_line(&mut io::BufReader::with_capacity(1, reader))?;
    // 1 is a warning and 2 the end, both followed by words; anything else is text that a login script printed.
    if byte[0] > 2 {
        words = format!(
            "unexpected output instead of scp's answer: {}{words}",
            char::from(byte[0])
        );
    }
    Ok(Answer::No(words))
}

/// Reads one header; `None` at the end.
pub(super) fn header(reader: &mut impl BufRead) -> io::Result<Option<Result<Header, String>>> {
    let mut kind = [0];
    if reader.read(&mut kind)? == 0 {
        return Ok(None);
    }
    let line = read_line(reader)?;
    Ok(Some(match kind[0] {
        b'C' | b'D' => parse(kind[0], &line).ok_or_else(|| format!("not a line of scp: {line}")),
        b'E' => Ok(Header::Leave),
        b'T' => Ok(Header::Times),
        1 | 2 => Err(line),
        other => Err(format!(
            "unexpected output instead of scp's line: {}{line}",
            char::from(other)
        )),
    }))
}

fn parse(kind: u8, line: &str) -> Option<Header> {
    let mut parts = line.splitn(3, ' ');
    let mode = u32::from_str_radix(parts.next()?, 8).ok()? & 0o7777;
    let size = parts.next()?.parse().ok()?;
    let name = parts.next()?.to_owned();
    // A hostile machine must not write outside the destination.
    if name.is_empty() || name == "." || name == ".." || name.contains('/') {
        return None;
    }
    Some(if kind == b'C' {
        Header::File { mode, size, name }
    } else {
        Header::Directory { mode, name }
    })
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    reader.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// `path` as Packer writes it into scp's command: spaces escaped, `~` and `$` left to the shell.
pub(crate) fn shell_path(path: &str) -> String {
    path.replace(' ', "\\ ")
}

/// A path of Windows with the slashes that its OpenSSH takes everywhere. Packer hands `C:\x\y` on as it is, which scp takes
/// for a name in the home directory; a path without a drive may be Unix's and stays.
pub(super) fn forward_slashes(path: &str) -> Cow<'_, str> {
    match path.as_bytes() {
        [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic() => path.replace('\\', "/").into(),
        _ => path.into(),
    }
}

/// Splits a destination into directory and name as Packer does before it runs scp.
pub(crate) fn split(destination: &str) -> (&str, &str) {
    let trimmed = destination.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((directory, name)) => (directory, name),
        None => (".", trimmed),
    }
}

/// Awaits that the other side is content.
pub(super) fn expect_fine(channel: &mut Channel, doing: &str) -> Result<(), Failure> {
    match answer(channel).map_err(|error| RemoteError::broken(doing, error))? {
        Answer::Fine => Ok(()),
        Answer::No(words) => Err(RemoteError::Refused(words).into()),
        Answer::End => Err(why_ended(channel, doing)),
    }
}

/// Ends the program and looks at its exit status.
pub(super) fn finish(channel: &mut Channel, doing: &str) -> Result<(), Failure> {
    match close(channel, doing)? {
        (Ending::Status(0), _) => Ok(()),
        ended => Err(explain(ended)),
    }
}

/// Sends the end of input, reads what is left and returns how the program ended, with its last words.
pub(super) fn close(channel: &mut Channel, doing: &str) -> Result<(Ending, String), RemoteError> {
    let broken = |error| RemoteError::broken(doing, error);
    channel.finish_input().map_err(broken)?;
    let mut rest = vec![0; 4096];
    let mut words = Vec::new();
    for stream in [Stream::Stdout, Stream::Stderr] {
        while let Some(count @ 1..) = channel.read_some(stream, &mut rest).map_err(broken)? {
            if stream == Stream::Stderr && words.len() < rest.len() {
                words.extend_from_slice(&rest[..count]);
            }
        }
    }
    channel.wait_close().map_err(broken)?;
    let ending = channel.ending().map_err(broken)?;
    Ok((ending, String::from_utf8_lossy(&words).trim().to_owned()))
}

fn why_ended(channel: &mut Channel, doing: &str) -> Failure {
    match close(channel, doing) {
        Ok(ended) => explain(ended),
        Err(error) => error.into(),
    }
}

fn explain((ending, words): (Ending, String)) -> Failure {
    match ending {
        Ending::Status(NOT_FOUND) => Failure::NoScp,
        _ if !words.is_empty() => RemoteError::Refused(words).into(),
        Ending::Status(status) => {
            RemoteError::Refused(format!("scp ended with status {status}")).into()
        }
        Ending::Signal(name) => RemoteError::Refused(format!("scp was ended by SIG{name}")).into(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_path_with_a_drive_goes_with_forward_slashes_and_no_other_does() {
        assert_eq!(
            forward_slashes(r"C:\Windows\Temp\x.ps1"),
            "C:/Windows/Temp/x.ps1"
        );
        assert_eq!(split("c:/Windows/Temp/x.ps1"), ("c:/Windows/Temp", "x.ps1"));
        assert_eq!(forward_slashes(r"/tmp/a\b"), r"/tmp/a\b");
    }

    #[test]
    fn an_answer_is_read_to_its_end_and_no_further() {
        let mut input: &[u8] = b"\x01scp: /d: Is a directory\n\0";
        assert_eq!(
            answer(&mut input).unwrap(),
            Answer::No("scp: /d: Is a directory".into())
        );
        assert_eq!(answer(&mut input).unwrap(), Answer::Fine);
        assert_eq!(answer(&mut input).unwrap(), Answer::End);
    }

    #[test]
    fn a_name_that_leaves_the_destination_is_refused() {
        for name in ["..", "a/b", "."] {
            let line = format!("C0644 5 {name}\n");
            assert!(header(&mut line.as_bytes()).unwrap().unwrap().is_err());
        }
    }

    #[test]
    fn a_file_line_has_mode_size_and_a_name_with_spaces() {
        let expected = Header::File {
            mode: 0o644,
            size: 12,
            name: "a b".into(),
        };
        assert_eq!(
            header(&mut &b"C0644 12 a b\n"[..]).unwrap(),
            Some(Ok(expected))
        );
    }

    #[test]
    fn a_destination_is_split_as_packer_splits_it() {
        assert_eq!(split("/tmp/x"), ("/tmp", "x"));
        assert_eq!(split("/x"), ("/", "x"));
        assert_eq!(split("x"), (".", "x"));
        assert_eq!(split("/tmp/d/"), ("/tmp", "d"));
    }

    #[test]
    fn the_shell_still_sees_a_home_directory() {
        assert_eq!(shell_path("~/my dir"), "~/my\\ dir");
    }
}
