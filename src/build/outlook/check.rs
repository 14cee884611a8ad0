//! One question and its answer.

use crate::build::BuildError;
use crate::cloud::CloudError;
use crate::cloud::api::CloudResult;
use crate::cloud::error::Refusal;
use crate::error::{chain, on_one_line};
use crate::report::classify;
use crate::report::conclusion::Conclusion;

/// A check of one build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// What was looked at, such as "the AMI name in `eu-west-1`".
    pub(crate) what: String,
    /// The template's keys that it is about; the first that is there counts.
    pub(crate) keys: &'static [&'static str],
    /// What came of it.
    pub(crate) verdict: Verdict,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is well.
    Fine,
    /// It may work, or not.
    Doubtful(String),
    /// Nobody may tell, or nobody answered.
    Unchecked(String),
    /// The build would fail.
    Wrong(Wrong),
}

/// Why a build would fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// What is wrong, with its causes.
    pub(crate) error: String,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// Which kind of failure it would be.
    pub(crate) conclusion: Conclusion,
}

impl Check {
    /// A check that was made.
    pub(super) fn new(
        what: impl Into<String>,
        keys: &'static [&'static str],
        verdict: Verdict,
    ) -> Self {
        Self {
            what: what.into(),
            keys,
            verdict,
        }
    }

    /// Nothing at all can be asked.
    pub(crate) fn no_way(
        keys: &'static [&'static str],
        error: &(dyn std::error::Error + 'static),
        hint: Option<String>,
    ) -> Self {
        let wrong = Wrong {
            error: chain(error),
            hint,
            conclusion: Conclusion::Credentials,
        };
        Self::new("the credentials", keys, Verdict::Wrong(wrong))
    }

    /// By what a step of the build says of it, and what the step found.
    pub(super) fn of<T>(
        what: impl Into<String>,
        keys: &'static [&'static str],
        result: Result<T, BuildError>,
    ) -> (Self, Option<T>) {
        let (verdict, found) = match result {
            Ok(found) => (Verdict::Fine, Some(found)),
            Err(error) => (of_build(&error), None),
        };
        (Self::new(what, keys, verdict), found)
    }

    /// By the answer to a question.
    pub(super) fn asked<T>(
        what: impl Into<String>,
        keys: &'static [&'static str],
        answer: CloudResult<T>,
        judge: impl FnOnce(T) -> Verdict,
    ) -> Self {
        let verdict = answer.map_or_else(|error| of_question(&error), judge);
        Self::new(what, keys, verdict)
    }
}

impl Verdict {
    /// The build would fail, in our own words.
    pub(super) fn wrong(error: String, hint: &str, conclusion: Conclusion) -> Self {
        Self::Wrong(Wrong {
            error,
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
            conclusion,
        })
    }
}

/// The error of a question that is not the build's own.
pub(super) fn of_question(error: &CloudError) -> Verdict {
    match error.refusal() {
        None | Some(Refusal::Denied | Refusal::Throttled | Refusal::Server) => {
            Verdict::Unchecked(on_one_line(error))
        }
        Some(_) => Verdict::Wrong(Wrong {
            error: chain(error),
            hint: error.hint(),
            conclusion: classify::of_call(error),
        }),
    }
}

fn of_build(error: &BuildError) -> Verdict {
    let source = match error {
        BuildError::Call { source, .. } | BuildError::Launch { source, .. } => Some(source),
        _ => None,
    };
    let unasked = source.map(|source| of_question(source));
    match unasked {
        Some(unchecked @ Verdict::Unchecked(_)) => unchecked,
        _ => Verdict::Wrong(Wrong {
            error: chain(error),
            hint: error.hint(),
            conclusion: classify::of_build(error),
        }),
    }
}
