use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

use super::*;

const BASE: &str = "ba5e000000000000000000000000000000000001";
const HEAD: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
/// `printf 'blob 6\0hello\n' | sha1sum`
const HELLO: &str = "ce013625030ba8dba906f756967f9e9ca394464a";

struct Place {
    _directory: tempfile::TempDir,
    workspace: PathBuf,
}

impl Place {
    /// A checkout of `commit` with `t.json`, which holds `hello`.
    fn new(commit: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let workspace = directory.path().canonicalize().unwrap().join("work");
        fs::create_dir_all(workspace.join(".git")).unwrap();
        fs::write(workspace.join(".git/HEAD"), commit).unwrap();
        fs::create_dir(workspace.join("images")).unwrap();
        fs::write(workspace.join("images/t.json"), "hello\n").unwrap();
        Self {
            _directory: directory,
            workspace,
        }
    }

    fn template(&self) -> PathBuf {
        self.workspace.join("images/t.json")
    }

    fn believing(&self, files: Result<BTreeMap<String, String>, String>) -> TrustedCommits {
        TrustedCommits {
            event: "pull_request_target".to_owned(),
            commits: vec![TrustedCommit {
                id: BASE.to_owned(),
                files,
            }],
            head: Some(HEAD.to_owned()),
            allowed: Vec::new(),
            workspace: self.workspace.clone(),
        }
    }

    fn bounds(&self, commits: Option<TrustedCommits>) -> Bounds {
        Bounds::new(std::slice::from_ref(&self.workspace), commits)
    }

    fn trusting(&self) -> Bounds {
        let files = BTreeMap::from([("images/t.json".to_owned(), HELLO.to_owned())]);
        self.bounds(Some(self.believing(Ok(files))))
    }
}

fn why(result: Result<(), OutOfBounds>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn without_bounds_every_file_may_be_used() {
    assert_eq!(Bounds::default().read(Path::new("/etc/passwd")), Ok(()));
    assert_eq!(Bounds::default().write(Path::new("/etc/passwd")), Ok(()));
}

#[test]
fn files_outside_are_refused_by_any_way_that_leads_there() {
    let place = Place::new(BASE);
    let bounds = place.bounds(None);
    symlink("/etc", place.workspace.join("images/link")).unwrap();
    assert_eq!(bounds.read(&place.template()), Ok(()));
    for path in [
        "/etc/passwd",
        "images/link/passwd",
        "images/../../x",
        "images",
    ] {
        let refused = why(bounds.read(&place.workspace.join(path)));
        assert!(
            refused.contains("outside the workspace"),
            "{path}: {refused}"
        );
    }
    assert!(
        bounds
            .write(&place.workspace.join("images/link/new"))
            .is_err()
    );
    assert_eq!(bounds.write(&place.workspace.join("new/file")), Ok(()));
    let wider = bounds.and(Path::new("/etc"));
    assert_eq!(wider.read(Path::new("/etc/passwd")), Ok(()));
}

#[test]
fn a_file_that_is_as_in_the_branch_is_used() {
    let place = Place::new(BASE);
    assert_eq!(place.trusting().read(&place.template()), Ok(()));
    assert_eq!(
        place.trusting().read(&place.workspace.join("images")),
        Ok(())
    );
}

#[test]
fn a_file_of_the_pull_request_is_refused_unless_it_is_named() {
    let place = Place::new(HEAD);
    let refused = why(place.trusting().read(&place.template()));
    assert!(
        refused.contains("the pull request's commit `6dcb09b5b578`"),
        "{refused}"
    );
    for allowed in [place.template(), place.workspace.join("images")] {
        let mut commits = place.believing(Err("nobody asked".to_owned()));
        commits.allowed.push(allowed);
        assert_eq!(place.bounds(Some(commits)).read(&place.template()), Ok(()));
    }
}

#[test]
fn what_a_step_changed_or_added_in_the_branchs_own_checkout_is_refused() {
    let place = Place::new(BASE);
    fs::write(place.workspace.join("images/added"), "x").unwrap();
    let refused = why(place.trusting().read(&place.workspace.join("images")));
    assert!(refused.contains("no such file"), "{refused}");
    fs::write(place.template(), "fetched over it\n").unwrap();
    let refused = why(place.trusting().read(&place.template()));
    assert!(
        refused.contains("not as in the commit `ba5e00000000`"),
        "{refused}"
    );
}

#[test]
fn where_it_cannot_be_told_it_is_refused() {
    let place = Place::new(&"c".repeat(40));
    let refused = why(place.trusting().read(&place.template()));
    assert!(
        refused.contains("does not tell where it comes from"),
        "{refused}"
    );
    let place = Place::new(BASE);
    let unlisted = place.bounds(Some(place.believing(Err("GitHub answered 403".to_owned()))));
    let refused = why(unlisted.read(&place.template()));
    assert!(refused.contains("GitHub answered 403"), "{refused}");
    fs::remove_dir_all(place.workspace.join(".git")).unwrap();
    let refused = why(place.trusting().read(&place.template()));
    assert!(refused.contains("in no checkout"), "{refused}");
}

#[test]
fn a_rehearsal_reads_what_it_may_and_writes_only_what_is_its_own() {
    let place = Place::new(BASE);
    let scratch = place.workspace.join("scratch");
    fs::create_dir(&scratch).unwrap();
    symlink(&place.workspace, scratch.join("link")).unwrap();
    for bounds in [Bounds::default(), place.bounds(None)] {
        let bounds = bounds.writing_only_in(&scratch);
        assert_eq!(bounds.read(&place.template()), Ok(()));
        assert_eq!(bounds.collect(&place.template()), Ok(()));
        assert_eq!(bounds.write(&scratch.join("new/file")), Ok(()));
        for path in ["link/images/t.json", "new/../../t.json"] {
            let refused = why(bounds.write(&scratch.join(path)));
            assert!(
                refused.contains("is not written by a rehearsal"),
                "{refused}"
            );
            assert!(bounds.keeps(&scratch.join(path)), "{path}");
        }
        assert!(!bounds.keeps(&scratch.join("link")));
    }
    assert!(!Bounds::default().keeps(Path::new("/etc/passwd")));
}
