//! `rehearse`, on the command line and in the action.

use super::building::{self, Strictness};
use super::context::CommentSettings;
use super::rehearsal::{Origin, Rehearsal};
use super::{Outcome, Start};
use crate::action::commands::{self, Level};
use crate::action::environment::{Environment, GITHUB_EVENT_NAME};
use crate::action::event;
use crate::action::inputs::RehearseForks;
use crate::cli::options::BuildOptions;
use crate::cli::rehearse_options::{RehearsalTerms, RehearseOptions};
use crate::report::console::Console;
use crate::stop::Stop;

/// `ami-build rehearse`.
pub(super) async fn on_command_line(
    options: RehearseOptions,
    start: &Start,
    (console, stop): (Console, Stop),
) -> Outcome {
    let RehearseOptions { build, terms } = options;
    let mut cx = super::run_context(start, console, stop, (build, CommentSettings::default()));
    cx.rehearsal = Some(Rehearsal::new(terms, Origin::Own));
    building::build(cx, Strictness::Packer).await
}

/// `command: rehearse`, and `command: build` for a fork.
pub(super) async fn in_a_step(
    (build, terms): (BuildOptions, RehearsalTerms),
    comment: CommentSettings,
    start: &Start,
    (console, stop): (Console, Stop),
) -> Outcome {
    let origin = origin(&start.environment);
    let mut cx = super::run_context(start, console, stop, (build, comment));
    cx.rehearsal = Some(Rehearsal::new(terms, origin));
    building::build(cx, Strictness::AllOrNothing).await
}

/// Whether a build is rehearsed instead: it is that of a pull request from a fork, for which GitHub gives no credentials.
pub(super) fn instead_of_build(environment: &Environment, forks: RehearseForks) -> bool {
    forks == RehearseForks::Yes && is_of_a_fork(environment)
}

/// Whether the run is that of a pull request from a fork, without the rights of the repository.
pub(super) fn is_of_a_fork(environment: &Environment) -> bool {
    environment.get(GITHUB_EVENT_NAME) == Some("pull_request")
        && origin(environment) == Origin::Fork
}

/// Says so where nobody has to look for it.
pub(super) fn say_that_it_is_one(console: &Console) {
    let text = "a pull request from a fork has no credentials, so this is a rehearsal: nothing is built, and no AMI comes out";
    console.command(&commands::annotation(
        Level::Notice,
        "Rehearsal",
        None,
        text,
    ));
}

fn origin(environment: &Environment) -> Origin {
    let pull_request = event::pull_request(environment);
    match pull_request.map(|request| request.origin) {
        Some(event::Origin::Fork) => Origin::Fork,
        _ => Origin::Own,
    }
}
