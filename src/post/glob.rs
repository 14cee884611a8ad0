//! Go's `filepath.Glob`: `*`, `?`, `[a-z]`, `[^a-z]` and `\` within one component; a leading dot is a letter like any other.

use std::fs;
use std::path::Path;

use glob::Pattern;

/// A pattern that Go refuses too.
#[derive(Debug, thiserror::Error)]
#[error("syntax error in pattern `{pattern}`")]
pub(crate) struct BadPattern {
    pattern: String,
}

/// What matches `pattern`, sorted within each directory. Relative patterns start at `directory` and give relative paths.
pub(super) fn find(pattern: &str, directory: &Path) -> Result<Vec<String>, BadPattern> {
    if !has_wildcards(pattern) {
        let there = fs::symlink_metadata(directory.join(pattern)).is_ok();
        return Ok(there.then(|| pattern.to_owned()).into_iter().collect());
    }
    let (parent, name) = match pattern.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((parent, name)) => (parent, name),
        None => (".", pattern),
    };
    let bad = || BadPattern {
        pattern: pattern.to_owned(),
    };
    let matcher = Pattern::new(&translated(name).ok_or_else(bad)?).map_err(|_reason| bad())?;
    let mut found = Vec::new();
    for parent in find(parent, directory)? {
        let matching = names_in(&directory.join(&parent)).into_iter();
        found.extend(
            matching
                .filter(|name| matcher.matches(name))
                .map(|name| join(&parent, &name)),
        );
    }
    Ok(found)
}

fn has_wildcards(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '\\'])
}

/// Sorted. What cannot be read has no names, as in Go.
fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// As Go's `filepath.Join`, which drops `.` and doubled slashes.
fn join(parent: &str, name: &str) -> String {
    let absolute = parent.starts_with('/');
    let parts = parent
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<&str> = parts.chain([name]).collect();
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}

/// Go's spelling of one component in the `glob` crate's. `None` where Go sees a syntax error.
fn translated(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // To the crate, two stars are a wildcard of their own.
            '*' if out.ends_with('*') => {}
            '\\' => out.push_str(&Pattern::escape(&letters.next()?.to_string())),
            '[' => {
                out.push('[');
                if letters.next_if_eq(&'^').is_some() {
                    out.push('!');
                }
                let mut class = String::new();
                loop {
                    match letters.next()? {
                        ']' if class.is_empty() => return None,
                        ']' => break,
                        '\\' => class.push(letters.next()?),
                        other => class.push(other),
                    }
                }
                out.push_str(&class);
                out.push(']');
            }
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str) -> Vec<String> {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir_all(base.path().join("dir/deep")).unwrap();
        for file in [
            "b.md",
            "a.md",
            ".hidden.md",
            "a*b",
            "dir/c.md",
            "dir/deep/d.md",
        ] {
            fs::write(base.path().join(file), file).unwrap();
        }
        find(pattern, base.path()).unwrap()
    }

    #[test]
    fn a_plain_path_is_given_back_as_it_is_spelled_where_it_exists() {
        assert_eq!(found("./dir//c.md"), ["./dir//c.md"]);
        assert_eq!(found("nothing.md"), Vec::<String>::new());
    }

    #[test]
    fn a_star_matches_sorted_and_with_dot_files_but_not_across_directories() {
        assert_eq!(found("*.md"), [".hidden.md", "a.md", "b.md"]);
        assert_eq!(found("./*/*.md"), ["dir/c.md"]);
        assert_eq!(found("**/d.md"), Vec::<String>::new());
        assert_eq!(found("dir/**"), ["dir/c.md", "dir/deep"]);
    }

    #[test]
    fn classes_and_escapes_are_gos() {
        assert_eq!(found("[^b].md"), ["a.md"]);
        assert_eq!(found("[a-b].m?"), ["a.md", "b.md"]);
        assert_eq!(found(r"a\*b"), ["a*b"]);
    }

    #[test]
    fn a_broken_pattern_is_named() {
        for pattern in ["[", "[]a]", "a\\", "[a"] {
            let error = find(pattern, Path::new("/")).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("syntax error in pattern `{pattern}`")
            );
        }
    }
}
