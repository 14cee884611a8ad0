//! `guest_os_type`: whose commands a provisioner uses on the machine, and whether with `sudo`.

/// The machine's kind of system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuestOs {
    /// A Unix; Packer's default.
    Unix,
    /// Windows.
    Windows,
}

/// Whether commands run by `sudo`; on Windows they never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sudo {
    /// Yes.
    Use,
    /// No.
    Leave,
}

impl Sudo {
    /// What a key that forbids it leaves.
    pub(super) fn unless(forbidden: bool) -> Self {
        if forbidden { Self::Leave } else { Self::Use }
    }

    /// For a template's `.Sudo`.
    pub(crate) fn is_used(self) -> bool {
        self == Self::Use
    }
}
