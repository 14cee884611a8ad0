//! A failed file operation in Go's words, which Packer's messages end with.

use std::fmt;
use std::io;

/// `open out.txt: no such file or directory`.
#[derive(Debug)]
pub(crate) struct FileError {
    call: &'static str,
    path: String,
    error: io::Error,
}

impl FileError {
    /// `call` is Go's name of the operation; `path` as the template spells it.
    pub(crate) fn new(call: &'static str, path: &str, error: io::Error) -> Self {
        Self {
            call,
            path: path.to_owned(),
            error,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, path, error } = self;
        write!(formatter, "{call} {path}: {}", words(error))
    }
}

/// The system's error is told in the text, in Go's spelling, so it is not a source as well.
impl std::error::Error for FileError {}

/// Rust says `No such file or directory (os error 2)`, Go `no such file or directory`.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let Some(code) = error.raw_os_error() else {
        return text;
    };
    let text = text
        .strip_suffix(&format!(" (os error {code})"))
        .unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_is_told_as_go_tells_it() {
        let full = io::Error::from_raw_os_error(nix::libc::ENOSPC);
        let text = FileError::new("write", "a.tar", full).to_string();
        assert_eq!(text, "write a.tar: no space left on device");
    }

    #[test]
    fn an_error_of_our_own_is_told_as_it_is() {
        let own = io::Error::other("stopped by interrupt");
        let text = FileError::new("read", "a", own).to_string();
        assert_eq!(text, "read a: stopped by interrupt");
    }
}
