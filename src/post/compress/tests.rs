use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use flate2::read::{GzDecoder, MultiGzDecoder};

use crate::post::Artifact;
use crate::post::bench::{Bench, error_text, texts};

fn open(bench: &Bench, name: &str) -> File {
    File::open(bench.path(name)).unwrap()
}

fn members(archive: impl std::io::Read) -> Vec<(String, String)> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (name, text)
    });
    entries.collect()
}

fn out_txt() -> Vec<(String, String)> {
    vec![("out.txt".to_owned(), "data".to_owned())]
}

#[tokio::test]
async fn without_an_output_it_is_a_tar_in_gzip_named_after_the_build() {
    let bench = Bench::new();
    let chained = bench.run(&[&[r#"{"type": "compress"}"#]]).await;
    assert_eq!(
        texts(&chained),
        ["compressed artifacts in: packer_web_file"]
    );
    assert_eq!(
        members(GzDecoder::new(open(&bench, "packer_web_file"))),
        out_txt()
    );
}

#[tokio::test]
async fn a_tar_holds_names_without_directories_and_says_so_as_packer_does() {
    let bench = Bench::new();
    fs::create_dir(bench.path("dir")).unwrap();
    fs::rename(bench.path("out.txt"), bench.path("dir/out.txt")).unwrap();
    let json = r#"{"type": "compress", "output": "new/a.tar"}"#;
    bench
        .run_on(Artifact::file("dir/out.txt"), &[&[json]])
        .await;
    assert_eq!(members(open(&bench, "new/a.tar")), out_txt());
    let said = bench.said();
    assert!(
        said.contains("==> web (compress): Tarring new/a.tar with no compression\n"),
        "{said}"
    );
    assert!(
        said.ends_with("==> web (compress): Archive new/a.tar completed\n"),
        "{said}"
    );
}

#[tokio::test]
async fn a_zip_holds_whole_paths() {
    let bench = Bench::new();
    fs::create_dir(bench.path("dir")).unwrap();
    fs::rename(bench.path("out.txt"), bench.path("dir/out.txt")).unwrap();
    let json = r#"{"type": "compress", "output": "a.zip"}"#;
    bench
        .run_on(Artifact::file("dir/out.txt"), &[&[json]])
        .await;
    let mut archive = zip::ZipArchive::new(open(&bench, "a.zip")).unwrap();
    let mut text = String::new();
    archive
        .by_name("dir/out.txt")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "data");
    assert!(bench.said().contains("==> web (compress): Zipping a.zip\n"));
}

#[tokio::test]
async fn one_file_can_be_compressed_alone() {
    let bench = Bench::new();
    bench.run(&[&[
        r#"{"type": "compress", "output": "a.gz", "compression_level": 9, "keep_input_artifact": true}"#,
        r#"{"type": "compress", "output": "b.bgzf"}"#,
    ]]).await;
    let (mut twice, mut text) = (Vec::new(), String::new());
    MultiGzDecoder::new(open(&bench, "b.bgzf"))
        .read_to_end(&mut twice)
        .unwrap();
    GzDecoder::new(&twice[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "data");
    let said = bench.said();
    assert!(
        said.contains(" cores for a.gz\n==> web (compress): Archiving out.txt with pgzip\n"),
        "{said}"
    );
    assert!(
        said.contains("==> web (compress): Using bgzf compression with "),
        "{said}"
    );
}

/// The bytes are those that Packer 1.6.6 writes.
#[tokio::test]
async fn what_cannot_be_made_smaller_is_framed_as_packer_frames_it() {
    let bench = Bench::new();
    bench
        .run(&[&[r#"{"type": "compress", "output": "a.lz4", "keep_input_artifact": true}"#]])
        .await;
    assert_eq!(
        fs::read(bench.path("a.lz4")).unwrap(),
        b"\x04\x22M\x18dp\xb9\x04\0\0\x80data\0\0\0\x005\x8a\"!"
    );
    let bench = Bench::new();
    bench
        .run(&[&[r#"{"type": "compress", "output": "a.xz", "keep_input_artifact": true}"#]])
        .await;
    assert_eq!(
        fs::read(bench.path("a.xz")).unwrap(),
        b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F\x02\0!\x01\x16\0\0\0t/\xe5\xa3\x01\0\x03data\0\x7foF\x9d\x92\x9f)\xc3\0\x01\x1c\x04o,\x9c\xc1\x1f\xb6\xf3}\x01\0\0\0\0\x04YZ"
    );
}

#[tokio::test]
async fn a_file_and_a_tar_can_be_compressed_with_xz() {
    let bench = Bench::new();
    bench
        .run(&[&[
            r#"{"type": "compress", "output": "a.xz", "keep_input_artifact": true}"#,
            r#"{"type": "compress", "output": "b.tar.xz", "keep_input_artifact": true}"#,
        ]])
        .await;
    let read = |name: &str| lzma_rust2::XzReader::new(open(&bench, name), true);
    let packed = [("a.xz".to_owned(), fs::read(bench.path("a.xz")).unwrap())];
    let mut text = String::new();
    read("a.xz").read_to_string(&mut text).unwrap();
    assert_eq!(text, "data");
    let mut archive = tar::Archive::new(read("b.tar.xz"));
    let mut entry = archive.entries().unwrap().next().unwrap().unwrap();
    let mut inside = Vec::new();
    entry.read_to_end(&mut inside).unwrap();
    assert_eq!(
        [(entry.path().unwrap().display().to_string(), inside)],
        packed[..]
    );
    let said = bench.said();
    assert!(
        said.contains("Using xz compression with 1 core for a.xz (library does not support MT)\n"),
        "{said}"
    );
}

/// The header is read by its specification: the crate is built without its decoder.
#[tokio::test]
async fn a_tar_can_be_compressed_with_lz4() {
    let bench = Bench::new();
    bench
        .run(&[&[r#"{"type": "compress", "output": "a.tar.lz4"}"#]])
        .await;
    let bytes = fs::read(bench.path("a.tar.lz4")).unwrap();
    assert_eq!(bytes[..4], [0x04, 0x22, 0x4d, 0x18]);
    let before_checksum = bytes.len() - 4;
    assert_eq!(
        bytes[before_checksum - 4..before_checksum],
        [0; 4],
        "the end's mark"
    );
    assert!(bench.said().contains("Tarring a.tar.lz4 with lz4\n"));
}

#[tokio::test]
async fn a_compression_that_we_lack_is_named() {
    let bench = Bench::new();
    let chained = bench
        .run(&[&[r#"{"type": "compress", "output": "a.tar.bzip2"}"#]])
        .await;
    let text = error_text(&chained);
    assert!(
        text.contains("ami-build cannot compress with bzip2 yet"),
        "{text}"
    );
    assert!(!bench.path("a.tar.bzip2").exists());
}

#[tokio::test]
async fn without_a_file_there_is_an_error_and_an_empty_gzip() {
    let bench = Bench::new();
    let chained = bench
        .run_on(
            Artifact::null(),
            &[&[r#"{"type": "compress", "output": "a.gz"}"#]],
        )
        .await;
    let error = "1 error(s) occurred:\n\n* Post-processor failed: \
                 Can only have 1 input file when not using tar/zip. Found 0 files: []";
    assert_eq!(error_text(&chained), error);
    let mut text = String::new();
    GzDecoder::new(open(&bench, "a.gz"))
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "");
}

#[tokio::test]
async fn a_missing_file_is_told_in_packers_words() {
    let bench = Bench::new();
    let chained = bench
        .run_on(
            Artifact::file("gone"),
            &[&[r#"{"type": "compress", "output": "a.tar.gz"}"#]],
        )
        .await;
    let error = "* Post-processor failed: Error creating tar: Unable to read file gone: open gone: no such file or directory\n";
    assert!(
        error_text(&chained).contains(error),
        "{}",
        error_text(&chained)
    );
}

#[tokio::test]
async fn an_archive_in_the_place_of_its_own_input_is_refused_before_anything_is_lost() {
    let bench = Bench::new();
    let json = r#"{"type": "compress", "output": "./out.txt", "keep_input_artifact": true}"#;
    let chained = bench.run(&[&[r#"{"type": "manifest"}"#, json]]).await;
    assert!(error_text(&chained).contains("is one of the files that it should hold"));
    assert_eq!(bench.read("out.txt"), "data");
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_the_artifact_stays_where_it_was_kept() {
    let bench = Bench::new();
    File::create(bench.path("big"))
        .unwrap()
        .write_all(&[7; 1 << 20])
        .unwrap();
    std::os::unix::fs::symlink("/dev/full", bench.path("full.tar")).unwrap();
    let full = r#"{"type": "compress", "output": "full.tar"}"#;
    let chained = bench
        .run_on(Artifact::file("big"), &[&[r#"{"type": "manifest"}"#, full]])
        .await;
    assert!(
        error_text(&chained).contains("no space left on device"),
        "{}",
        error_text(&chained)
    );
    assert!(bench.path("big").exists());
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let bench = Bench::new();
    let json = r#"{"type": "compress", "output": "out.txt/x/a.zip"}"#;
    let text = error_text(&bench.run(&[&[json]]).await);
    assert!(
        text.contains("Unable to create dir for archive out.txt/x/a.zip: mkdir "),
        "{text}"
    );
}

#[tokio::test]
async fn the_mode_of_a_file_travels_in_a_tar() {
    let bench = Bench::new();
    fs::set_permissions(bench.path("out.txt"), fs::Permissions::from_mode(0o750)).unwrap();
    bench
        .run(&[&[r#"{"type": "compress", "output": "a.tar"}"#]])
        .await;
    let mut archive = tar::Archive::new(open(&bench, "a.tar"));
    let first = archive.entries().unwrap().next().unwrap().unwrap();
    assert_eq!(first.header().mode().unwrap() & 0o777, 0o750);
}
