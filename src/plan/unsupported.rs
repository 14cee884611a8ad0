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

    /// Notes that `key` asks for something that cannot be had beside `other`, which Packer drops in silence.
    pub(crate) fn note_conflict(&mut self, fields: &Fields<'_>, key: &str, other: &str) {
        fields.warning(
            key,
            format!("`{key}` cannot be had beside `{other}`: the template is valid, but `build` refuses it"),
        );
        self.keys.push(pair(key, "beside", other));
    }

    /// Notes that `key` says nothing without `other`, and that the build would miss what it says.
    pub(crate) fn note_without(&mut self, fields: &Fields<'_>, key: &str, other: &str) {
        fields.warning(
            key,
            format!("`{key}` says nothing without `{other}`: the template is valid, but `build` refuses it"),
        );
        self.keys.push(pair(key, "without", other));
    }

    /// The keys' names.
    pub(crate) fn into_keys(self) -> Vec<String> {
        self.keys
    }
}

/// Two keys in place of one: whoever tells of it puts backticks around the whole.
fn pair(key: &str, how: &str, other: &str) -> String {
    format!("{key}` {how} `{other}")
}
