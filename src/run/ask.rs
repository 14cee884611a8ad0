//! `-on-error=ask`: a person decides. Where nobody sits at a terminal, everything is cleaned up, as in Packer.

use crate::report::prompt;
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

const QUESTION: &str = "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?";

/// Asks until there is an answer. A stop signal or the end of the input means to clean up.
pub(super) async fn ask(ui: &Ui, stop: &Stop) -> Answer {
    loop {
        let Some(line) = prompt::ask(ui, QUESTION, stop).await else {
            return Answer::CleanUp;
        };
        match answer(&line) {
            Some(answer) => return answer,
            None => ui.say(&format!("Incorrect input: {line:?}")),
        }
    }
}

/// The first letter counts, and Enter alone means to clean up.
fn answer(line: &str) -> Option<Answer> {
    match line.chars().next().unwrap_or('c') {
        'c' | 'C' => Some(Answer::CleanUp),
        'a' | 'A' => Some(Answer::Abort),
        'r' | 'R' => Some(Answer::Retry),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_answers_and_nothing_at_all_cleans_up() {
        assert_eq!(answer(""), Some(Answer::CleanUp));
        assert_eq!(answer("Retry please"), Some(Answer::Retry));
        assert_eq!(answer("abort"), Some(Answer::Abort));
        assert_eq!(answer(" c"), None);
    }
}
