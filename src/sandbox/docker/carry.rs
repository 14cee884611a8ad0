//! Moves bytes between a thread that reads and writes files and a task that talks to the engine: a few pieces at a time.

use std::io::{self, Read, Write};

use futures_util::Stream;
use tokio::sync::mpsc;

/// Of one piece.
const PIECE: usize = 256 * 1024;

/// Pieces that wait.
const QUEUE: usize = 4;

/// A new way: what is written at one end is read at the other.
pub(super) fn way() -> (mpsc::Sender<Vec<u8>>, mpsc::Receiver<Vec<u8>>) {
    mpsc::channel(QUEUE)
}

/// The end that a thread writes to; dropping it without a flush loses what was not sent.
pub(super) struct Feed {
    sender: mpsc::Sender<Vec<u8>>,
    piece: Vec<u8>,
}

/// The end that a thread reads from.
pub(super) struct Drain {
    receiver: mpsc::Receiver<Vec<u8>>,
    piece: Vec<u8>,
    taken: usize,
}

impl Feed {
    pub(super) fn new(sender: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            sender,
            piece: Vec::new(),
        }
    }
}

impl Drain {
    pub(super) fn new(receiver: mpsc::Receiver<Vec<u8>>) -> Self {
        Self {
            receiver,
            piece: Vec::new(),
            taken: 0,
        }
    }
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let sent = self.sender.blocking_send(std::mem::take(&mut self.piece));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Read for Drain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.piece.len() {
            match self.receiver.blocking_recv() {
                Some(piece) => (self.piece, self.taken) = (piece, 0),
                None => return Ok(0),
            }
        }
        let rest = &self.piece[self.taken..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

/// What a thread writes, as a stream; an error of its ends the stream with it.
pub(super) fn streamed(
    write: impl FnOnce(&mut Feed) -> io::Result<()> + Send + 'static,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    let (sender, receiver) = way();
    let writing = tokio::task::spawn_blocking(move || {
        let mut feed = Feed::new(sender);
        write(&mut feed).and_then(|()| feed.flush())
    });
    futures_util::stream::unfold(
        (receiver, Some(writing)),
        |(mut receiver, writing)| async move {
            if let Some(piece) = receiver.recv().await {
                return Some((Ok(piece), (receiver, writing)));
            }
            let written = writing?
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error)));
            written.err().map(|error| (Err(error), (receiver, None)))
        },
    )
}

#[cfg(test)]
mod unit {
    use super::*;
    use futures_util::StreamExt as _;

    #[tokio::test]
    async fn what_is_written_comes_out_whole_and_in_order() {
        let bytes: Vec<u8> = (0..1_000_000_u32)
            .map(|number| number.to_le_bytes()[0])
            .collect();
        let expected = bytes.clone();
        let stream = streamed(move |feed| {
            bytes
                .chunks(1000)
                .try_for_each(|chunk| feed.write_all(chunk))
        });
        let pieces: Vec<Vec<u8>> = stream.map(Result::unwrap).collect().await;
        assert!(pieces.concat() == expected);
    }

    #[tokio::test]
    async fn an_error_of_the_writer_ends_the_stream() {
        let stream = streamed(|feed| {
            feed.write_all(b"some")?;
            Err(io::ErrorKind::NotFound.into())
        });
        let items: Vec<io::Result<Vec<u8>>> = Box::pin(stream).collect().await;
        assert!(items.last().unwrap().is_err());
    }

    #[tokio::test]
    async fn a_reader_gets_all_pieces_and_then_the_end() {
        let (sender, receiver) = way();
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            Drain::new(receiver).read_to_string(&mut text).map(|_| text)
        });
        for piece in ["a", "", "bc"] {
            sender.send(piece.as_bytes().to_vec()).await.unwrap();
        }
        drop(sender);
        assert_eq!(reading.await.unwrap().unwrap(), "abc");
    }
}
