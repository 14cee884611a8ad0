//! TCP ports, which Packer does not check.

use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// Where sshd listens when nothing else is said.
const SSH: u16 = 22;

/// Notes a port that cannot exist: Packer's `validate` lets it pass, and no connection can be made with it.
pub(super) fn check(fields: &Fields<'_>, key: &str, port: i64, unsupported: &mut Unsupported) {
    if u16::try_from(port).is_err() {
        unsupported.note(fields, key);
    }
}

/// The port, 22 where it is unset.
pub(super) fn or_default(port: i64) -> u16 {
    or(port, SSH)
}

/// The port, `default` where it is unset.
pub(super) fn or(port: i64, default: u16) -> u16 {
    match u16::try_from(port) {
        Ok(0) | Err(_) => default,
        Ok(port) => port,
    }
}
