//! `breakpoint`: waits for somebody to press Enter, and fails where nobody can, as Packer does.

use crate::plan::provision::BreakpointSettings;
use crate::report::console::Form;
use crate::report::prompt;

use super::{ProvisionContext, ProvisionError};

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
    if cx.ui.form() == Form::Machine {
        return Err(ProvisionError::CannotAsk);
    }
    match prompt::ask(&cx.ui, "Press enter to continue.", &cx.stop).await {
        Some(_) => Ok(()),
        None => Err(ProvisionError::NoTerminal),
    }
}
