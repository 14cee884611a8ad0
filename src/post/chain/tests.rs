use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::cloud::{ImageId, Region};
use crate::post::ImageInRegion;
use crate::post::bench::{Bench, error_text, texts};
use crate::stop::StopReason;

const MANIFEST: &str = r#"{"type": "manifest"}"#;
const CHECKSUM: &str = r#"{"type": "checksum"}"#;
const ZIP: &str = r#"{"type": "compress", "output": "a.zip"}"#;
const FAILING: &str = r#"{"type": "manifest", "output": "no/m.json"}"#;
const OUT: &str = "Stored file: out.txt";

fn image() -> Artifact {
    let there = ImageInRegion {
        image: ImageId::new("ami-1"),
        snapshots: Vec::new(),
    };
    Artifact::amazon(
        "mitchellh.amazonebs",
        BTreeMap::from([(Region::new("eu-west-1"), there)]),
    )
}

#[tokio::test]
async fn without_sequences_the_artifact_stays() {
    let bench = Bench::new();
    let chained = bench.run(&[]).await;
    assert_eq!(texts(&chained), [OUT]);
    assert_eq!(bench.read("out.txt"), "data");
    assert_eq!(bench.said(), "");
}

#[tokio::test]
async fn a_manifest_passes_the_artifact_through_so_it_is_listed_twice() {
    let bench = Bench::new();
    let chained = bench.run(&[&[MANIFEST]]).await;
    assert_eq!(texts(&chained), [OUT, OUT]);
    assert_eq!(bench.said(), "==> web: Running post-processor: manifest\n");
}

