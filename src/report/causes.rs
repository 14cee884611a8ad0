//! An error with everything that caused it: the texts of ours never repeat their sources.

use std::error::Error;

/// All of it on one line, the innermost cause last.
pub(crate) fn on_one_line(error: &dyn Error) -> String {
    let texts: Vec<String> = std::iter::successors(Some(error), |&error| error.source())
        .map(ToString::to_string)
        .collect();
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read `a`")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn the_innermost_cause_comes_last() {
        let error = Outer(std::io::Error::other("disk on fire"));
        assert_eq!(on_one_line(&error), "cannot read `a`: disk on fire");
    }
}
