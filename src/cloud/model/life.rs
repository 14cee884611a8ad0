//! The life of a process that uses the model. Once it is over nothing of it has an effect any more, at whichever instant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// One process. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    over: AtomicBool,
    ended: Notify,
}

impl Life {
    /// Kills the process.
    pub(crate) fn end(&self) {
        self.inner.over.store(true, Ordering::SeqCst);
        self.inner.ended.notify_one();
    }

    /// Whether it was killed.
    pub(crate) fn is_over(&self) -> bool {
        self.inner.over.load(Ordering::SeqCst)
    }

    /// Waits until it is killed.
    pub(crate) async fn ended(&self) {
        self.inner.ended.notified().await;
    }

    /// Goes no further in a process that is dead: what runs of it until its runtime is dropped comes to a halt here.
    pub(super) async fn go_on(&self) {
        if self.is_over() {
            std::future::pending::<()>().await;
        }
    }
}
