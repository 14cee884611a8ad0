//! Carries a command's input and outputs between a connection and whoever runs the command.

use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{Sender, error::TrySendError};

use crate::plan::communicator::SshSettings;

use super::pulse::Pulse;
use super::ssh::{Channel, Connection, Stream, Waiting};
use super::{Exit, Output, exec};

/// Of one read; libssh2's packets hold 32 KiB.
const BUFFER: usize = 64 * 1024;

/// Until a full side is tried again.
const SHORT_REST: Duration = Duration::from_millis(2);

/// Both ends on our side: `input` is a socket that does not block, so that it can be awaited together with the connection's.
pub(super) struct Ends {
    pub(super) input: UnixStream,
    pub(super) output: Sender<Output>,
}

/// Carries until the command is over. A connection that goes is [`Exit::Disconnected`].
pub(super) fn carry(
    connection: &Connection,
    mut channel: Channel,
    ends: &Ends,
    ssh: &SshSettings,
) -> io::Result<Exit> {
    connection.set_waiting(Waiting::Never);
    let carried = Carrier::new(ends).run(connection, &mut channel, ssh);
    connection.set_waiting(Waiting::Blocking);
    match carried.and_then(|()| exec::wait_close(connection, &mut channel)) {
        Ok(()) => Ok(exec::exit(channel.ending()?)),
        Err(error) => {
            log::debug!("the connection went while a command ran: {error}");
            Ok(Exit::Disconnected)
        }
    }
}

/// What is on its way.
struct Carrier<'a> {
    ends: &'a Ends,
    buffer: Vec<u8>,
    input: Input,
    /// A piece that nobody took yet. The input goes on meanwhile: a program may want to read before it goes on printing.
    output: Option<Output>,
}

/// The state of the command's input.
enum Input {
    /// Nothing is in hand.
    Open,
    /// Read here, not yet all written there.
    Held { bytes: Vec<u8>, written: usize },
    /// It is over here, and the machine has to be told.
    Ending,
    /// The machine knows, or does not want any more.
    Over,
}

impl<'a> Carrier<'a> {
    fn new(ends: &'a Ends) -> Self {
        Self {
            ends,
            buffer: vec![0; BUFFER],
            input: Input::Open,
            output: None,
        }
    }

    fn run(
        &mut self,
        connection: &Connection,
        channel: &mut Channel,
        ssh: &SshSettings,
    ) -> io::Result<()> {
        let mut pulse = Pulse::of(ssh);
        loop {
            let given = self.give(channel)?;
            let taken = self.take(channel)?;
            if self.output.is_none() && channel.at_end() && self.is_done(connection, channel)? {
                return Ok(());
            }
            if given || taken {
                pulse.hear();
            } else if self.output.is_some() {
                // The connection's socket may be readable all the time now: waiting for it would be no rest.
                thread::park_timeout(SHORT_REST);
            } else if channel.pending() == 0 {
                let awaited = matches!(self.input, Input::Open).then(|| self.ends.input.as_fd());
                match self.input {
                    Input::Open | Input::Over => pulse.rest(connection, awaited)?,
                    Input::Held { .. } | Input::Ending => {
                        connection.wait(None, SHORT_REST).map(drop)?;
                    }
                }
            }
        }
    }

    /// Whether nothing is left to do after the end of the output. A command that closed its outputs may still read: its input
    /// goes on until the machine closes the channel. Half a packet is sent to its end even then: libssh2 sends nothing else
    /// before, and would wait for minutes to close the channel.
    fn is_done(&self, connection: &Connection, channel: &mut Channel) -> io::Result<bool> {
        if matches!(self.input, Input::Over) {
            return Ok(true);
        }
        match channel.wait_close() {
            Ok(()) => Ok(!connection.is_sending()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Moves input on; says whether anything moved.
    fn give(&mut self, channel: &mut Channel) -> io::Result<bool> {
        match &mut self.input {
            Input::Open => match (&self.ends.input).read(&mut self.buffer) {
                Ok(0) => self.input = Input::Ending,
                Ok(count) => {
                    let bytes = self.buffer[..count].to_vec();
                    self.input = Input::Held { bytes, written: 0 };
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            },
            Input::Held { bytes, written } => match channel.write_some(&bytes[*written..]) {
                Ok(Some(count)) => {
                    *written += count;
                    if *written == bytes.len() {
                        self.input = Input::Open;
                    }
                }
                Ok(None) => return Ok(false),
                // A command that is over takes no more input; its output and its end are still to come.
                Err(_) => self.input = Input::Over,
            },
            Input::Ending => match channel.finish_input() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                _ => self.input = Input::Over,
            },
            Input::Over => return Ok(false),
        }
        Ok(true)
    }

    /// Moves output on; says whether anything moved.
    fn take(&mut self, channel: &mut Channel) -> io::Result<bool> {
        let mut moved = false;
        for stream in [Stream::Stdout, Stream::Stderr] {
            if !self.hand_over()? {
                return Ok(moved);
            }
            let count = channel.read_some(stream, &mut self.buffer)?.unwrap_or(0);
            if count > 0 {
                let piece = self.buffer[..count].to_vec();
                self.output = Some(match stream {
                    Stream::Stdout => Output::Stdout(piece),
                    Stream::Stderr => Output::Stderr(piece),
                });
                moved = true;
            }
        }
        self.hand_over()?;
        Ok(moved)
    }

    /// Hands the piece in hand over; says whether the hand is empty now.
    fn hand_over(&mut self) -> io::Result<bool> {
        let Some(piece) = self.output.take() else {
            return Ok(true);
        };
        match self.ends.output.try_send(piece) {
            Ok(()) => Ok(true),
            Err(TrySendError::Full(piece)) => {
                self.output = Some(piece);
                Ok(false)
            }
            // Nobody listens any more: the command was given up, and the connection is being cut.
            Err(TrySendError::Closed(_)) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}
