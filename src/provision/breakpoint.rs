//! `breakpoint`: waits for somebody to press Enter, and fails where nobody can, as Packer does.

use std::fs::File;
use std::io::{BufRead as _, BufReader};

use crate::plan::provision::BreakpointSettings;

use super::{ProvisionContext, ProvisionError};

/// The terminal that the process belongs to, whatever its standard input is.
const TERMINAL: &str = "/dev/tty";

/// Waits for Enter.
pub(super) async fn run(
    settings: &BreakpointSettings,
    cx: &ProvisionContext,
) -> Result<(), ProvisionError> {
    let with = if settings.note.is_empty() {
        String::new()
    } else {
        format!(" with note \"{}\"", settings.note)
    };
    if settings.disable {
        cx.ui.say(&format!(
            "Breakpoint provisioner{with} disabled; continuing..."
        ));
        return Ok(());
    }
    cx.ui
        .say(&format!("Pausing at breakpoint provisioner{with}."));
    let terminal = File::open(TERMINAL).map_err(|_| ProvisionError::NoTerminal)?;
    cx.ui.say("Press enter to continue.");
    let pressed =
        tokio::task::spawn_blocking(move || BufReader::new(terminal).read_line(&mut String::new()));
    match pressed.await {
        Ok(Ok(1..)) => Ok(()),
        _ => Err(ProvisionError::NoTerminal),
    }
}
