//! Checks that several provisioners share, in Packer's words.

use std::path::Path;

use crate::facts::{Facts, FileKind};
use crate::template::fields::Fields;

use super::ScriptSource;

/// What is wrong with a local path, in the system's words; `None` where nothing is, or where nobody looked yet.
pub(super) fn path_fault(path: &str, facts: &Facts) -> Option<String> {
    match facts.kind(Path::new(path))? {
        FileKind::Missing => Some(format!("stat {path}: no such file or directory")),
        FileKind::Unreadable => Some(format!("stat {path}: permission denied")),
        FileKind::Directory | FileKind::File | FileKind::Special => None,
    }
}

/// A path that has to exist where the key is given.
pub(super) fn existing(fields: &mut Fields<'_>, key: &str, facts: &Facts) {
    let path = fields.text(key);
    if path.is_empty() {
        return;
    }
    if let Some(fault) = path_fault(&path, facts) {
        fields.problem(key, format!("{key}: {path} is invalid: {fault}"));
    }
}

/// Paths that have to exist.
pub(super) fn all_existing(fields: &mut Fields<'_>, key: &str, facts: &Facts) {
    for path in fields.strings(key) {
        if let Some(fault) = path_fault(&path, facts) {
            fields.problem(key, format!("{key}: {path} is invalid: {fault}"));
        }
    }
}

/// A directory that has to exist where the key is given.
pub(super) fn existing_directory(fields: &mut Fields<'_>, key: &str, facts: &Facts) {
    let path = fields.text(key);
    if !path.is_empty() && facts.kind(Path::new(&path)) == Some(FileKind::File) {
        fields.problem(key, format!("{key}: {path} must point to a directory"));
    }
    existing(fields, key, facts);
}

/// `script`, `scripts` and `inline`, of which exactly one kind has to be given.
pub(super) fn scripts(fields: &mut Fields<'_>, facts: &Facts) -> ScriptSource {
    let (script, mut files, inline) = (
        fields.text("script"),
        fields.strings("scripts"),
        fields.strings("inline"),
    );
    if !script.is_empty() && !files.is_empty() {
        fields.problem("scripts", "Only one of script or scripts can be specified.");
    }
    if !script.is_empty() {
        files = vec![script];
    }
    let key = if fields.has("scripts") {
        "scripts"
    } else {
        "script"
    };
    match (files.is_empty(), inline.is_empty()) {
        (true, true) => fields.problem(
            "inline",
            "Either a script file or inline script must be specified.",
        ),
        (false, false) => fields.problem(
            "inline",
            "Only a script file or an inline script can be specified, not both.",
        ),
        _ => {}
    }
    for path in &files {
        if let Some(fault) = path_fault(path, facts) {
            fields.problem(key, format!("Bad script '{path}': {fault}"));
        }
    }
    if files.is_empty() {
        ScriptSource::Inline(inline)
    } else {
        ScriptSource::Files(files)
    }
}

/// `environment_vars`: every one has to be `key=value`.
pub(super) fn environment_vars(fields: &mut Fields<'_>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for text in fields.strings("environment_vars") {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => pairs.push((key.to_owned(), value.to_owned())),
            _ => fields.problem(
                "environment_vars",
                format!("Environment variable not in format 'key=value': {text}"),
            ),
        }
    }
    pairs
}

/// `valid_exit_codes`; Packer's default is 0 alone.
pub(super) fn valid_exit_codes(fields: &mut Fields<'_>) -> Vec<i64> {
    let codes = fields.integers("valid_exit_codes");
    if codes.is_empty() { vec![0] } else { codes }
}

/// `elevated_user` and `elevated_password` go together.
pub(super) fn elevation(fields: &mut Fields<'_>) {
    if fields.text("elevated_user").is_empty() && !fields.text("elevated_password").is_empty() {
        fields.problem(
            "elevated_password",
            "Must supply an 'elevated_user' if 'elevated_password' provided",
        );
    }
}

/// `guest_os_type`, which chooses the commands.
pub(super) fn guest_os(fields: &mut Fields<'_>) {
    let guest = fields.text("guest_os_type");
    if !matches!(guest.to_lowercase().as_str(), "" | "unix" | "windows") {
        fields.problem(
            "guest_os_type",
            format!("Invalid guest_os_type: \"{guest}\""),
        );
    }
}
