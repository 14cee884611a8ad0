//! What a part of this machine is: every file's content, and whose every path is. By coreutils, since it is some gigabytes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// A line for each path with its kind, mode, owner and target, and one for each file's content.
pub(crate) struct Checksum(BTreeSet<String>);

/// `cksum` counts a gigabyte in a fifth of a second. Interpreters write what they compiled whenever somebody runs them.
const SCRIPT: &str = r#"
find "$@" -name __pycache__ -prune -o -printf '%y %m %U:%G %p %l\n'
find "$@" -name __pycache__ -prune -o -type f -print0 | xargs -0 -r -P "$(nproc)" -n 400 cksum
"#;

impl Checksum {
    /// All that is below these directories.
    pub(crate) fn of(roots: &[&Path]) -> Self {
        Self::printed(Command::new("sh").args(["-c", SCRIPT, "sh"]).args(roots))
    }

    /// What is told of a home without what lives in it, such as compilers and other tests: the files at its top, its names, and
    /// the directories of keys and credentials.
    pub(crate) fn of_home(home: &Path) -> Self {
        let names = std::fs::read_dir(home).unwrap();
        let names = names.map(|entry| entry.unwrap().path().display().to_string());
        let mut lines: BTreeSet<String> = names.collect();
        for part in [".aws", ".docker", ".gnupg", ".ssh"] {
            if home.join(part).is_dir() {
                lines.extend(Self::of(&[&home.join(part)]).0);
            }
        }
        let top = "find \"$1\" -maxdepth 1 -type f -exec cksum '{}' +";
        let top = Self::printed(Command::new("sh").args(["-c", top, "sh"]).arg(home));
        lines.extend(top.0);
        Self(lines)
    }

    /// What is different in `other`, a line for each path's before and after.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let different = self.0.symmetric_difference(&other.0);
        different.cloned().collect()
    }

    fn printed(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: BTreeSet<String> = text.lines().map(str::to_owned).collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!lines.is_empty(), "{errors}");
        Self(lines)
    }
}
