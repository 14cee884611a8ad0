use super::*;
use crate::action::environment::Environment;
use crate::cloud::ImageId;
use crate::report::result::tests::images;

/// What the runner reads from the file: the last record of each name.
fn outputs(builds: Builds, act: impl FnOnce(&OutputWriter)) -> BTreeMap<String, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("output");
    let environment = Environment::of([("GITHUB_OUTPUT", path.to_str().unwrap())]);
    let writer = OutputWriter::new(CommandFiles::of(&environment));
    writer.expect(builds);
    act(&writer);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines
        .chunks(3)
        .map(|record| {
            (
                record[0].split_once("<<").unwrap().0.to_owned(),
                record[1].to_owned(),
            )
        })
        .collect()
}

#[test]
fn one_build_has_outputs_of_its_own() {
    let found = outputs(Builds::One, |writer| {
        writer.images_final("web", &images()).unwrap()
    });
    assert_eq!(found["ami-id"], "ami-0123456789abcdef0");
    assert_eq!(found["ami-ids"], r#"{"us-east-1":"ami-0123456789abcdef0"}"#);
    assert_eq!(
        found["snapshot-ids"],
        r#"{"us-east-1":["snap-0123456789abcdef0"]}"#
    );
    assert_eq!(found["ami-name"], "web 1");
    assert_eq!(found["instance-id"], "i-0123456789abcdef0");
}

#[test]
fn volumes_stand_in_the_output_of_all_builds_only() {
    let volumes = Volumes {
        region: crate::cloud::Region::new("us-east-1"),
        volumes: vec![crate::cloud::VolumeId::new("vol-1")],
        snapshots: vec![crate::cloud::SnapshotId::new("snap-1")],
        source: images().source,
        instance: images().instance.unwrap(),
    };
    let found = outputs(Builds::One, |writer| {
        writer.volumes_final("data", &volumes).unwrap()
    });
    let builds: Value = serde_json::from_str(&found["builds"]).unwrap();
    assert_eq!(
        builds["data"]["volume-ids"],
        json!({"us-east-1": ["vol-1"]})
    );
    assert_eq!(found["snapshot-ids"], r#"{"us-east-1":["snap-1"]}"#);
    assert!(!found.contains_key("volume-ids") && !found.contains_key("ami-id"));
}

#[test]
fn several_builds_share_one_output_that_grows() {
    let found = outputs(Builds::Many, |writer| {
        writer.images_final("a", &images()).unwrap();
        writer.images_final("b", &images()).unwrap();
    });
    let builds: Value = serde_json::from_str(&found["builds"]).unwrap();
    assert_eq!(builds["b"]["ami-id"], "ami-0123456789abcdef0");
    assert_eq!(builds.as_object().unwrap().len(), 2);
    assert!(!found.contains_key("ami-id"));
}

#[test]
fn a_run_without_images_still_ends_with_a_conclusion() {
    let found = outputs(Builds::One, |writer| {
        writer
            .finish(Conclusion::Capacity, Duration::from_millis(2900))
            .unwrap()
    });
    assert_eq!(found["conclusion"], "capacity");
    assert_eq!(found["duration-seconds"], "2");
    assert_eq!(found["builds"], "{}");
}

#[test]
fn what_is_no_image_id_is_not_written() {
    let mut images = images();
    images
        .ids
        .insert(images.region.clone(), ImageId::new("ami-1\nregion=x"));
    let found = outputs(Builds::One, |writer| {
        assert!(matches!(
            writer.images_final("web", &images).unwrap_err(),
            OutputError::ImageId(_)
        ));
    });
    assert!(found.is_empty());
}

#[test]
fn an_image_id_has_eight_to_seventeen_digits() {
    assert!(is_image_id("ami-12345678") && is_image_id("ami-0123456789abcdef0"));
    for wrong in [
        "ami-1234567",
        "ami-0123456789abcdef01",
        "ami-1234567G",
        "AMI-12345678",
        "",
    ] {
        assert!(!is_image_id(wrong), "{wrong}");
    }
}

fn promoted() -> crate::promote::Promoted {
    let images = images();
    crate::promote::Promoted {
        name: images.name,
        tested: images.source.id,
        region: images.region,
        images: images.ids,
        snapshots: images.snapshots,
        pull_requests: vec![7],
        published: Vec::new(),
    }
}

#[test]
fn everything_that_is_written_has_a_name_on_the_list() {
    let found = outputs(Builds::One, |writer| {
        writer.build_id("b").unwrap();
        writer.images_final("web", &images()).unwrap();
        writer.manifest(Path::new("manifest.json")).unwrap();
        let matrix = Matrix::parse(r#"{"include":[{"build":"web"}]}"#).unwrap();
        writer.matrix(&matrix).unwrap();
        writer.result_file("result.json").unwrap();
        writer.comment_url("https://github.com/").unwrap();
        writer.swept(&serde_json::json!({})).unwrap();
        writer.pruned(&serde_json::json!({})).unwrap();
        writer.promoted(&promoted()).unwrap();
        writer.finish(Conclusion::Success, Duration::ZERO).unwrap();
    });
    let mut names = NAMES.map(str::to_owned);
    names.sort();
    assert_eq!(found.into_keys().collect::<Vec<_>>(), names);
}
