//! Looks at the disk for the facts that a plan missed.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::facts::{Facts, FileFact, LONGEST_FILE, Need};

/// Gathers what `needs` names. Relative paths count from the working directory; a leading `~` is `HOME`.
///
/// It never fails: a path that cannot be read is a fact too.
pub(crate) fn gather(facts: &mut Facts, needs: Vec<Need>) {
    for need in needs {
        match need {
            Need::Existence(path) => {
                let fact = allowed(facts, &path, existence);
                facts.add_file(path, fact);
            }
            Need::Contents(path) => {
                let fact = allowed(facts, &path, contents);
                facts.add_file(path, fact);
            }
            Need::ToolVersion(tool) => {
                let version = tool_version(facts, &tool);
                facts.add_tool(tool, version);
            }
        }
    }
}

/// What is to be known of a path that may be looked at.
fn allowed(facts: &Facts, path: &Path, look: fn(&Path) -> FileFact) -> FileFact {
    let path = resolve(facts, path);
    match facts.bounds.read(&path) {
        Ok(()) => look(&path),
        Err(refused) => FileFact::Refused(refused),
    }
}

/// The path as the system takes it.
pub(crate) fn resolve(facts: &Facts, path: &Path) -> PathBuf {
    let home = facts
        .environment
        .get("HOME")
        .filter(|home| !home.is_empty());
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => facts.working_directory.join(path),
    }
}

fn existence(path: &Path) -> FileFact {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => FileFact::Directory,
        Ok(metadata) if metadata.is_file() => FileFact::Present,
        Ok(_) => FileFact::Special,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            FileFact::Missing
        }
        Err(error) => FileFact::Unreadable(error.to_string()),
    }
}

fn contents(path: &Path) -> FileFact {
    match existence(path) {
        FileFact::Present => {}
        other => return other,
    }
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_end(&mut bytes)) {
        Ok(length) if length as u64 > LONGEST_FILE => {
            FileFact::Unreadable(format!("larger than {} MiB", LONGEST_FILE >> 20))
        }
        Ok(_) => FileFact::File(bytes.into()),
        Err(error) => FileFact::Unreadable(error.to_string()),
    }
}

/// What `TOOL --version` prints, where the tool runs and succeeds.
fn tool_version(facts: &Facts, tool: &str) -> Option<String> {
    let output = Command::new(tool)
        .arg("--version")
        .current_dir(&facts.working_directory)
        .env_clear()
        .envs(&facts.environment)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileKind;

    #[test]
    fn paths_count_from_the_working_directory_and_tilde_from_home() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("here"), "text").unwrap();
        let mut facts = Facts::for_tests();
        facts.working_directory = directory.path().to_owned();
        facts
            .environment
            .insert("HOME".into(), directory.path().display().to_string());
        let paths = ["here", "~/here", "gone", "here/below", "."];
        gather(
            &mut facts,
            paths
                .iter()
                .map(|path| Need::Existence(path.into()))
                .collect(),
        );
        let kinds: Vec<_> = paths
            .iter()
            .map(|path| facts.kind(Path::new(path)).unwrap())
            .collect();
        use FileKind::{Directory, File, Missing};
        assert_eq!(kinds, [File, File, Missing, Missing, Directory]);
    }

    #[test]
    fn a_file_is_read_and_an_oversized_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("small"), "text").unwrap();
        File::create(directory.path().join("large"))
            .unwrap()
            .set_len(LONGEST_FILE + 1)
            .unwrap();
        let mut facts = Facts::for_tests();
        facts.working_directory = directory.path().to_owned();
        gather(
            &mut facts,
            vec![
                Need::Contents("small".into()),
                Need::Contents("large".into()),
            ],
        );
        assert_eq!(
            facts.contents(Path::new("small")),
            Some(&FileFact::File(b"text".as_slice().into()))
        );
        assert!(matches!(
            facts.contents(Path::new("large")),
            Some(FileFact::Unreadable(_))
        ));
    }

    #[test]
    fn a_tool_that_is_not_there_has_no_version() {
        let mut facts = Facts::for_tests();
        facts.working_directory = "/".into();
        gather(
            &mut facts,
            vec![Need::ToolVersion("no-such-tool-anywhere".into())],
        );
        assert_eq!(facts.tool_version("no-such-tool-anywhere"), Some(None));
    }
}
