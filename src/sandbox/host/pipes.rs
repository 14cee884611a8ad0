//! Commands beside each other in a sandbox.

use std::io::PipeWriter;
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;
use tokio::net::unix::pipe::Sender;
use tokio::sync::mpsc;

use super::line::Line;
use super::session::{Input, Outcome, Session};
use crate::remote::{Exit, PipeEnd, Piped, Pipes, RemoteError};

/// The way to them.
pub(super) struct HostPipes {
    line: Arc<Line>,
}

impl HostPipes {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line }
    }

    async fn carry(&self, piped: Piped) -> Result<Exit, RemoteError> {
        let mut session = Session::start(&self.line, &piped.command, Input::Pipe)?;
        let input = session.input.take();
        let ends = (session.output, session.errors, session.end);
        let mut outcome = Outcome::of(&self.line, ends)?;
        let feeding = tokio::spawn(feed(piped.input, input));
        let _ended_with_us = AbortOnDrop(feeding.abort_handle());
        while let Some(piece) = outcome.next().await {
            if piped.output.send(piece).await.is_err() {
                break;
            }
        }
        outcome.exit().await
    }
}

impl Pipes for HostPipes {
    fn run(self: Arc<Self>, piped: Piped) -> PipeEnd {
        Box::pin(async move { self.carry(piped).await })
    }
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Hands the input on, then its end. A command that does not read does not keep the sender waiting.
async fn feed(mut input: mpsc::Receiver<Vec<u8>>, to: Option<PipeWriter>) {
    let mut to = to.and_then(|to| Sender::from_owned_fd(to.into()).ok());
    while let Some(bytes) = input.recv().await {
        if let Some(open) = &mut to
            && open.write_all(&bytes).await.is_err()
        {
            to = None;
        }
    }
}
