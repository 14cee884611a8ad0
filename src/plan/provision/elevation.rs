//! `elevated_user` and `elevated_password`: a command on Windows runs as a scheduled task of that user.

use crate::secret::Secret;
use crate::template::fields::Fields;

use super::checks;

/// As whom it runs.
#[derive(Clone, Debug)]
pub(crate) struct Elevation {
    /// The user.
    pub(crate) user: String,
    /// His password; empty for the system's own users. Rendered again at run time.
    pub(crate) password: Secret,
}

impl Elevation {
    /// Reads the two keys.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let (user, password) = (
            checks::non_empty(fields, "elevated_user"),
            fields.text("elevated_password"),
        );
        user.map(|user| Self {
            user,
            password: Secret::new(password),
        })
    }
}
