//! What EC2 or the way to it answered instead of a result. Told apart by code, never by text.

use std::error::Error;

use super::Region;

/// What kind of refusal a code means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The thing is not there, or not yet (`Invalid….NotFound`, `InvalidAMIID.Unavailable`).
    NotFound,
    /// Something else still uses it (`DependencyViolation`, `InvalidSnapshot.InUse`, `VolumeInUse`, `InvalidGroup.InUse`).
    InUse,
    /// It exists already (`….Duplicate`).
    Duplicate,
    /// Too many calls (`RequestLimitExceeded`, `Throttling`, …).
    Throttled,
    /// The caller may not do this (`UnauthorizedOperation`, `AccessDenied`, …).
    Denied,
    /// No machine of that type there now (`InsufficientInstanceCapacity`, …).
    Capacity,
    /// Credentials missing, wrong or expired (`AuthFailure`, `ExpiredToken`, `RequestExpired`, …).
    Credentials,
    /// A dry run that would have gone through (`DryRunOperation`).
    WouldSucceed,
    /// The thing is in another state than the call needs (`IncorrectState`, `IncorrectInstanceState`, …).
    WrongState,
    /// EC2's own fault (5xx).
    Server,
    /// Any other code.
    Other,
}

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CloudError {
    /// EC2 answered with an error code.
    #[error(
        "EC2 refused `{call}` in `{region}` with `{code}`{}",
        words(message, request_id)
    )]
    Refused {
        /// The call's name as EC2 spells it, such as `RunInstances`.
        call: &'static str,
        /// Where it went.
        region: Region,
        /// What the code means to us.
        refusal: Refusal,
        /// EC2's error code.
        code: String,
        /// EC2's own words.
        message: String,
        /// The id that AWS support asks for; empty where none came.
        request_id: String,
    },
    /// No answer came: the effect is unknown.
    #[error("no answer to `{call}` in `{region}`")]
    NoAnswer {
        /// The call's name.
        call: &'static str,
        /// Where it went.
        region: Region,
        /// What the transport said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The call never left: no credentials, a request that cannot be built.
    #[error("cannot send `{call}` to `{region}`")]
    NotSent {
        /// The call's name.
        call: &'static str,
        /// Where it would have gone.
        region: Region,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// EC2 answered, but without something that its own description promises.
    #[error("the answer to `{call}` in `{region}` has no `{field}`")]
    Incomplete {
        /// The call's name.
        call: &'static str,
        /// Where it went.
        region: Region,
        /// What is missing.
        field: &'static str,
    },
}

/// EC2's words and the request's id, where there are any: what comes from a proxy has neither.
fn words(message: &str, request_id: &str) -> String {
    match (message, request_id) {
        ("", "") => String::new(),
        (message, "") => format!(": {message}"),
        ("", id) => format!(" (request `{id}`)"),
        (message, id) => format!(": {message} (request `{id}`)"),
    }
}

impl CloudError {
    /// What the refusal means; `None` where there was no answer.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(*refusal),
            Self::NoAnswer { .. } | Self::NotSent { .. } | Self::Incomplete { .. } => None,
        }
    }

    /// EC2's error code, where it gave one.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::NoAnswer { .. } | Self::NotSent { .. } | Self::Incomplete { .. } => None,
        }
    }

    /// The same error for somebody else who waited for the same answer. What the transport said comes as text.
    pub(crate) fn retold(&self) -> Self {
        match self {
            Self::Refused {
                call,
                region,
                refusal,
                code,
                message,
                request_id,
            } => Self::Refused {
                call,
                region: region.clone(),
                refusal: *refusal,
                code: code.clone(),
                message: message.clone(),
                request_id: request_id.clone(),
            },
            Self::NoAnswer {
                call,
                region,
                source,
            } => Self::NoAnswer {
                call,
                region: region.clone(),
                source: told(source.as_ref()),
            },
            Self::NotSent {
                call,
                region,
                source,
            } => Self::NotSent {
                call,
                region: region.clone(),
                source: told(source.as_ref()),
            },
            Self::Incomplete {
                call,
                region,
                field,
            } => Self::Incomplete {
                call,
                region: region.clone(),
                field,
            },
        }
    }

    /// Whether the refusal is `refusal`.
    pub(crate) fn is(&self, refusal: Refusal) -> bool {
        self.refusal() == Some(refusal)
    }

    /// Whether the call may have taken effect although it failed here.
    pub(crate) fn effect_is_unknown(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::Incomplete { .. } => true,
            Self::Refused { refusal, .. } => *refusal == Refusal::Server,
            Self::NotSent { .. } => false,
        }
    }
}

/// An error and its causes on one line.
fn told(error: &(dyn Error + 'static)) -> Box<dyn Error + Send + Sync> {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.join(": ").into()
}
