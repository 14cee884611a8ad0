//! Runs a command of the user to which files go, or from which they come.

use std::io::Write as _;

use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use crate::remote::{Exit, RemoteError};

use super::carry::{Drain, Feed, way};
use super::engine_types::{Input, Printed};
use super::pipes::{ContainerPipes, broken};

/// The most that is kept of a command's words.
const WORDS: usize = 4096;

/// What a thread did with its end.
type Worked = Result<(), RemoteError>;

/// Has a thread write the input of a command.
pub(super) async fn send(
    pipes: &ContainerPipes,
    command: &str,
    doing: &str,
    write: impl FnOnce(&mut Feed) -> Worked + Send + 'static,
) -> Worked {
    let (sender, pieces) = way();
    let writing = tokio::task::spawn_blocking(move || {
        let mut feed = Feed::new(sender);
        write(&mut feed)?;
        feed.flush()
            .map_err(|error| RemoteError::broken("sending a file", error))
    });
    let ended = carry(
        pipes,
        command,
        doing,
        Ends {
            input: Some(pieces),
            output: None,
        },
    )
    .await;
    let written = writing
        .await
        .unwrap_or_else(|error| Err(RemoteError::broken(doing, std::io::Error::other(error))));
    judge(ended, written, doing)
}

/// Has a thread read the output of a command.
pub(super) async fn receive(
    pipes: &ContainerPipes,
    command: &str,
    doing: &str,
    read: impl FnOnce(Drain) -> Worked + Send + 'static,
) -> Worked {
    let (sender, pieces) = way();
    let reading = tokio::task::spawn_blocking(move || read(Drain::new(pieces)));
    let ended = carry(
        pipes,
        command,
        doing,
        Ends {
            input: None,
            output: Some(sender),
        },
    )
    .await;
    let taken = reading
        .await
        .unwrap_or_else(|error| Err(RemoteError::broken(doing, std::io::Error::other(error))));
    judge(ended, taken, doing)
}

/// An error of this side counts most, since the command fails for it; then the command's own words.
fn judge(ended: Result<(Exit, String), RemoteError>, worked: Worked, doing: &str) -> Worked {
    if matches!(
        worked,
        Err(RemoteError::Local { .. } | RemoteError::Refused(_))
    ) {
        return worked;
    }
    match ended? {
        (Exit::Status(0), _) => worked,
        (Exit::Status(status), words) if words.is_empty() => Err(RemoteError::Refused(format!(
            "the transfer ended with status {status}"
        ))),
        (Exit::Status(_), words) => Err(RemoteError::Refused(scps(&words))),
        (Exit::Disconnected, _) => Err(RemoteError::Disconnected {
            doing: doing.to_owned(),
            source: None,
        }),
    }
}

/// The lines that the transfer itself said: engines add theirs where it ends before all was sent.
fn scps(words: &str) -> String {
    let of_scp: Vec<&str> = words
        .lines()
        .filter(|line| line.starts_with("scp: "))
        .collect();
    if of_scp.is_empty() {
        words.to_owned()
    } else {
        of_scp.join("\n")
    }
}

struct Ends {
    input: Option<mpsc::Receiver<Vec<u8>>>,
    output: Option<mpsc::Sender<Vec<u8>>>,
}

/// Runs the command with its ends; returns how it ended, and what it said of errors.
async fn carry(
    pipes: &ContainerPipes,
    command: &str,
    doing: &str,
    ends: Ends,
) -> Result<(Exit, String), RemoteError> {
    let machine = &pipes.machine;
    let time = machine.runs().await.map_err(|why| broken(doing, &why))?;
    let input = if ends.input.is_some() {
        Input::Ours
    } else {
        Input::Empty
    };
    let started = pipes.start(command, input).await?;
    let (mut to, mut from) = (started.attached.input, started.attached.output);
    let mut words = Vec::new();
    let feeding = async {
        if let Some(mut pieces) = ends.input {
            while let Some(piece) = pieces.recv().await {
                if to.write_all(&piece).await.is_err() {
                    break;
                }
            }
            let _gone = to.flush().await;
        }
        // The command knows how much it gets, and ends by itself. Closing the input now would cut what it still says short
        // with some engines.
        std::future::pending::<()>().await;
    };
    let output = ends.output;
    let listening = async {
        while let Some(piece) = from.next().await {
            match piece {
                Ok(Printed::Stdout(bytes)) => {
                    if let Some(output) = &output
                        && output.send(bytes).await.is_err()
                    {
                        break;
                    }
                }
                Ok(Printed::Stderr(bytes)) if words.len() < WORDS => words.extend(bytes),
                Ok(Printed::Stderr(_)) => {}
                Err(error) => {
                    log::debug!("the output of a transfer broke: {error}");
                    break;
                }
            }
        }
    };
    tokio::select! {
        () = feeding => {}
        () = listening => {}
        () = machine.left(time) => {}
    }
    let exit = pipes.exit(&started.id, time, doing).await?;
    if let (Exit::Disconnected, Some(why)) = (exit, machine.end()) {
        return Err(broken(doing, &why));
    }
    Ok((exit, String::from_utf8_lossy(&words).trim().to_owned()))
}
