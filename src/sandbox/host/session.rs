//! One command in a sandbox, seen from here: its input, its outputs and its end.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;

use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Receiver;

use super::line::Line;
use super::setup::{Asked, End};
use crate::remote::{Exit, Output, RemoteError};

/// Of one read: what a pipe holds.
const PIECE: usize = 64 * 1024;

/// Where a command's input comes from.
pub(super) enum Input {
    /// It has none.
    Nothing,
    /// From the pipe that goes with it.
    Pipe,
}

/// A command that runs.
pub(super) struct Session {
    /// Where its input is written, if it has one.
    pub(super) input: Option<PipeWriter>,
    /// What it prints.
    pub(super) output: PipeReader,
    /// What it complains.
    pub(super) errors: PipeReader,
    /// Where its end is told.
    pub(super) end: StdUnixStream,
}

impl Session {
    /// Starts one.
    pub(super) fn start(line: &Line, command: &str, input: Input) -> Result<Self, RemoteError> {
        if let Some(reason) = line.end() {
            return Err(ended(&reason));
        }
        Self::send(line, command, input).map_err(|error| match line.end() {
            Some(reason) => ended(&reason),
            None => RemoteError::broken("starting a command", error),
        })
    }

    fn send(line: &Line, command: &str, input: Input) -> io::Result<Self> {
        let (read, written): (OwnedFd, _) = match input {
            Input::Nothing => (File::open("/dev/null")?.into(), None),
            Input::Pipe => {
                let (read, written) = io::pipe()?;
                (read.into(), Some(written))
            }
        };
        let (output, printed) = io::pipe()?;
        let (errors, complained) = io::pipe()?;
        let (end, told) = StdUnixStream::pair()?;
        let files = [
            read.as_fd(),
            printed.as_fd(),
            complained.as_fd(),
            told.as_fd(),
        ];
        line.ask(&Asked::Run(command.to_owned()), &files)?;
        Ok(Self {
            input: written,
            output,
            errors,
            end,
        })
    }
}

/// The outputs of a command, piece by piece, then its end.
pub(super) struct Outcome<'a> {
    line: &'a Line,
    output: Receiver,
    errors: Receiver,
    end: UnixStream,
    open: (bool, bool),
}

impl<'a> Outcome<'a> {
    /// What comes of a session. Its input is apart.
    pub(super) fn of(
        line: &'a Line,
        (output, errors, end): (PipeReader, PipeReader, StdUnixStream),
    ) -> Result<Self, RemoteError> {
        let prepared = || {
            end.set_nonblocking(true)?;
            Ok(Self {
                line,
                output: Receiver::from_owned_fd(output.into())?,
                errors: Receiver::from_owned_fd(errors.into())?,
                end: UnixStream::from_std(end)?,
                open: (true, true),
            })
        };
        prepared().map_err(|error| RemoteError::broken("starting a command", error))
    }

    /// The next piece; `None` when both outputs are over, which they are once nobody inside holds them any more.
    pub(super) async fn next(&mut self) -> Option<Output> {
        let mut printed = Vec::with_capacity(PIECE);
        let mut complained = Vec::with_capacity(PIECE);
        while self.open != (false, false) {
            let (output, errors) = (&mut self.output, &mut self.errors);
            tokio::select! {
                count = output.read_buf(&mut printed), if self.open.0 => match count {
                    Ok(1..) => return Some(Output::Stdout(printed)),
                    _ => self.open.0 = false,
                },
                count = errors.read_buf(&mut complained), if self.open.1 => match count {
                    Ok(1..) => return Some(Output::Stderr(complained)),
                    _ => self.open.1 = false,
                },
            }
        }
        None
    }

    /// How it ended.
    pub(super) async fn exit(mut self) -> Result<Exit, RemoteError> {
        let mut told = Vec::new();
        let read = self.end.read_to_end(&mut told).await;
        let end = read.ok().and_then(|_| serde_json::from_slice(&told).ok());
        match end {
            Some(End::Status(status)) => Ok(Exit::Status(status)),
            Some(End::Rebooted) => Ok(Exit::Disconnected),
            None => match self.line.end_after_break().await {
                Some(reason) => Err(ended(&reason)),
                None => Ok(Exit::Disconnected),
            },
        }
    }
}

/// There is no sandbox any more, and trying again does not help.
pub(super) fn ended(reason: &str) -> RemoteError {
    RemoteError::Refused(format!("the sandbox ended: {reason}"))
}
