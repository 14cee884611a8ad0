//! Runs one command: both outputs as they come, then the exit status.

use std::io;

use tokio::sync::mpsc;

use crate::plan::communicator::SshSettings;

use super::pulse::{Pulse, TICK};
use super::ssh::{Channel, Connection, Stream, Waiting};
use super::{Exit, Output};

/// Of one read; libssh2's packets hold 32 KiB.
const BUFFER: usize = 64 * 1024;

/// How a command ended on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Status(i32),
    /// Without the `SIG` prefix.
    Signal(String),
}

/// Runs `command` and sends its output to `sink`. A connection that goes is [`Exit::Disconnected`], as in Packer.
pub(super) fn run(
    connection: &Connection,
    command: &str,
    ssh: &SshSettings,
    sink: &mpsc::Sender<Output>,
) -> io::Result<Exit> {
    let mut channel = connection.exec_as_set(command, ssh)?;
    // A script that reads its input comes to the end of it at once, as with Packer, and does not wait for ever.
    channel.finish_input()?;
    connection.set_waiting(Waiting::Never);
    let finished = stream(connection, &mut channel, ssh, sink).and_then(|()| {
        connection.set_waiting(Waiting::Blocking);
        wait_close(connection, &mut channel)
    });
    connection.set_waiting(Waiting::Blocking);
    match finished {
        Ok(()) => Ok(exit(channel.ending()?)),
        Err(error) => {
            log::debug!("the connection went while a command ran: {error}");
            Ok(Exit::Disconnected)
        }
    }
}

/// Reads both outputs to their end.
fn stream(
    connection: &Connection,
    channel: &mut Channel,
    ssh: &SshSettings,
    sink: &mpsc::Sender<Output>,
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    let mut pulse = Pulse::of(ssh);
    loop {
        let out = pump(channel, Stream::Stdout, &mut buffer, sink)?;
        let err = pump(channel, Stream::Stderr, &mut buffer, sink)?;
        if channel.at_end() {
            return Ok(());
        }
        if out + err > 0 || channel.pending() > 0 {
            pulse.hear();
            continue;
        }
        pulse.rest(connection, None)?;
    }
}

fn pump(
    channel: &mut Channel,
    stream: Stream,
    buffer: &mut [u8],
    sink: &mpsc::Sender<Output>,
) -> io::Result<usize> {
    let count = channel.read_some(stream, buffer)?.unwrap_or(0);
    if count > 0 {
        let piece = buffer[..count].to_vec();
        let output = if stream == Stream::Stdout {
            Output::Stdout(piece)
        } else {
            Output::Stderr(piece)
        };
        // Nobody listens any more: the run was given up, and the connection is being cut.
        sink.blocking_send(output)
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
    }
    Ok(count)
}

/// Waits for the end itself. A command may close its outputs and go on: the wait has no limit, but keeps the line alive.
pub(super) fn wait_close(connection: &Connection, channel: &mut Channel) -> io::Result<()> {
    connection.set_patience(Some(TICK));
    let closed = loop {
        match channel.wait_close() {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                if let Err(error) = connection.keep_alive() {
                    break Err(error);
                }
            }
            other => break other,
        }
    };
    connection.set_patience(Some(super::transfer::PATIENCE));
    closed
}

/// What the server's word means.
pub(super) fn exit(ending: Ending) -> Exit {
    match ending {
        Ending::Status(status) => Exit::Status(status),
        Ending::Signal(name) => Exit::Status(128 + signal_number(&name)),
    }
}

/// The signals of RFC 4254, section 6.10; another one counts as 0, as in Go's ssh package.
fn signal_number(name: &str) -> i32 {
    match name {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "ILL" => 4,
        "ABRT" => 6,
        "FPE" => 8,
        "KILL" => 9,
        "SEGV" => 11,
        "PIPE" => 13,
        "ALRM" => 14,
        "TERM" => 15,
        _ => 0,
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_signal_counts_as_128_and_its_number() {
        assert_eq!(exit(Ending::Signal("TERM".into())), Exit::Status(143));
        assert_eq!(exit(Ending::Signal("WINCH".into())), Exit::Status(128));
    }
}
