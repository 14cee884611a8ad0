//! A build's end of the timer: it begins with the connection, and ends before the machine is made an image of.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::remote::{Pipes, Terminal};
use crate::report::ui::Ui;

use super::keeper::Keeping;
use super::lifetime::Lifetime;

/// The timer of one build's machine. Where it is dropped, nothing is renewed any more and the machine's time runs out.
pub(crate) struct Timer {
    lifetime: Option<Lifetime>,
    running: Mutex<Option<Running>>,
}

/// The way to the machine.
pub(crate) struct Way {
    /// To commands beside those of the provisioners.
    pub(crate) pipes: Arc<dyn Pipes>,
    /// [`Terminal::AsSet`] where the template has a terminal for every command.
    pub(crate) pty: Terminal,
}

/// Whether the machine's timer is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Released {
    /// It is, or there was none.
    Yes,
    /// The machine did not say so.
    Unknown,
}

struct Running {
    release: oneshot::Sender<()>,
    task: Task,
}

/// Ends with whoever holds it.
struct Task(JoinHandle<Released>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Timer {
    /// A timer for a machine that is still to come; `None` makes none.
    pub(crate) fn new(lifetime: Option<Lifetime>) -> Self {
        Self {
            lifetime,
            running: Mutex::default(),
        }
    }

    /// Sets the machine's timer and renews it from now on, beside whatever happens.
    pub(crate) fn start(&self, way: Way, ui: &Ui) {
        let Some(lifetime) = self.lifetime else {
            return;
        };
        let (release, released) = oneshot::channel();
        let keeping = Keeping::new(way, lifetime, ui.clone());
        let task = Task(tokio::spawn(keeping.keep(released)));
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Running { release, task });
    }

    /// Says that this machine gets no timer.
    pub(crate) fn go_without(&self, why: &str, ui: &Ui) {
        if self.lifetime.is_some() {
            say_none(ui, why);
        }
    }

    /// Takes the timer off the machine. It may be asked for twice, and where nothing was started.
    pub(crate) async fn release(&self) -> Released {
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Running { release, mut task }) = running else {
            return Released::Yes;
        };
        // A task that is gone hears nothing, and says so below.
        let _gone = release.send(());
        (&mut task.0).await.unwrap_or(Released::Unknown)
    }
}

/// The one line about a machine that cannot end itself.
pub(super) fn say_none(ui: &Ui, why: &str) {
    ui.message(&format!(
        "The machine has no timer of its own: {why}. Should this program be killed for good, only a sweep ends the machine."
    ));
}
