//! Holds a container open as long as the program outside holds this process's input: however that ends, the engine closes it.

use std::io::{self, Read as _, Write as _};

use super::rules;

/// What is said once the container is ready.
pub(super) const READY: &[u8] = b"ready\n";

/// The word for a network in which the addresses of metadata are hidden.
const HIDE: &str = "hide-metadata";

/// Makes the network what the sandbox may have, and holds it.
pub(super) fn keep(words: &[String]) -> io::Result<()> {
    if words.iter().any(|word| word == HIDE) {
        rules::hide()?;
    }
    hold()
}

/// Says that the container is ready, and waits for the end of the input.
pub(super) fn hold() -> io::Result<()> {
    let mut output = io::stdout();
    output.write_all(READY)?;
    output.flush()?;
    let mut input = io::stdin();
    let mut ignored = [0; 64];
    while input.read(&mut ignored)? > 0 {}
    Ok(())
}
