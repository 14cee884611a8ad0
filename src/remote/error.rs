//! What can go wrong on a machine that was reached.

use std::io;
use std::path::{Path, PathBuf};

use super::ConnectError;
use super::connect_error::Outlook;

/// A command or a transfer that did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// The machine said no, in its own words, such as `scp: /etc: Is a directory`.
    #[error("{0}")]
    Refused(String),
    /// The connection went. Whether the machine finished what it was told is unknown.
    #[error("the connection broke while {doing}")]
    Disconnected {
        /// What was under way, such as `uploading to `/tmp/x``.
        doing: String,
        /// What the transport said.
        #[source]
        source: Option<io::Error>,
    },
    /// The machine could not be reached again.
    #[error("cannot connect again")]
    Reconnect(#[source] Box<ConnectError>),
    /// A file or directory on this side.
    #[error("cannot use local `{}`", path.display())]
    Local {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl RemoteError {
    /// The connection broke while `doing`.
    pub(crate) fn broken(doing: impl Into<String>, source: io::Error) -> Self {
        Self::Disconnected {
            doing: doing.into(),
            source: Some(source),
        }
    }

    /// A local file that cannot be used.
    pub(crate) fn local(path: &Path, source: io::Error) -> Self {
        Self::Local {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether time may heal it: the connection is gone, and nothing says that the next one is refused for good.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Disconnected { .. } => true,
            Self::Reconnect(cause) => cause.outlook() != Outlook::Final,
            Self::Refused(_) | Self::Local { .. } => false,
        }
    }

    /// Whether the connection is gone, so that a new one may help.
    pub(crate) fn is_disconnect(&self) -> bool {
        matches!(self, Self::Disconnected { .. } | Self::Reconnect(_))
    }
}
