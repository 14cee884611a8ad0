//! Who the proxy lets in, and what it does for them.

use std::sync::Arc;

use crate::remote::Pipes;
use crate::report::ui::Ui;
use crate::secret::Secret;

/// The key that may log in.
pub(super) enum Client {
    /// By its private half, in PEM.
    Private(Secret),
    /// As `TYPE BASE64`.
    Public(String),
}

/// What is done for whom.
#[derive(Clone)]
pub(super) struct Pass {
    /// Who may log in.
    pub(super) user: String,
    /// What runs on the machine for SFTP.
    pub(super) sftp_command: String,
    /// The way to the machine.
    pub(super) pipes: Arc<dyn Pipes>,
    /// Where trouble is told.
    pub(super) ui: Ui,
}
