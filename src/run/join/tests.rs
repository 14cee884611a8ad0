use super::*;
use crate::report::result::RunReport;
use crate::report::result::tests::{run, succeeded};
use crate::report::result_file::recorded;

fn matrix(builds: &[&str]) -> Matrix {
    let job = |build: &&str| Job {
        build: (*build).to_owned(),
        kind: "amazon-ebs".to_owned(),
        region: None,
    };
    Matrix::new(builds.iter().map(job).collect()).unwrap()
}

/// The result of a job that was to make this build.
fn result(build: &str, attempt: u64, report: RunReport) -> RunRecord {
    recorded(&report, &[build.to_owned()], attempt)
}

fn made(build: &str) -> RunRecord {
    result(build, 1, run(vec![succeeded(build)]))
}

fn joined(builds: &[&str], records: Vec<RunRecord>) -> Joined {
    let found = Found {
        records,
        unreadable: Vec::new(),
    };
    join(&matrix(builds), "./packer/web.json", found)
}

fn conclusions(joined: &Joined) -> Vec<(&str, &'static str)> {
    let builds = joined.builds.iter();
    builds
        .map(|build| (build.facts().name.as_str(), build.conclusion().word()))
        .collect()
}

#[test]
fn every_build_of_the_matrix_has_its_result_in_the_order_of_the_matrix() {
    let joined = joined(&["web", "db"], vec![made("db"), made("web")]);
    assert_eq!(
        conclusions(&joined),
        [("web", "success"), ("db", "success")]
    );
    assert_eq!(joined.notes, Vec::<String>::new());
}

#[test]
fn a_build_without_a_result_has_failed_and_says_so() {
    let joined = joined(&["web", "db"], vec![made("web")]);
    assert_eq!(
        conclusions(&joined),
        [("web", "success"), ("db", "failure")]
    );
    let Outcome::Failed(failure) = &joined.builds[1].facts().outcome else {
        panic!("it did not fail")
    };
    assert!(
        failure.error.starts_with("there is no result"),
        "{failure:?}"
    );
}

#[test]
fn a_later_attempt_counts_and_an_earlier_one_does_not() {
    let failed = run(vec![super::failed(&matrix(&["web"]).jobs()[0], "no")]);
    let again = result("web", 2, run(vec![succeeded("web")]));
    let both = vec![again, result("web", 1, failed)];
    assert_eq!(conclusions(&joined(&["web"], both)), [("web", "success")]);
}

#[test]
fn what_is_wrong_with_the_template_is_told_of_the_build_that_was_asked_for() {
    let report = RunReport {
        problems: vec!["no such file".to_owned()],
        ..run(Vec::new())
    };
    let joined = joined(&["web"], vec![result("web", 1, report)]);
    assert_eq!(conclusions(&joined), [("web", "invalid")]);
}

#[test]
fn results_of_other_builds_and_other_templates_are_named_and_do_not_count() {
    let other = RunReport {
        template: "packer/other.json".to_owned(),
        ..run(vec![succeeded("web")])
    };
    let joined = joined(&["web"], vec![result("web", 1, other), made("stray")]);
    assert_eq!(conclusions(&joined), [("web", "failure")]);
    assert_eq!(
        joined.notes,
        [
            "a result of the template `packer/other.json` does not count here",
            "the matrix has no build `stray`, whose result is there",
        ]
    );
}

#[test]
fn a_rehearsal_among_builds_is_no_build() {
    let rehearsed = RunReport {
        reality: Reality::RehearsedForFork,
        ..run(vec![succeeded("db")])
    };
    let joined = joined(
        &["web", "db"],
        vec![made("web"), result("db", 1, rehearsed)],
    );
    assert_eq!(joined.reality, Reality::Built);
    assert_eq!(
        conclusions(&joined),
        [("web", "success"), ("db", "failure")]
    );
}

#[test]
fn the_rehearsals_of_a_fork_are_one_rehearsal() {
    let rehearsed = RunReport {
        reality: Reality::RehearsedForFork,
        ..run(vec![succeeded("web")])
    };
    let joined = joined(&["web"], vec![result("web", 1, rehearsed)]);
    assert_eq!(joined.reality, Reality::RehearsedForFork);
}
