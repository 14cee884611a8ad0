//! Checks that several provisioners share, in Packer's words.

use std::path::Path;

use crate::facts::{Facts, FileKind};
use crate::template::document::{Json, Node};
use crate::template::duration::GoDuration;
use crate::template::fields::Fields;
use crate::template::source::Span;

use super::{GuestOs, ScriptSource};

/// What is wrong with a local path, in the system's words; `None` where nothing is, or where nobody looked yet.
pub(super) fn path_fault(path: &str, facts: &Facts) -> Option<String> {
    // A path that is joined to nothing would be the directory itself.
    if path.is_empty() {
        return Some("stat : no such file or directory".to_owned());
    }
    match facts.kind(Path::new(path))? {
        FileKind::Missing => Some(format!("stat {path}: no such file or directory")),
        FileKind::Refused => facts
            .refusal(Path::new(path))
            .map(|why| format!("{why}; {}", why.hint())),
        FileKind::Unreadable => Some(format!("stat {path}: permission denied")),
        FileKind::Directory | FileKind::File | FileKind::Special => None,
    }
}

/// What a path has to lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathKind {
    /// Anything but a directory.
    File,
    /// A directory.
    Directory,
}

/// What is wrong with a path that has to lead to this: it leads nowhere, or to something else.
enum WrongPath {
    Fault(String),
    Kind(&'static str),
}

fn look(path: &str, kind: PathKind, facts: &Facts) -> Option<WrongPath> {
    if let Some(fault) = path_fault(path, facts) {
        return Some(WrongPath::Fault(fault));
    }
    let is_directory = facts.kind(Path::new(path))? == FileKind::Directory;
    match kind {
        PathKind::File if is_directory => Some(WrongPath::Kind("a file")),
        PathKind::Directory if !is_directory => Some(WrongPath::Kind("a directory")),
        PathKind::File | PathKind::Directory => None,
    }
}

/// What is wrong with a path, as the end of a sentence that begins with its key.
pub(super) fn wrong_path(path: &str, kind: PathKind, facts: &Facts) -> Option<String> {
    look(path, kind, facts).map(|wrong| match wrong {
        WrongPath::Fault(fault) => format!("is invalid: {fault}"),
        WrongPath::Kind(kind) => format!("must point to {kind}"),
    })
}

/// The same as what follows a colon.
pub(super) fn bad_path(path: &str, kind: PathKind, facts: &Facts) -> Option<String> {
    look(path, kind, facts).map(|wrong| match wrong {
        WrongPath::Fault(fault) => fault,
        WrongPath::Kind(kind) => format!("not {kind}"),
    })
}

/// `config_template` and `encrypted_data_bag_secret_path` of the Chef provisioners.
pub(super) fn chef_files(fields: &mut Fields<'_>, facts: &Facts) {
    let template = fields.text("config_template");
    if !template.is_empty() {
        match look(&template, PathKind::File, facts) {
            Some(WrongPath::Fault(fault)) => {
                fields.problem(
                    "config_template",
                    format!("Bad config template path: {fault}"),
                );
            }
            Some(WrongPath::Kind(_)) => {
                let message = format!("Config template path must be a file: {template}");
                fields.problem("config_template", message);
            }
            None => {}
        }
    }
    let key = "encrypted_data_bag_secret_path";
    let secret = fields.text(key);
    if let Some(fault) = (!secret.is_empty())
        .then(|| bad_path(&secret, PathKind::File, facts))
        .flatten()
    {
        fields.problem(
            key,
            format!("Bad encrypted data bag secret '{secret}': {fault}"),
        );
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

/// A file, and no directory, that has to exist where the key is given.
pub(super) fn existing_file(fields: &mut Fields<'_>, key: &str, facts: &Facts) {
    let path = fields.text(key);
    if !path.is_empty() {
        existing_of_kind(fields, (key, &path), FileKind::Directory, facts);
    }
}

/// Files, and no directories, that have to exist.
pub(super) fn all_existing_files(fields: &mut Fields<'_>, key: &str, facts: &Facts) {
    for path in fields.strings(key) {
        existing_of_kind(fields, (key, &path), FileKind::Directory, facts);
    }
}

/// Directories that have to exist.
pub(super) fn all_existing_directories(fields: &mut Fields<'_>, key: &str, facts: &Facts) {
    for path in fields.strings(key) {
        existing_of_kind(fields, (key, &path), FileKind::File, facts);
    }
}

fn existing_of_kind(fields: &Fields<'_>, (key, path): (&str, &str), not: FileKind, facts: &Facts) {
    if facts.kind(Path::new(path)) == Some(not) {
        let what = match not {
            FileKind::Directory => "file",
            _ => "directory",
        };
        fields.problem(key, format!("{key}: {path} must point to a {what}"));
    }
    if let Some(fault) = path_fault(path, facts) {
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

/// Where the values of a list stand: each by itself, or all of them in one text.
pub(super) fn spans(fields: &mut Fields<'_>, key: &str) -> Vec<Span> {
    match fields.node(key) {
        Some(Node {
            value: Json::Array(items),
            ..
        }) => items.iter().map(|item| item.span).collect(),
        Some(node) => vec![node.span],
        None => Vec::new(),
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

/// Packer's time for uploading and starting a script: five minutes.
const START_RETRY_TIMEOUT: GoDuration = GoDuration(300 * 1_000_000_000);

/// `start_retry_timeout`, where zero stands for the default.
pub(super) fn start_retry_timeout(fields: &mut Fields<'_>) -> GoDuration {
    fields
        .duration("start_retry_timeout")
        .filter(|limit| !limit.is_zero())
        .unwrap_or(START_RETRY_TIMEOUT)
}

/// A text that counts only where it is not empty.
pub(super) fn non_empty(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    fields.string(key).filter(|text| !text.is_empty())
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
pub(super) fn guest_os(fields: &mut Fields<'_>) -> GuestOs {
    let guest = fields.text("guest_os_type").to_lowercase();
    match guest.as_str() {
        "" | "unix" => GuestOs::Unix,
        "windows" => GuestOs::Windows,
        _ => {
            let message = format!("Invalid guest_os_type: \"{guest}\"");
            fields.problem("guest_os_type", message);
            GuestOs::Unix
        }
    }
}
