//! `formulas` of `salt-masterless`: Git repositories with a directory of states each.

/// One formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Formula {
    /// As the template gives it.
    pub(crate) source: String,
    /// What `git clone` takes.
    pub(crate) repository: String,
    /// The directory in it, and its name in the state tree.
    pub(crate) directory: String,
    /// `?ref=`: a branch, a tag or a commit.
    pub(crate) reference: Option<String>,
}

/// Why a text is no formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoFormula {
    /// Packer refuses it too.
    Shape,
    /// It has a setting of go-getter's that is not done here.
    Setting,
}

/// Hosts that go-getter knows without a scheme.
const HOSTS: [&str; 3] = ["github.com/", "gitlab.com/", "bitbucket.org/"];

/// Reads one as go-getter does: `[git::]REPOSITORY.git//DIRECTORY[?ref=REFERENCE]`.
pub(super) fn parse(text: &str) -> Result<Formula, NoFormula> {
    let (repository, rest) = text.rsplit_once(".git//").ok_or(NoFormula::Shape)?;
    let (directory, query) = rest.split_once('?').unwrap_or((rest, ""));
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if directory.is_empty() || !directory.chars().all(is_name) {
        return Err(NoFormula::Shape);
    }
    let mut reference = None;
    for setting in query.split('&').filter(|setting| !setting.is_empty()) {
        match setting.split_once('=') {
            Some(("ref", value)) => reference = Some(value.to_owned()),
            // How much of the history travels changes nothing in the result.
            Some(("depth", _)) => {}
            _ => return Err(NoFormula::Setting),
        }
    }
    let repository = repository.strip_prefix("git::").unwrap_or(repository);
    let scheme = HOSTS.iter().any(|host| repository.starts_with(host));
    Ok(Formula {
        source: text.to_owned(),
        repository: format!("{}{repository}.git", if scheme { "https://" } else { "" }),
        directory: directory.to_owned(),
        reference,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_a_repository_a_directory_and_perhaps_a_reference() {
        let formula = parse("git::https://example.com/a/salt.git//nginx?ref=v1.2").unwrap();
        assert_eq!(formula.repository, "https://example.com/a/salt.git");
        assert_eq!(formula.directory, "nginx");
        assert_eq!(formula.reference.as_deref(), Some("v1.2"));
        let formula = parse("github.com/a/salt.git//nginx").unwrap();
        assert_eq!(formula.repository, "https://github.com/a/salt.git");
        let formula = parse("git@example.com:a/salt.git//nginx").unwrap();
        assert_eq!(formula.repository, "git@example.com:a/salt.git");
    }

    #[test]
    fn what_packer_refuses_is_told_from_what_is_not_done_here() {
        for text in [
            "https://example.com/a.git",
            "x.git//",
            "x.git//a/b",
            "x.git//..",
        ] {
            assert_eq!(parse(text), Err(NoFormula::Shape), "{text}");
        }
        assert_eq!(parse("x.git//a?sshkey=AAAA"), Err(NoFormula::Setting));
    }
}
