//! Tells in the comments of pull requests what became of their images. Whatever comes in between costs the run nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::action::commands::{self, Level};
use crate::action::environment::Environment;
use crate::error::on_one_line;
use crate::report::chronicle::stage::Turn;
use crate::report::console::Console;
use crate::report::stages::{self, Place, Told};
use crate::secret::Secret;
use crate::stop::Stop;

/// An image that more pull requests share is told of in the newest.
pub(super) const MOST_PULL_REQUESTS: usize = 5;
/// GitHub gets this long to take what is said in the comments of one pull request.
const COMMENT_LIMIT: Duration = Duration::from_secs(60);
/// A run that removes what hundreds of pull requests left tells the newest of them.
const MOST_COMMENTED: usize = 20;

/// By pull request: what is told there.
pub(super) type Turns = BTreeMap<u64, Vec<Turn>>;

/// Who tells it.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    /// Of annotations.
    pub(super) title: &'static str,
    /// Where it speaks.
    pub(super) console: &'a Console,
    /// Which repository.
    pub(super) environment: &'a Environment,
    /// Writes comments, where they are wanted.
    pub(super) comments: Option<&'a Secret>,
    /// The stop signal.
    pub(super) stop: &'a Stop,
}

/// Tells it in every comment of ours that knows one of the images.
pub(super) async fn tell(turns: &Turns, teller: Teller<'_>) {
    let Some(token) = teller.comments else {
        return;
    };
    for (number, turns) in turns.iter().rev().take(MOST_COMMENTED) {
        let place = Place {
            environment: teller.environment,
            token,
            redactor: teller.console.redactor(),
            number: *number,
        };
        match stages::tell(place, turns, COMMENT_LIMIT, teller.stop).await {
            Ok(Told::In(pages)) => pages
                .iter()
                .for_each(|page| teller.console.say(&format!("Told in {page}"))),
            Ok(Told::Skipped(skip)) => {
                annotate(Level::Notice, &skip.to_string(), teller);
                return;
            }
            Err(error) => annotate(Level::Warning, &on_one_line(&error), teller),
        }
    }
}

fn annotate(level: Level, text: &str, teller: Teller<'_>) {
    let text = teller.console.redactor().redact(text);
    teller
        .console
        .command(&commands::annotation(level, teller.title, None, &text));
}
