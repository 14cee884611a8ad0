//! SIGINT, SIGTERM and SIGHUP become a request to stop. As process 1 of a container we get none of them without a handler.

use tokio::signal::unix::{SignalKind, signal};

use crate::stop::{StopHandle, StopReason};

/// Installs the handlers, then listens for as long as the runtime lives. A closed terminal is no reason to leave a machine
/// running, so that SIGHUP stops the build too (Packer dies of it); under `nohup`, which ignores it, it stays ignored.
///
/// # Errors
///
/// When the system refuses a handler.
pub fn listen(handle: StopHandle) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = if hang_up_is_ignored() {
        None
    } else {
        Some(signal(SignalKind::hangup())?)
    };
    tokio::spawn(async move {
        loop {
            let hung_up = async {
                match &mut hang_up {
                    Some(signal) => signal.recv().await,
                    None => std::future::pending().await,
                }
            };
            let reason = tokio::select! {
                _ = interrupt.recv() => StopReason::Interrupt,
                _ = terminate.recv() => StopReason::Terminated,
                _ = hung_up => StopReason::HungUp,
            };
            handle.request(reason);
        }
    });
    Ok(())
}

/// Whether whoever started us ignores SIGHUP. The kernel tells in a file; asking by `sigaction` needs unsafe code.
fn hang_up_is_ignored() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores_hang_up(&status))
}

/// The mask of ignored signals, in hexadecimal: signal 1 is its lowest bit (proc(5)).
fn ignores_hang_up(status: &str) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_nohup_a_hang_up_stays_ignored() {
        assert!(ignores_hang_up("Name:\tx\nSigIgn:\t0000000000001001\n"));
        assert!(!ignores_hang_up("Name:\tx\nSigIgn:\t0000000000001000\n"));
        assert!(!ignores_hang_up("Name:\tx\n"));
    }
}
