//! Moves bytes between a file and a channel in large pieces.

use std::io::{self, Read, Write};

/// Of one read or write. A multiple of 32,700 bytes, which is the most that libssh2 puts into one packet.
pub(super) const PIECE: usize = 8 * 32_700;

/// Of the bytes that SFTP has under way: twice the window of OpenSSH's server.
pub(super) const UNDER_WAY: usize = 4 * 1024 * 1024;

/// Which side of a copy failed.
#[derive(Debug)]
pub(super) enum CopyError {
    Reading(io::Error),
    Writing(io::Error),
}

impl CopyError {
    /// Whichever it was.
    pub(super) fn cause(self) -> io::Error {
        match self {
            Self::Reading(error) | Self::Writing(error) => error,
        }
    }
}

/// Copies all of `reader`, which has about `size` bytes: a small file needs no large buffer.
pub(super) fn copy(size: u64, reader: impl Read, writer: &mut impl Write) -> Result<(), CopyError> {
    let piece = usize::try_from(size).map_or(PIECE, |size| size.clamp(1, PIECE));
    copy_by(piece, reader, writer)
}

/// The same in pieces of another size.
pub(super) fn copy_by(
    piece: usize,
    mut reader: impl Read,
    writer: &mut impl Write,
) -> Result<(), CopyError> {
    let mut buffer = vec![0; piece];
    loop {
        let count = match reader.read(&mut buffer).map_err(CopyError::Reading)? {
            0 => return Ok(()),
            count => count,
        };
        writer
            .write_all(&buffer[..count])
            .map_err(CopyError::Writing)?;
    }
}

/// Copies all of `reader` to a writer that takes everything it is shown at once but answers for its beginning alone, as
/// libssh2's SFTP does. What it is shown stays long, so that it never waits for the last answer before it goes on.
pub(super) fn copy_ahead(
    mut reader: impl Read,
    writer: &mut impl Write,
    ahead: usize,
) -> Result<(), CopyError> {
    let mut buffer = vec![0; 2 * ahead];
    let (mut begin, mut end, mut more) = (0, 0, true);
    loop {
        if more && end - begin < ahead {
            if buffer.len() - begin < ahead + PIECE {
                buffer.copy_within(begin..end, 0);
                (begin, end) = (0, end - begin);
            }
            let room = (end + PIECE).min(buffer.len());
            let count = reader
                .read(&mut buffer[end..room])
                .map_err(CopyError::Reading)?;
            more = count > 0;
            end += count;
            continue;
        }
        if begin == end {
            return Ok(());
        }
        match writer.write(&buffer[begin..end]) {
            Ok(0) => return Err(CopyError::Writing(io::ErrorKind::WriteZero.into())),
            Ok(count) => begin += count,
            Err(error) => return Err(CopyError::Writing(error)),
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    /// Takes a little at a time, and notes the most that it was shown.
    struct Slow {
        taken: Vec<u8>,
        shown: usize,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.shown = self.shown.max(bytes.len());
            let count = bytes.len().min(30_000);
            self.taken.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_goes_ahead_arrives_whole_in_order_and_never_more_than_allowed() {
        let much = 2 * PIECE;
        for (length, ahead) in [
            (0, 0),
            (9, 9),
            (1, much),
            (much, much),
            (5 * much + 17, much),
        ] {
            let bytes: Vec<u8> = (0..length)
                .map(|number| u8::try_from(number % 251).unwrap())
                .collect();
            let mut slow = Slow {
                taken: Vec::new(),
                shown: 0,
            };
            copy_ahead(bytes.as_slice(), &mut slow, ahead).unwrap();
            assert!(slow.taken == bytes, "{length}");
            assert!(slow.shown <= ahead + PIECE, "{}", slow.shown);
        }
    }
}
