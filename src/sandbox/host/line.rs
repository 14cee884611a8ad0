//! Our end of the line to a sandbox: asks without waiting, and notes what is said.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::launch::News;
use super::setup::{Asked, Told};
use super::wire;

/// How long the reason of an end is waited for once something broke: it is on its way already.
const REASON: Duration = Duration::from_secs(2);

/// The line.
pub(super) struct Line {
    socket: Arc<OwnedFd>,
    end: watch::Receiver<Option<String>>,
}

impl Line {
    /// Begins to listen on a thread of its own, which ends with the line.
    pub(super) fn new(socket: OwnedFd) -> io::Result<(Arc<Self>, mpsc::UnboundedReceiver<News>)> {
        let socket = Arc::new(socket);
        let (news, heard) = mpsc::unbounded_channel();
        let (ended, end) = watch::channel(None);
        let listening = Arc::clone(&socket);
        thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || listen(&listening, &news, &ended))?;
        Ok((Arc::new(Self { socket, end }), heard))
    }

    /// Says what is no question.
    pub(super) fn say(&self, message: &impl Serialize) -> io::Result<()> {
        wire::send(&*self.socket, message, &[])
    }

    /// Asks; the answer comes by the files.
    pub(super) fn ask(&self, asked: &Asked, files: &[BorrowedFd<'_>]) -> io::Result<()> {
        wire::send(&*self.socket, asked, files)
    }

    /// Why the sandbox is no more, where it is no more.
    pub(super) fn end(&self) -> Option<String> {
        self.end.borrow().clone()
    }

    /// The same where something broke that may have been the sandbox's end.
    pub(super) async fn end_after_break(&self) -> Option<String> {
        let mut end = self.end.clone();
        let known = end.wait_for(Option::is_some);
        match tokio::time::timeout(REASON, known).await {
            Ok(Ok(reason)) => reason.clone(),
            Ok(Err(_)) => Some("it went".to_owned()),
            Err(_) => None,
        }
    }

    /// Ends it.
    pub(super) fn cut(&self) {
        let _already_gone = rustix::net::shutdown(self.socket.as_fd(), rustix::net::Shutdown::Both);
    }
}

fn listen(
    socket: &OwnedFd,
    news: &mpsc::UnboundedSender<News>,
    ended: &watch::Sender<Option<String>>,
) {
    let mut reason = "its processes were ended from outside".to_owned();
    while let Ok(Some((told, files))) = wire::receive::<Told>(socket) {
        match &told {
            Told::Ended(why) => reason.clone_from(why),
            Told::Failed(failure) => reason = failure.to_string(),
            Told::Apart | Told::Files | Told::Tunnel | Told::Ready { .. } => {}
        }
        // After the launch nobody reads them any more.
        let _nobody_reads = news.send((told, files));
    }
    ended.send_replace(Some(reason));
}
