//! From text to [`model::Template`]: JSON with positions, Go's template language, variables, weak typing.
//!
//! Nothing here does I/O: files, environment and the time come in as [`crate::facts::Facts`].

pub(crate) mod aws_secret;
pub(crate) mod document;
pub(crate) mod duration;
pub(crate) mod fields;
pub(crate) mod functions;
pub(crate) mod go_json;
pub(crate) mod gotmpl;
pub(crate) mod inspect;
pub(crate) mod json;
pub(crate) mod model;
pub(crate) mod overlay;
pub(crate) mod problem;
pub(crate) mod render;
pub(crate) mod schema;
pub(crate) mod scope;
pub(crate) mod source;
pub(crate) mod variable_file;
pub(crate) mod variables;
pub(crate) mod vault_answer;
pub(crate) mod version;
pub(crate) mod weak;
