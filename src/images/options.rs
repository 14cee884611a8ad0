//! What flags and inputs say about the life of the images. Command line and action read the same words.

use std::time::Duration;

use super::kind::Kind;
use super::span::{self, Until};
use crate::content::ContentInputs;

/// A week: a pull request that lives longer builds again in the meantime.
const DEFAULT_TTL: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The words as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    /// `kind`.
    pub(crate) kind: Option<String>,
    /// `ttl`.
    pub(crate) ttl: Option<String>,
    /// `deprecate-at`.
    pub(crate) deprecate_at: Option<String>,
    /// `reuse`.
    pub(crate) reuse: Option<String>,
    /// `volatile-vars`.
    pub(crate) volatile_variables: Vec<String>,
    /// `reuse-files`.
    pub(crate) files: Vec<String>,
}

/// The life of the images of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LifeOptions {
    /// What they are for, and how long they stay.
    pub(crate) stay: Stay,
    /// Whether one that is there will do.
    pub(crate) reuse: Reuse,
    /// What decides on their content besides the template.
    pub(crate) inputs: ContentInputs,
}

/// What an image is for, and how long it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    /// A preview.
    Preview {
        /// So long from now.
        ttl: Duration,
    },
    /// A release.
    Release {
        /// Then it is deprecated; `None` leaves it to the template.
        deprecate_at: Option<Until>,
    },
}

impl Stay {
    /// The kind alone.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Preview { .. } => Kind::Preview,
            Self::Release { .. } => Kind::Release,
        }
    }
}

/// Whether an image with the same content takes the place of a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// It does not.
    #[default]
    Off,
    /// One of the same repository does.
    SameRepository,
}

/// A word that cannot be used, by the name that command line and action share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrongOption {
    /// Which.
    pub(crate) name: &'static str,
    /// What was given.
    pub(crate) value: String,
    /// What it takes.
    pub(crate) takes: &'static str,
}

impl LifeOptions {
    /// Reads the words. `None` where there is no kind: then nothing is different from a build without any of them.
    pub(crate) fn read(given: Given) -> Result<Option<Self>, WrongOption> {
        let Some(kind) = &given.kind else {
            return match first_without_kind(&given) {
                Some((name, value)) => Err(wrong(name, value, NEEDS_KIND)),
                None => Ok(None),
            };
        };
        let kind =
            Kind::parse(kind).ok_or_else(|| wrong("kind", kind, "`preview` or `release`"))?;
        Ok(Some(Self {
            stay: stay(kind, &given)?,
            reuse: reuse(given.reuse.as_deref())?,
            inputs: ContentInputs {
                volatile_variables: given.volatile_variables,
                files: given.files,
            },
        }))
    }
}

const NEEDS_KIND: &str = "a value only beside `kind`, which is not set";

fn first_without_kind(given: &Given) -> Option<(&'static str, &str)> {
    let reuse = given.reuse.as_deref().filter(|word| *word != "off");
    let words = [
        ("ttl", given.ttl.as_deref()),
        ("deprecate-at", given.deprecate_at.as_deref()),
        ("reuse", reuse),
        (
            "volatile-vars",
            given.volatile_variables.first().map(String::as_str),
        ),
        ("reuse-files", given.files.first().map(String::as_str)),
    ];
    words
        .into_iter()
        .find_map(|(name, value)| Some((name, value?)))
}

fn stay(kind: Kind, given: &Given) -> Result<Stay, WrongOption> {
    match (kind, &given.ttl, &given.deprecate_at) {
        (Kind::Preview, _, Some(at)) => Err(wrong(
            "deprecate-at",
            at,
            "a value only with `kind: release`; a preview has a `ttl`",
        )),
        (Kind::Release, Some(ttl), _) => {
            Err(wrong("ttl", ttl, "a value only with `kind: preview`"))
        }
        (Kind::Preview, None, None) => Ok(Stay::Preview { ttl: DEFAULT_TTL }),
        (Kind::Preview, Some(ttl), None) => match span::span(ttl) {
            Some(ttl) => Ok(Stay::Preview { ttl }),
            None => Err(wrong("ttl", ttl, "a time such as `7d` or `12h`")),
        },
        (Kind::Release, None, None) => Ok(Stay::Release { deprecate_at: None }),
        (Kind::Release, None, Some(at)) => match Until::parse(at) {
            Some(until) => Ok(Stay::Release {
                deprecate_at: Some(until),
            }),
            None => Err(wrong(
                "deprecate-at",
                at,
                "a time such as `90d` or `2027-01-31T00:00:00Z`",
            )),
        },
    }
}

fn reuse(word: Option<&str>) -> Result<Reuse, WrongOption> {
    match word {
        None | Some("off") => Ok(Reuse::Off),
        Some("same-repo") => Ok(Reuse::SameRepository),
        Some(other) => Err(wrong("reuse", other, "`off` or `same-repo`")),
    }
}

fn wrong(name: &'static str, value: &str, takes: &'static str) -> WrongOption {
    WrongOption {
        name,
        value: value.to_owned(),
        takes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(kind: &str) -> Given {
        Given {
            kind: Some(kind.to_owned()),
            ..Given::default()
        }
    }

    fn refused(given: Given) -> &'static str {
        LifeOptions::read(given).unwrap_err().name
    }

    #[test]
    fn without_a_kind_there_is_no_life_and_nothing_else_may_be_said_of_it() {
        assert_eq!(LifeOptions::read(Given::default()), Ok(None));
        let reuse = Some("same-repo".to_owned());
        assert_eq!(
            refused(Given {
                reuse,
                ..Given::default()
            }),
            "reuse"
        );
        let off = Some("off".to_owned());
        assert_eq!(
            LifeOptions::read(Given {
                reuse: off,
                ..Given::default()
            }),
            Ok(None)
        );
    }

    #[test]
    fn a_preview_stays_a_week_unless_it_is_told_otherwise() {
        let life = LifeOptions::read(given("preview")).unwrap().unwrap();
        assert_eq!(life.stay, Stay::Preview { ttl: DEFAULT_TTL });
        let ttl = Some("12h".to_owned());
        let life = LifeOptions::read(Given {
            ttl,
            ..given("preview")
        })
        .unwrap()
        .unwrap();
        let half_a_day = Duration::from_secs(12 * 3600);
        assert_eq!(life.stay, Stay::Preview { ttl: half_a_day });
    }

    #[test]
    fn each_kind_has_an_end_of_its_own() {
        let ttl = Some("7d".to_owned());
        assert_eq!(
            refused(Given {
                ttl,
                ..given("release")
            }),
            "ttl"
        );
        let deprecate_at = Some("90d".to_owned());
        assert_eq!(
            refused(Given {
                deprecate_at,
                ..given("preview")
            }),
            "deprecate-at"
        );
    }

    #[test]
    fn a_word_that_is_none_is_told() {
        assert_eq!(refused(given("beta")), "kind");
        let reuse = Some("always".to_owned());
        assert_eq!(
            refused(Given {
                reuse,
                ..given("preview")
            }),
            "reuse"
        );
    }
}
