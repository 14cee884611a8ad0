//! `file`, up and down.

use super::*;

#[tokio::test]
async fn a_file_goes_into_a_directory_that_ends_with_a_slash() {
    let mut bench = Bench::new();
    fs::write(bench.directory.path().join("s.sh"), "x").unwrap();
    bench
        .run_one(
            "file",
            r#"{"source": "s.sh", "destination": "/opt/{{build `ID`}}/"}"#,
        )
        .await
        .unwrap();
    bench
        .run_one("file", r#"{"content": "text", "destination": "/opt/t"}"#)
        .await
        .unwrap();
    let expected = [
        Asked::Upload("/opt/i-1/s.sh".into(), b"x".to_vec()),
        Asked::Upload("/opt/t".into(), b"text".to_vec()),
    ];
    assert_eq!(bench.remote.asked(), expected);
}

#[tokio::test]
async fn a_download_makes_the_directories_above_it() {
    let mut bench = Bench::new();
    bench
        .run_one(
            "file",
            r#"{"direction": "download", "source": "/etc/a", "destination": "got/sub/"}"#,
        )
        .await
        .unwrap();
    assert_eq!(bench.file("got/sub/a").as_deref(), Some("fetched"));
}
