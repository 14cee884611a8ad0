use std::fs;

use crate::post::Artifact;
use crate::post::bench::{Bench, error_text, texts};
use crate::stop::StopReason;

#[tokio::test]
async fn several_kinds_go_into_one_file_which_is_listed_once() {
    let bench = Bench::new();
    let json = r#"{"type": "checksum", "checksum_types": ["md5", "sha1"], "output": "sums.txt"}"#;
    let chained = bench.run(&[&[json]]).await;
    let expected = "8d777f385d3dfec8815d20f7496026dc\tout.txt\na17c9aaa61e80a1bf71d0d850af4e5baa9800bbd\tout.txt\n";
    assert_eq!(bench.read("sums.txt"), expected);
    assert_eq!(
        texts(&chained)[1],
        "Created artifact from files: out.txt, sums.txt"
    );
}

#[tokio::test]
async fn the_output_is_rendered_and_its_directories_are_made() {
    let bench = Bench::new();
    let json = r#"{"type": "checksum", "checksum_types": "sha224,sha256,sha384,sha512",
        "output": "a/{{.BuildName}}-{{.BuilderType}}.{{.ChecksumType}}"}"#;
    bench.run(&[&[json]]).await;
    let hex_digits = |kind: &str| {
        bench
            .read(&format!("a/web-file.{kind}"))
            .find('\t')
            .unwrap()
    };
    assert_eq!(hex_digits("sha224"), 56);
    assert_eq!(hex_digits("sha256"), 64);
    assert_eq!(hex_digits("sha384"), 96);
    assert_eq!(hex_digits("sha512"), 128);
}

#[tokio::test]
async fn a_checksum_file_of_an_earlier_run_is_added_to_but_not_listed() {
    let bench = Bench::new();
    fs::write(bench.path("sums"), "before\n").unwrap();
    let chained = bench
        .run(&[&[r#"{"type": "checksum", "output": "sums"}"#]])
        .await;
    assert!(bench.read("sums").starts_with("before\n8d777f"));
    assert_eq!(texts(&chained)[1], "Created artifact from files: out.txt");
}

#[tokio::test]
async fn an_artifact_without_files_gets_no_checksum_file() {
    let bench = Bench::new();
    let chained = bench
        .run_on(
            Artifact::null(),
            &[&[r#"{"type": "checksum", "output": "sums"}"#]],
        )
        .await;
    assert!(!bench.path("sums").exists());
    assert_eq!(texts(&chained)[1], "Created artifact from files: ");
}

#[tokio::test]
async fn a_missing_file_is_named() {
    let bench = Bench::new();
    let chained = bench
        .run_on(Artifact::file("gone"), &[&[r#"{"type": "checksum"}"#]])
        .await;
    let text = error_text(&chained);
    let error =
        "* Post-processor failed: unable to open file gone: open gone: no such file or directory";
    assert!(text.contains(error), "{text}");
}

#[tokio::test]
async fn a_huge_file_is_left_in_the_middle_after_a_stop() {
    let bench = Bench::new();
    let huge = fs::File::create(bench.path("huge")).unwrap();
    huge.set_len(1 << 42).unwrap();
    let chain = [r#"{"type": "checksum", "output": "sums"}"#];
    let chains = [chain.as_slice()];
    let stopping = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        bench.stopping.request(StopReason::Interrupt);
    };
    let (chained, ()) = tokio::join!(bench.run_on(Artifact::file("huge"), &chains), stopping);
    let text = error_text(&chained);
    assert!(
        text.contains("unable to compute md5 hash for huge: read huge: stopped by interrupt"),
        "{text}"
    );
}
