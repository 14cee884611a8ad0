//! `-on-error=ask`: a person decides. Where nobody sits at a terminal, everything is cleaned up, as in Packer.

use std::io::{BufRead, IsTerminal};

use crate::report::ui::Ui;
use crate::stop::Stop;

/// What the person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `c`
    CleanUp,
    /// `a`
    Abort,
    /// `r`
    Retry,
}

const QUESTION: &str = "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)? ";

/// Asks until there is an answer. A stop signal or the end of the input means to clean up.
pub(super) async fn ask(ui: &Ui, stop: &Stop) -> Answer {
    if !std::io::stdin().is_terminal() {
        return Answer::CleanUp;
    }
    loop {
        ui.say(QUESTION);
        let line = tokio::select! {
            biased;
            _ = stop.wait() => return Answer::CleanUp,
            line = tokio::task::spawn_blocking(read_line) => line,
        };
        match line.ok().flatten().as_deref().map(str::trim) {
            None | Some("c" | "C") => return Answer::CleanUp,
            Some("a" | "A") => return Answer::Abort,
            Some("r" | "R") => return Answer::Retry,
            Some(other) => ui.say(&format!("Incorrect input: {other:?}")),
        }
    }
}

/// `None` at the end of the input.
fn read_line() -> Option<String> {
    let mut line = String::new();
    let length = std::io::stdin().lock().read_line(&mut line).ok()?;
    (length > 0).then_some(line)
}
