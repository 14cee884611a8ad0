//! Text that must not be printed, and the one redactor that stands before every place where text leaves the program.

use std::fmt;
use std::sync::{Arc, RwLock};

/// A secret value. It prints as `***`; [`Secret::expose`] is the only way to its text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// A credential shorter than this is not masked: it would blank out ordinary words.
const SHORTEST_CREDENTIAL: usize = 8;

/// Replaces every secret that it was told of. Clones share what they know.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Vec<(String, &'static str)>>>,
}

impl Redactor {
    /// Hides a value that the template declares in `sensitive-variables`, as Packer does: by plain substring, at any length but none.
    pub fn hide_sensitive(&self, value: &str) {
        self.hide(value, "<sensitive>");
    }

    /// Hides a credential, from 8 characters on. Each line of a multi-line credential is hidden by itself too.
    pub fn hide_credential(&self, value: &str) {
        for text in std::iter::once(value).chain(value.lines()) {
            if text.len() >= SHORTEST_CREDENTIAL {
                self.hide(text, "***");
            }
        }
    }

    /// The text with every known secret replaced.
    pub fn redact(&self, text: &str) -> String {
        let known = self
            .known
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut clean = text.to_owned();
        for (secret, replacement) in known.iter() {
            if clean.contains(secret.as_str()) {
                clean = clean.replace(secret.as_str(), replacement);
            }
        }
        clean
    }

    fn hide(&self, value: &str, replacement: &'static str) {
        if value.is_empty() {
            return;
        }
        let mut known = self
            .known
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.iter().any(|(secret, _)| secret == value) {
            return;
        }
        known.push((value.to_owned(), replacement));
        // The longest first, so that a secret that contains another one disappears whole.
        known.sort_by_key(|(secret, _)| std::cmp::Reverse(secret.len()));
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Redactor(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_stars() {
        let secret = Secret::new("hunter22");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    }

    #[test]
    fn a_sensitive_value_is_replaced_wherever_it_stands() {
        let redactor = Redactor::default();
        redactor.hide_sensitive("abc");
        assert_eq!(redactor.redact("xabcx abc"), "x<sensitive>x <sensitive>");
    }

    #[test]
    fn an_empty_sensitive_value_hides_nothing() {
        let redactor = Redactor::default();
        redactor.hide_sensitive("");
        assert_eq!(redactor.redact("abc"), "abc");
    }

    #[test]
    fn a_short_credential_stays_so_that_words_stay_readable() {
        let redactor = Redactor::default();
        redactor.hide_credential("admin");
        assert_eq!(redactor.redact("admin"), "admin");
    }

    #[test]
    fn a_secret_inside_another_secret_leaves_no_rest() {
        let redactor = Redactor::default();
        redactor.hide_sensitive("pass");
        redactor.hide_sensitive("password");
        assert_eq!(redactor.redact("password"), "<sensitive>");
    }

    #[test]
    fn every_line_of_a_multi_line_credential_is_hidden() {
        let redactor = Redactor::default();
        redactor.hide_credential("first-line\nsecond-line");
        assert_eq!(redactor.redact("a second-line b"), "a *** b");
    }
}