#[tokio::test]
async fn a_name_of_its_own_is_announced_with_the_type() {
    let bench = Bench::new();
    bench
        .run(&[&[r#"{"type": "manifest", "name": "list"}"#]])
        .await;
    assert_eq!(
        bench.said(),
        "==> web: Running post-processor: list (type manifest)\n"
    );
}

#[tokio::test]
async fn every_kept_link_of_a_sequence_is_listed_in_order() {
    let bench = Bench::new();
    let chained = bench.run(&[&[MANIFEST, CHECKSUM]]).await;
    let sums = "Created artifact from files: out.txt, packer_web_file_md5.checksum";
    assert_eq!(texts(&chained), [OUT, OUT, sums]);
}

#[tokio::test]
async fn what_replaces_the_artifact_destroys_it() {
    let bench = Bench::new();
    let chained = bench.run(&[&[ZIP]]).await;
    assert_eq!(texts(&chained), ["compressed artifacts in: a.zip"]);
    assert_eq!(chained.original, Original::Destroyed);
    assert!(!bench.path("out.txt").exists());
}

#[tokio::test]
async fn one_sequence_that_keeps_the_artifact_saves_it_for_all() {
    let bench = Bench::new();
    let chained = bench.run(&[&[ZIP], &[MANIFEST]]).await;
    assert_eq!(
        texts(&chained),
        [OUT, "compressed artifacts in: a.zip", OUT]
    );
    assert!(bench.path("out.txt").exists());
}

#[tokio::test]
async fn a_later_link_that_drops_its_input_destroys_it_at_once() {
    let bench = Bench::new();
    fs::write(bench.path("keep.md"), "x").unwrap();
    let artifice = r#"{"type": "artifice", "files": ["keep.md"], "keep_input_artifact": false}"#;
    let chained = bench.run(&[&[ZIP, artifice]]).await;
    assert_eq!(texts(&chained), ["Created artifact from files: keep.md"]);
    assert!(!bench.path("a.zip").exists());
    assert!(!bench.path("out.txt").exists());
}

#[tokio::test]
async fn the_template_may_keep_what_would_be_dropped_but_not_drop_what_must_stay() {
    let bench = Bench::new();
    let keep = r#"{"type": "compress", "output": "a.zip", "keep_input_artifact": true}"#;
    let drop = r#"{"type": "manifest", "keep_input_artifact": false}"#;
    let chained = bench.run(&[&[keep, drop]]).await;
    let zip = "compressed artifacts in: a.zip";
    assert_eq!(texts(&chained), [OUT, zip, zip]);
}

#[tokio::test]
async fn a_failure_ends_its_sequence_and_no_other() {
    let bench = Bench::new();
    let chained = bench.run(&[&[FAILING, ZIP], &[CHECKSUM]]).await;
    let error = "1 error(s) occurred:\n\n* Post-processor failed: \
                 Unable to write no/m.json: open no/m.json: no such file or directory";
    assert_eq!(error_text(&chained), error);
    assert!(!bench.path("a.zip").exists());
    assert!(bench.path("packer_web_file_md5.checksum").exists());
    assert_eq!(chained.original, Original::Kept);
}

#[tokio::test]
async fn every_failure_is_listed() {
    let bench = Bench::new();
    let chained = bench.run(&[&[FAILING], &[FAILING]]).await;
    let text = error_text(&chained);
    assert!(
        text.starts_with("2 error(s) occurred:\n\n* Post-"),
        "{text}"
    );
    assert_eq!(
        text.matches("* Post-processor failed: ").count(),
        2,
        "{text}"
    );
}

#[tokio::test]
async fn an_image_that_nobody_kept_is_deregistered_after_a_failure() {
    let bench = Bench::new();
    let chained = bench.run_on(image(), &[&[FAILING]]).await;
    assert_eq!(bench.destroyed(), ["eu-west-1"]);
    assert_eq!(chained.artifacts, []);
}

#[tokio::test]
async fn an_image_that_a_link_before_the_failure_kept_stays() {
    let bench = Bench::new();
    let chained = bench.run_on(image(), &[&[MANIFEST, FAILING]]).await;
    assert_eq!(bench.destroyed(), Vec::<String>::new());
    assert_eq!(chained.artifacts, [image()]);
    assert!(chained.error.is_some());
}

#[tokio::test]
async fn an_artifact_that_cannot_be_destroyed_is_an_error() {
    let bench = Bench::new();
    let removing = r#"{"type": "shell-local", "inline": ["rm a.zip out.txt"]}"#;
    let dropping = r#"{"type": "artifice", "files": ["x"], "keep_input_artifact": false}"#;
    let chained = bench.run(&[&[ZIP, removing, dropping]]).await;
    let error = "2 error(s) occurred:\n\n\
        * Failed cleaning up prior artifact: remove a.zip: no such file or directory; pp is artifice\n\
        * Error destroying builder artifact: remove out.txt: no such file or directory";
    assert_eq!(error_text(&chained), error);
}

#[tokio::test]
async fn after_a_stop_nothing_more_runs() {
    let bench = Bench::new();
    bench.stopping.request(StopReason::Interrupt);
    let chained = bench.run(&[&[MANIFEST], &[ZIP]]).await;
    assert_eq!(bench.said(), "");
    let text = error_text(&chained);
    assert!(
        text.ends_with("it did not run: the build was stopped by interrupt"),
        "{text}"
    );
}

#[tokio::test]
async fn a_script_that_fails_is_told_in_packers_words() {
    let bench = Bench::new();
    let chained = bench
        .run(&[&[r#"{"type": "shell-local", "inline": ["echo hi", "exit 5"]}"#]])
        .await;
    let error = "* Post-processor failed: Script exited with non-zero exit status: 5.Allowed exit codes are: [0]";
    assert!(
        error_text(&chained).ends_with(error),
        "{}",
        error_text(&chained)
    );
    assert!(
        bench.said().contains("    web (shell-local): hi\n"),
        "{}",
        bench.said()
    );
}

#[tokio::test]
async fn a_script_reads_the_manifest_that_was_written_before() {
    let bench = Bench::new();
    let reading = r#"{"type": "shell-local", "inline": ["grep -c artifact_id packer-manifest.json > n.log"]}"#;
    let chained = bench.run(&[&[MANIFEST, reading]]).await;
    assert_eq!(texts(&chained), [OUT, OUT, OUT]);
    assert_eq!(bench.read("n.log"), "1\n");
}

#[tokio::test]
async fn a_kind_that_build_should_have_refused_is_an_error() {
    let bench = Bench::new();
    let chained = bench.run(&[&[r#"{"type": "vagrant"}"#]]).await;
    let error = "* Post-processor failed: ami-build cannot run the post-processor `vagrant` yet";
    assert!(
        error_text(&chained).ends_with(error),
        "{}",
        error_text(&chained)
    );
}
