//! A case: a JSON head, then the input files, each after a line `-- NAME --`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// A case as it stands in its file.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) head: Head,
    /// The input files by path.
    pub(crate) files: BTreeMap<String, String>,
}

/// What is run, and what has to come of it. Expected texts may hold the placeholders of [`crate::pattern`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    /// What the case is about; for readers.
    #[serde(default, rename = "note")]
    _note: String,
    /// Where Packer 1.16 differs from 1.6.6, with which the case was recorded, what it does; the case expects that.
    #[serde(default, rename = "newer")]
    _newer: String,
    /// The command lines after the binary's name, run one after the other.
    pub(crate) run: Vec<String>,
    /// The exit code of each.
    pub(crate) exits: Vec<i32>,
    /// Texts that the output, a written file or a command to the machine has to hold.
    #[serde(default)]
    pub(crate) mentions: Vec<String>,
    /// Texts that the output must not hold.
    #[serde(default)]
    pub(crate) never_mentions: Vec<String>,
    /// The JSON that stdout begins with.
    pub(crate) prints: Option<Value>,
    /// Lines of machine-readable output.
    #[serde(default)]
    pub(crate) lines: Vec<String>,
    /// Every file that is written or changed: its text, or for an archive an object as `archive.rs` makes it.
    #[serde(default)]
    pub(crate) writes: BTreeMap<String, Value>,
    /// What happens on a machine with sshd; without it there is none.
    pub(crate) machine: Option<OnMachine>,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) signal: Option<Signal>,
    /// Input files that cannot stand below: those without a line end at the end, or with other line ends.
    #[serde(default)]
    files: BTreeMap<String, String>,
}

/// What a machine saw.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnMachine {
    /// The commands that it was asked to run, without the transfer of files.
    pub(crate) asked: Vec<String>,
    /// The files that are left in its `REMOTE` directory.
    pub(crate) files: BTreeMap<String, Value>,
}

/// A signal to send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signal {
    /// `INT` or `TERM`.
    pub(crate) name: String,
    /// `group` or `pid`.
    pub(crate) to: String,
    /// The file whose appearance is the moment.
    pub(crate) once_there_is: String,
}

/// Reads a case.
pub(crate) fn read(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let (head, rest) = match text.find("\n-- ") {
        Some(end) => text.split_at(end + 1),
        None => (text.as_str(), ""),
    };
    let mut head: Head = serde_json::from_str(head)
        .unwrap_or_else(|error| panic!("the head of {}: {error}", path.display()));
    let mut files = std::mem::take(&mut head.files);
    files.extend(sections(rest));
    let name = path.file_stem().expect("a case has a name");
    Case {
        name: name.to_string_lossy().into_owned(),
        head,
        files,
    }
}

fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let name = line
            .strip_prefix("-- ")
            .and_then(|line| line.strip_suffix(" --\n"));
        match (name, sections.last_mut()) {
            (Some(name), _) => sections.push((name.to_owned(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => panic!("text before the first file: {line}"),
        }
    }
    sections
}
