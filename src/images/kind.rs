//! What an image is for.

/// What an image is for; the value of `ami-build:kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To be looked at: it ends with its pull request or with its time.
    Preview,
    /// To be used: it stays.
    Release,
}

impl Kind {
    /// Reads the word of flags, inputs and tags.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "preview" => Some(Self::Preview),
            "release" => Some(Self::Release),
            _ => None,
        }
    }

    /// The word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Release => "release",
        }
    }
}
