use std::fs;

use crate::plan::amazon::Force;
use crate::post::Artifact;
use crate::post::bench::{Bench, error_text};

const MANIFEST: &str = r#"{"type": "manifest", "output": "m.json"}"#;

#[tokio::test]
async fn an_entry_is_packers_byte_for_byte() {
    let bench = Bench::new();
    let json = r#"{"type": "manifest", "output": "m.json",
        "custom_data": {"z": "<b>", "a": "{{build `ID`}} {{build_name}}"}}"#;
    bench.run(&[&[json]]).await;
    let expected = r#"{
  "builds": [
    {
      "name": "web",
      "builder_type": "file",
      "build_time": 1600000000,
      "files": [
        {
          "name": "out.txt",
          "size": 4
        }
      ],
      "artifact_id": "File",
      "packer_run_uuid": "run-1",
      "custom_data": {
        "a": "i-123 web",
        "z": "\u003cb\u003e"
      }
    }
  ],
  "last_run_uuid": "run-1"
}"#;
    assert_eq!(bench.read("m.json"), expected);
    assert!(!bench.path("m.json.lock").exists());
}

#[tokio::test]
async fn an_artifact_without_files_has_null() {
    let bench = Bench::new();
    bench.run_on(Artifact::null(), &[&[MANIFEST]]).await;
    assert!(
        bench
            .read("m.json")
            .contains("\n      \"files\": null,\n      \"artifact_id\": \"Null\",\n")
    );
}

#[tokio::test]
async fn time_and_directories_can_be_left_out() {
    let bench = Bench::new();
    fs::create_dir(bench.path("dir")).unwrap();
    fs::write(bench.path("dir/deep.txt"), "12345").unwrap();
    let json =
        r#"{"type": "manifest", "output": "m.json", "strip_path": true, "strip_time": true}"#;
    bench
        .run_on(Artifact::file("dir/deep.txt"), &[&[json]])
        .await;
    let text = bench.read("m.json");
    assert!(!text.contains("build_time"), "{text}");
    assert!(
        text.contains("\"name\": \"deep.txt\",\n          \"size\": 5"),
        "{text}"
    );
}

#[tokio::test]
async fn a_file_that_is_gone_has_the_size_0() {
    let bench = Bench::new();
    bench.run_on(Artifact::file("gone"), &[&[MANIFEST]]).await;
    assert!(bench.read("m.json").contains("\"size\": 0"));
}

#[tokio::test]
async fn a_second_run_adds_and_with_force_begins_anew() {
    let mut bench = Bench::new();
    let entries = |bench: &Bench| bench.read("m.json").matches("\"artifact_id\"").count();
    bench.run(&[&[MANIFEST]]).await;
    bench.run_uuid = "run-2".to_owned();
    bench.run(&[&[MANIFEST]]).await;
    assert_eq!(entries(&bench), 2);
    assert!(
        bench
            .read("m.json")
            .ends_with("\n  \"last_run_uuid\": \"run-2\"\n}")
    );
    bench.force = Force::Yes;
    bench.run(&[&[MANIFEST]]).await;
    assert_eq!(entries(&bench), 3, "the same run adds");
    bench.run_uuid = "run-3".to_owned();
    bench.run(&[&[MANIFEST]]).await;
    assert_eq!(entries(&bench), 1);
}

#[tokio::test]
async fn what_cannot_be_read_as_a_manifest_is_an_error_and_stays() {
    let bench = Bench::new();
    for contents in ["not json", "{\"builds\": 5}", "[]", "{} {}"] {
        fs::write(bench.path("m.json"), contents).unwrap();
        let chained = bench
            .run(&[&[MANIFEST], &[r#"{"type": "manifest"}"#]])
            .await;
        let text = error_text(&chained);
        assert!(
            text.contains("* Post-processor failed: Unable to parse content from m.json: "),
            "{text}"
        );
        assert_eq!(bench.read("m.json"), contents);
        assert!(!bench.path("m.json.lock").exists());
    }
}

#[tokio::test]
async fn a_directory_in_the_manifests_place_is_an_error() {
    let bench = Bench::new();
    fs::create_dir(bench.path("m.json")).unwrap();
    let text = error_text(&bench.run(&[&[MANIFEST]]).await);
    assert!(
        text.ends_with("Unable to open m.json for reading: open m.json: is a directory"),
        "{text}"
    );
}

#[tokio::test]
async fn builds_that_end_together_all_get_their_entry() {
    let bench = Bench::new();
    let builds = (0..8).map(|_| bench.run(&[&[MANIFEST]]));
    futures_util::future::join_all(builds).await;
    assert_eq!(bench.read("m.json").matches("\"artifact_id\"").count(), 8);
}
