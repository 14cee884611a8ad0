//! What the machine is told, and what it answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::remote::{Exit, Output, Piped, Pipes, RemoteError, Terminal};

use super::lifetime::Lifetime;

/// The login shell may be any, csh among them, so that it gets nothing to read but this. Where the template has a terminal for
/// every command, nothing is echoed, and a shell whose errors go elsewhere writes no history.
const COMMAND: &str = "sh -c 'stty -echo 2>/dev/null; exec sh -s 2>/dev/null'";
/// The script.
const MACHINE: &str = include_str!("machine.sh");
/// The word before an answer.
const MARK: &str = "ami-build-timer: ";
/// Pieces of output that wait; an answer is one line.
const QUEUE: usize = 16;
/// Of what the machine prints, no more than this is looked at.
const LONGEST: usize = 64 * 1024;

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Renew the timer; set it where there is none.
    Hold,
    /// Take it away.
    Release,
}

/// The machine's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The timer is set.
    Held(Keeper),
    /// The timer was set already and begins anew.
    Renewed,
    /// There is no timer any more.
    Released,
    /// There cannot be one.
    None(Lack),
}

/// Who keeps the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeper {
    /// A transient unit of systemd.
    Unit,
    /// A process of its own.
    Process,
}

/// What a timer would need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// Root, or sudo without a password.
    Root,
    /// A memory disk.
    Memory,
    /// systemd, or a Linux with setsid.
    Means,
    /// A POSIX shell.
    Shell,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The connection failed.
    #[error("the machine cannot be reached")]
    Remote(#[source] RemoteError),
    /// The connection went in the middle.
    #[error("the connection broke")]
    Broken,
    /// It takes too long.
    #[error("the machine did not answer within {} s", .0.as_secs())]
    Late(Duration),
    /// The command was over without a word.
    #[error("the machine's shell ended with status {0}")]
    Silent(i32),
}

/// Gives one order. Dropping the future cuts its connection.
pub(super) async fn give(
    pipes: &Arc<dyn Pipes>,
    terminal: Terminal,
    (order, lifetime): (Order, Lifetime),
    patience: Duration,
) -> Result<Answer, NoAnswer> {
    let asked = tokio::time::timeout(patience, ask(pipes, terminal, script(order, lifetime)));
    let (text, exit) = asked.await.map_err(|_| NoAnswer::Late(patience))??;
    match (answer(&text), exit) {
        (Some(answer), _) => Ok(answer),
        (None, Exit::Status(status)) => Err(NoAnswer::Silent(status)),
        (None, Exit::Disconnected) => Err(NoAnswer::Broken),
    }
}

fn script(order: Order, lifetime: Lifetime) -> String {
    let order = match order {
        Order::Hold => "hold",
        Order::Release => "release",
    };
    let seconds = lifetime.whole().as_secs();
    format!("order={order}\nlifetime={seconds}\n{MACHINE}")
}

async fn ask(
    pipes: &Arc<dyn Pipes>,
    terminal: Terminal,
    script: String,
) -> Result<(String, Exit), NoAnswer> {
    let (sender, input) = mpsc::channel(1);
    let (output, mut pieces) = mpsc::channel(QUEUE);
    let end = Arc::clone(pipes).run(Piped {
        command: COMMAND.to_owned(),
        terminal,
        input,
        output,
    });
    let telling = async move {
        // A command that is over already takes nothing; its end says why.
        let _over = sender.send(script.into_bytes()).await;
    };
    let listening = async move {
        let mut heard = Vec::new();
        while let Some(piece) = pieces.recv().await {
            if let Output::Stdout(bytes) = piece {
                let room = LONGEST.saturating_sub(heard.len());
                heard.extend(bytes.into_iter().take(room));
            }
        }
        heard
    };
    let (exit, (), heard) = tokio::join!(end, telling, listening);
    let exit = exit.map_err(NoAnswer::Remote)?;
    Ok((String::from_utf8_lossy(&heard).into_owned(), exit))
}

/// The last answer in what the machine printed. A terminal may have put a prompt before it.
fn answer(text: &str) -> Option<Answer> {
    text.lines().rev().find_map(|line| {
        let (_, words) = line.rsplit_once(MARK)?;
        Some(match words.trim_end() {
            "held unit" => Answer::Held(Keeper::Unit),
            "held process" => Answer::Held(Keeper::Process),
            "renewed" => Answer::Renewed,
            "released" => Answer::Released,
            "none root" => Answer::None(Lack::Root),
            "none memory" => Answer::None(Lack::Memory),
            "none means" => Answer::None(Lack::Means),
            _ => return None,
        })
    })
}

impl Lack {
    /// Why there is no timer, to read after "the machine has no timer:".
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Root => "its user is not root, and sudo wants a password or is not there",
            Self::Memory => "it has no memory disk at /run or /dev/shm",
            Self::Means => "it has neither systemd nor setsid",
            Self::Shell => "its shell does not understand the order",
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_last_answer_counts_whatever_a_login_prints_around_it() {
        let printed =
            "Welcome!\r\n$ ami-build-timer: none root\r\n> ami-build-timer: held process\r\nbye";
        assert_eq!(answer(printed), Some(Answer::Held(Keeper::Process)));
    }

    #[test]
    fn the_scripts_own_text_is_no_answer() {
        assert_eq!(answer(MACHINE), None);
        assert_eq!(answer("ami-build-timer: held by me"), None);
    }
}
