//! What came of a run in one word: the output `conclusion`. `docs/errors.md` says what each word means.

use serde::{Deserialize, Serialize};

/// What came of a build or a run. Of several builds the first in this order tells for the run, so the order matters:
/// what a person has to do something about comes before what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Conclusion {
    /// Somebody asked to stop.
    Cancelled,
    /// The template, its variables or an input.
    Invalid,
    /// No credentials, or AWS does not take them.
    Credentials,
    /// A call that the credentials may not make.
    Permission,
    /// The account's limits.
    Quota,
    /// EC2 has no machine of that type now.
    Capacity,
    /// The machine did not start, or could not be reached.
    Connect,
    /// A provisioner.
    Provision,
    /// The image, a copy, its tags or its sharing.
    Image,
    /// A post-processor.
    PostProcessor,
    /// The policy gives builds less time.
    TimeLimit,
    /// Anything else.
    Failure,
    /// All was built, but outputs or summary could not be written.
    Report,
    /// All was built, but something could not be removed.
    Leftover,
    /// All went well in a rehearsal: nothing was built.
    Rehearsed,
    /// All is well.
    Success,
}

impl Conclusion {
    /// Every conclusion, in order.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 16] = [
        Self::Cancelled,
        Self::Invalid,
        Self::Credentials,
        Self::Permission,
        Self::Quota,
        Self::Capacity,
        Self::Connect,
        Self::Provision,
        Self::Image,
        Self::PostProcessor,
        Self::TimeLimit,
        Self::Failure,
        Self::Report,
        Self::Leftover,
        Self::Rehearsed,
        Self::Success,
    ];

    /// The value of the output.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Invalid => "invalid",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::Quota => "quota",
            Self::Capacity => "capacity",
            Self::Connect => "connect",
            Self::Provision => "provision",
            Self::Image => "image",
            Self::PostProcessor => "post-processor",
            Self::TimeLimit => "time-limit",
            Self::Failure => "failure",
            Self::Report => "report",
            Self::Leftover => "leftover",
            Self::Rehearsed => "rehearsed",
            Self::Success => "success",
        }
    }

    /// The summary's sentence for it.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Cancelled => "Cancelled",
            Self::Invalid => "Failed: the template, its variables or an input cannot be used",
            Self::Credentials => "Failed: AWS credentials are missing or not accepted",
            Self::Permission => "Failed: the AWS credentials do not allow a call",
            Self::Quota => "Failed: a limit of the AWS account is reached",
            Self::Capacity => "Failed: EC2 has no capacity for the instance type",
            Self::Connect => "Failed: the build machine could not be reached",
            Self::Provision => "Failed in a provisioner",
            Self::Image => "Failed while making, copying or sharing the image",
            Self::PostProcessor => "Failed in a post-processor",
            Self::TimeLimit => "Failed: the builds took longer than the policy allows",
            Self::Failure => "Failed",
            Self::Report => "Built, but the result could not be written",
            Self::Leftover => "Built, but something could not be removed",
            Self::Rehearsed => "Rehearsed: all went well, and nothing was built",
            Self::Success => "Succeeded",
        }
    }

    /// What a run comes to.
    pub(crate) fn of_all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().min().unwrap_or(Self::Success)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_the_one_that_somebody_has_to_act_on_tells() {
        let parts = [
            Conclusion::Success,
            Conclusion::Provision,
            Conclusion::Credentials,
        ];
        assert_eq!(Conclusion::of_all(parts), Conclusion::Credentials);
    }

    #[test]
    fn nothing_at_all_is_a_success() {
        assert_eq!(Conclusion::of_all([]), Conclusion::Success);
    }

    #[test]
    fn the_document_explains_every_word_in_this_order() {
        let page = include_str!("../../docs/errors.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let words: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
        assert_eq!(words, Conclusion::ALL.map(Conclusion::word));
    }

    #[test]
    fn the_order_of_the_list_is_the_order_of_the_type() {
        assert!(Conclusion::ALL.is_sorted());
    }
}
