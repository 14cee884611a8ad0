//! Questions at the terminal: `-debug`'s pauses and `-on-error=ask`.

use super::console::Form;
use super::terminal::Terminal;
use super::ui::Ui;
use crate::stop::Stop;

/// Asks, and gives the line that somebody typed. `None` where nobody can: without a terminal, in the machine-readable form,
/// after a stop. Then nothing is shown either, as in Packer. Questions of builds that run side by side wait for each other.
pub(crate) async fn ask(ui: &Ui, question: &str, stop: &Stop) -> Option<String> {
    if ui.console().style().form == Form::Machine || stop.requested().is_some() {
        return None;
    }
    let terminal = Terminal::open()?;
    tokio::select! {
        biased;
        _ = stop.wait() => None,
        line = ask_in_turn(ui, question, &terminal) => line,
    }
}

/// Whether there is a terminal, where a program that we start may ask as well.
pub(crate) fn has_terminal() -> bool {
    Terminal::exists()
}

async fn ask_in_turn(ui: &Ui, question: &str, terminal: &Terminal) -> Option<String> {
    let _turn = ui.console().turn().await;
    ui.question(question);
    let line = terminal.line().await;
    ui.console().answered();
    line
}

/// Waits for Enter, where somebody sits at a terminal.
pub(crate) async fn pause(ui: &Ui, what: &str, stop: &Stop) {
    let question = format!("Pausing {what}. Press enter to continue.");
    if ask(ui, &question, stop).await.is_none() {
        log::debug!("nobody to press enter: {what}");
    }
}
