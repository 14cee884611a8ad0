//! Shows an error with its causes: the one printer that every error goes through.

use std::error::Error;

/// Layers of the AWS SDK and of hyper that only wrap what is below them and say nothing themselves.
const WRAPPERS: [&str; 9] = [
    "service error",
    "dispatch failure",
    "response error",
    "io error",
    "other",
    "unhandled error",
    "client error (Connect)",
    "client error (SendRequest)",
    "connection error",
];

/// The error and its causes, each on a line of its own; a cause that only repeats what stands above it, or only wraps what
/// stands below it, is left out.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let line = next.to_string();
        let wraps = next.source().is_some() && WRAPPERS.contains(&line.as_str());
        if !wraps && !text.contains(&line) {
            text.push_str("\n  caused by: ");
            text.push_str(&line);
        }
        cause = next.source();
    }
    text
}

/// All of it on one line, the innermost cause last.
pub(crate) fn on_one_line(error: &dyn Error) -> String {
    let texts: Vec<String> = std::iter::successors(Some(error), |&error| error.source())
        .map(ToString::to_string)
        .collect();
    texts.join(": ")
}

/// The error with its causes and one line of advice, where there is one.
pub(crate) fn with_hint(error: &dyn Error, hint: Option<&str>) -> String {
    let text = chain(error);
    match hint {
        Some(hint) => format!("{text}\n  hint: {hint}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot launch")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("no capacity")]
    struct Inner;

    #[derive(Debug, thiserror::Error)]
    #[error("dispatch failure")]
    struct Wrapper(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("cannot send")]
    struct Sending(#[source] Wrapper);

    #[test]
    fn a_layer_that_says_nothing_is_left_out() {
        assert_eq!(
            chain(&Sending(Wrapper(Inner))),
            "cannot send\n  caused by: no capacity"
        );
    }

    #[test]
    fn on_one_line_the_innermost_cause_comes_last() {
        assert_eq!(on_one_line(&Outer(Inner)), "cannot launch: no capacity");
    }

    #[test]
    fn an_error_is_shown_with_its_causes_and_one_hint() {
        assert_eq!(
            with_hint(&Outer(Inner), Some("wait")),
            "cannot launch\n  caused by: no capacity\n  hint: wait"
        );
    }
}
