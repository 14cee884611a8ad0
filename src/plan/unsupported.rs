//! Keys that Packer knows and that we decode and check, but do not do yet.
//!
//! `validate` names each of them in a warning; `build` refuses the template by name before its first call.
//! So nothing that a template asks for is silently dropped.

use crate::template::fields::Fields;

/// The keys noted so far, in the order in which they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unsupported {
    keys: Vec<String>,
}

impl Unsupported {
    /// Notes that `key` asks for something that `build` does not do yet.
    pub(crate) fn note(&mut self, fields: &Fields<'_>, key: &str) {
        fields.warning(
            key,
            format!("`{key}` is not supported yet: the template is valid, but `build` refuses it"),
        );
        self.keys.push(key.to_owned());
    }

    /// The keys' names.
    pub(crate) fn into_keys(self) -> Vec<String> {
        self.keys
    }
}
