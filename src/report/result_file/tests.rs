use std::path::Path;

use serde_json::{Value, json};

use super::read::LARGEST;
use super::*;
use crate::action::environment::Environment;
use crate::cli::options::TemplateOptions;
use crate::report::conclusion::Conclusion;
use crate::report::result::tests::{Left, facts, images, leftover, run, succeeded};
use crate::report::result::{BuildReport, Failure, Outcome, Product, RunReport};
use crate::secret::Redactor;

fn only(name: &str) -> TemplateOptions {
    TemplateOptions {
        template: "packer/web.json".to_owned(),
        only: vec![name.to_owned()],
        ..TemplateOptions::default()
    }
}

/// Writes a report as a job does, and gives back what a later job reads.
fn passed_on(report: &RunReport, redactor: &Redactor) -> Found {
    let temporary = tempfile::tempdir().unwrap();
    let environment = Environment::of([
        ("GITHUB_ACTIONS", "true"),
        ("RUNNER_TEMP", temporary.path().to_str().unwrap()),
        ("GITHUB_RUN_ATTEMPT", "2"),
    ]);
    write(report, &only("web"), (&environment, None), redactor).unwrap();
    assert!(temporary.path().join(name(&only("web"))).is_file());
    read(&directory(&environment).unwrap()).unwrap()
}

/// Reads this text from a file in a directory that an artifact was unpacked to.
fn read_text(text: &str) -> Found {
    let directory = tempfile::tempdir().unwrap();
    let below = directory.path().join("artifact");
    std::fs::create_dir(&below).unwrap();
    std::fs::write(below.join("result-0.json"), text).unwrap();
    read(directory.path()).unwrap()
}

/// A result as a job writes it, to be changed by somebody.
fn document() -> Value {
    serde_json::to_value(RunRecord::new(&run(vec![succeeded("web")]), &[], 1)).unwrap()
}

fn failed() -> BuildReport {
    let failure = Failure {
        conclusion: Conclusion::Provision,
        error: "script exited with 1, the password is hunter22".to_owned(),
        log_tail: vec!["x".repeat(100_000); 20],
        product: Product::Images(Box::new(images())),
    };
    BuildReport::new(
        facts("web", Outcome::Failed(failure)),
        &Left(vec![leftover()]),
    )
}

#[test]
fn a_result_comes_back_as_it_was() {
    let found = passed_on(&run(vec![succeeded("web")]), &Redactor::default());
    assert_eq!(found.unreadable, Vec::<String>::new());
    let [record] = found.records.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (record.attempt, record.only.as_slice()),
        (2, &["web".to_owned()][..])
    );
    let report = record.builds[0].clone().into_report();
    assert_eq!(report.facts().outcome, succeeded("web").facts().outcome);
    assert_eq!(report.cleaned(), succeeded("web").cleaned());
}

#[test]
fn secrets_and_endless_logs_stay_behind_and_what_failed_does_not() {
    let redactor = Redactor::default();
    redactor.hide_credential("hunter22");
    let found = passed_on(&run(vec![failed()]), &redactor);
    let report = found.records[0].builds[0].clone().into_report();
    assert_eq!(report.conclusion(), Conclusion::Provision);
    let Outcome::Failed(failure) = &report.facts().outcome else {
        panic!("{report:?}")
    };
    assert_eq!(failure.error, "script exited with 1, the password is ***");
    assert!(failure.log_tail.iter().all(|line| line.len() <= 16 * 1024));
}

#[test]
fn a_result_is_never_longer_than_what_is_read() {
    let mut builds: Vec<BuildReport> = Vec::new();
    builds.resize_with(50, failed);
    let found = passed_on(&run(builds), &Redactor::default());
    assert_eq!(found.records[0].builds.len(), 50, "{:?}", found.unreadable);
}

#[test]
fn the_command_of_a_leftover_is_not_believed() {
    let found = passed_on(&run(vec![failed()]), &Redactor::default());
    let report = found.records[0].builds[0].clone().into_report();
    assert_eq!(report.remaining()[0].what, leftover().what);
    assert!(!report.remaining()[0].command.contains("aws"), "{report:?}");
}

#[test]
fn what_is_no_id_of_an_image_or_no_region_makes_a_result_worthless() {
    let images = "/builds/0/facts/outcome/succeeded/images";
    for (key, value) in [
        ("ids", json!({"us-east-1": "ami-1](https://evil.example)"})),
        ("ids", json!({"evil.example/": "ami-0123456789abcdef0"})),
        ("region", json!("us east")),
        ("instance", json!("i-1`<b>")),
    ] {
        let mut document = document();
        document.pointer_mut(images).unwrap()[key] = value;
        let found = read_text(&document.to_string());
        assert_eq!(found.records.len(), 0, "{document}");
        assert!(found.unreadable[0].contains("what it calls"), "{found:?}");
    }
    assert_eq!(read_text(&document().to_string()).records.len(), 1);
}

#[test]
fn a_failure_cannot_call_itself_a_success() {
    let mut document = document();
    let failed = json!({"failed": {"conclusion": "success", "error": "", "log_tail": [], "product": "nothing"}});
    *document.pointer_mut("/builds/0/facts/outcome").unwrap() = failed;
    let found = read_text(&document.to_string());
    let report = found.records[0].builds[0].clone().into_report();
    assert_eq!(report.conclusion(), Conclusion::Failure);
}

#[test]
fn times_without_end_are_cut_before_anybody_counts_with_them() {
    let mut document = document();
    let forever = json!({"secs": u64::MAX, "nanos": 999_999_999});
    document["duration"] = forever.clone();
    document["builds"][0]["facts"]["timeline"] =
        json!([{"title": "x", "begin": forever, "end": forever}]);
    let record = &read_text(&document.to_string()).records[0];
    assert!(record.duration.as_secs() < 1_000_000);
    assert!(record.builds[0].facts.timeline[0].begin.as_secs() < 1_000_000);
}

#[test]
fn what_is_no_result_is_named_and_does_not_stop_the_others() {
    let mut version = document();
    version["ami-build-result"] = json!(2);
    let large = "x".repeat(usize::try_from(LARGEST).unwrap() + 1);
    for (text, why) in [
        ("", "it is no whole result"),
        ("{}", "it is no result of ami-build"),
        (&version.to_string(), "another version"),
        (&large, "it is larger than"),
        (&"[".repeat(100_000), "it is no whole result"),
        (r#"{"ami-build-result": 1}"#, "missing field"),
    ] {
        let found = read_text(text);
        assert_eq!(found.records.len(), 0);
        let line = &found.unreadable[0];
        assert!(
            line.starts_with("`artifact/result-0.json` does not count") && line.contains(why),
            "{line}"
        );
    }
}

#[test]
fn links_lead_nowhere_and_other_files_are_not_looked_at() {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("notes.json");
    std::fs::write(&target, document().to_string()).unwrap();
    std::os::unix::fs::symlink(&target, directory.path().join("result-1.json")).unwrap();
    let found = read(directory.path()).unwrap();
    assert!(found.records.is_empty() && found.unreadable.is_empty());
    assert!(
        read(Path::new("/no/such/directory"))
            .unwrap()
            .records
            .is_empty()
    );
}

#[test]
fn jobs_of_one_matrix_write_files_of_different_names() {
    assert_ne!(name(&only("web")), name(&only("db")));
    assert_eq!(name(&only("web")), name(&only("web")));
}
