//! SIGINT and SIGTERM become a request to stop. As process 1 of a container we get neither without a handler.

use tokio::signal::unix::{SignalKind, signal};

use crate::stop::{StopHandle, StopReason};

/// Installs the handlers, then listens for as long as the runtime lives.
///
/// # Errors
///
/// When the system refuses a handler.
pub fn listen(handle: StopHandle) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            let reason = tokio::select! {
                _ = interrupt.recv() => StopReason::Interrupt,
                _ = terminate.recv() => StopReason::Terminated,
            };
            handle.request(reason);
        }
    });
    Ok(())
}
