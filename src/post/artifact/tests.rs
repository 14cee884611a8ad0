use std::convert::Infallible;

use super::*;

struct NoImages;

impl DestroyImages for NoImages {
    type Error = Infallible;

    async fn destroy(&self, images: &BTreeMap<Region, ImageInRegion>) -> Result<(), Infallible> {
        panic!("no test here has images: {images:?}");
    }

    async fn destroy_volumes(&self, volumes: &VolumesInRegion) -> Result<(), Infallible> {
        panic!("no test here has volumes: {volumes:?}");
    }
}

/// Where everything may be removed.
fn place(directory: &Path) -> Place<'_> {
    static ALL: std::sync::OnceLock<Bounds> = std::sync::OnceLock::new();
    Place {
        directory,
        bounds: ALL.get_or_init(Bounds::default),
    }
}

fn image(id: &str) -> ImageInRegion {
    ImageInRegion {
        image: ImageId::new(id),
        snapshots: Vec::new(),
    }
}

#[test]
fn an_amazon_artifact_lists_its_regions_in_the_order_of_the_finished_texts() {
    let images = BTreeMap::from([
        (Region::new("us-east-1"), image("ami-1")),
        (Region::new("eu-west-1"), image("ami-2")),
    ]);
    let artifact = Artifact::amazon("mitchellh.amazonebs", images);
    assert_eq!(artifact.id, "eu-west-1:ami-2,us-east-1:ami-1");
    let text = "AMIs were created:\neu-west-1: ami-2\nus-east-1: ami-1\n";
    assert_eq!(artifact.text, text);
    assert_eq!(artifact.files, Vec::<String>::new());
}

#[test]
fn volumes_and_snapshots_are_listed_together() {
    let artifact = Artifact::volumes(VolumesInRegion {
        region: Region::new("us-east-1"),
        volumes: vec![VolumeId::new("vol-2"), VolumeId::new("vol-1")],
        snapshots: vec![SnapshotId::new("snap-9")],
    });
    assert_eq!(artifact.builder_id, "mitchellh.amazon.ebsvolume");
    let id = "us-east-1:snap-9,us-east-1:vol-1,us-east-1:vol-2";
    assert_eq!(artifact.id, id);
    let text = format!("EBS Volumes were created:\n\n{}", id.replace(',', "\n"));
    assert_eq!(artifact.text, text);
}

#[tokio::test]
async fn destroying_a_file_artifact_removes_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.txt");
    fs::write(&path, "data").unwrap();
    let artifact = Artifact::file("out.txt");
    let destroyed = artifact.destroy(place(directory.path()), &NoImages).await;
    destroyed.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_that_is_gone_already_is_an_error_in_gos_words() {
    let directory = tempfile::tempdir().unwrap();
    let artifact = Artifact::file("out.txt");
    let destroyed = artifact.destroy(place(directory.path()), &NoImages).await;
    let text = destroyed.unwrap_err().to_string();
    assert_eq!(text, "remove out.txt: no such file or directory");
}

#[tokio::test]
async fn collected_directories_go_as_a_whole_and_what_is_missing_is_fine() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("dir/deep")).unwrap();
    fs::write(directory.path().join("dir/deep/file"), "x").unwrap();
    let artifact = Artifact::collected("x", vec!["gone".to_owned(), "dir".to_owned()]);
    let destroyed = artifact.destroy(place(directory.path()), &NoImages).await;
    destroyed.unwrap();
    assert!(!directory.path().join("dir").exists());
}

#[tokio::test]
async fn the_working_directory_itself_is_never_removed() {
    let directory = tempfile::tempdir().unwrap();
    for hostile in [".", "./", "..", "/"] {
        let artifact = Artifact::collected("x", vec![hostile.to_owned()]);
        let destroyed = artifact.destroy(place(directory.path()), &NoImages).await;
        assert!(destroyed.is_err(), "{hostile}");
    }
    assert!(directory.path().exists());
}

#[test]
fn a_device_is_refused_before_it_is_removed() {
    let device = fs::metadata("/dev/null").unwrap();
    let text = refuse_device(&device).unwrap_err().to_string();
    assert_eq!(text, "a device is never removed");
    let directory = tempfile::tempdir().unwrap();
    refuse_device(&fs::metadata(directory.path()).unwrap()).unwrap();
}

#[tokio::test]
async fn what_a_rehearsal_only_sees_by_a_link_stays() {
    let directory = tempfile::tempdir().unwrap();
    let scratch = directory.path().join("scratch");
    fs::create_dir_all(directory.path().join("theirs")).unwrap();
    fs::create_dir(&scratch).unwrap();
    fs::write(directory.path().join("theirs/file"), "x").unwrap();
    fs::write(scratch.join("own"), "x").unwrap();
    std::os::unix::fs::symlink("../theirs", scratch.join("link")).unwrap();
    let files = ["link/file", "own", "../theirs", "link"].map(str::to_owned);
    let bounds = Bounds::default().writing_only_in(&scratch);
    let place = Place {
        directory: &scratch,
        bounds: &bounds,
    };
    let artifact = Artifact::collected("x", files.to_vec());
    artifact.destroy(place, &NoImages).await.unwrap();
    assert!(directory.path().join("theirs/file").exists());
    assert!(!scratch.join("own").exists() && !scratch.join("link").is_symlink());
}
