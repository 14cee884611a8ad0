//! Which Packer we answer as, and our own version.

/// The Packer release whose JSON language and amazon builders this program follows.
/// `packer_version` and `min_packer_version` are answered with it.
pub(crate) const PACKER: &str = "1.16.0";

/// Our own version.
pub(crate) const OWN: &str = env!("CARGO_PKG_VERSION");
