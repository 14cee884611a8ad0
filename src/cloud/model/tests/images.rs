use super::{claim, region, running};
use crate::cloud::api::{AccountCalls, ImageCalls, InstanceCalls};
use crate::cloud::error::Refusal;
use crate::cloud::image::{CopyImage, CreateImage, Image, ImageQuery, ImageState};
use crate::cloud::model::{ModelCloud, Pace};
use crate::cloud::{ImageId, InstanceId, Region, Tags};

async fn image(cloud: &ModelCloud, id: &ImageId) -> Image {
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    cloud.images(&region(), &query).await.unwrap().remove(0)
}

async fn image_of(cloud: &ModelCloud, instance: InstanceId, name: &str) -> ImageId {
    let request = CreateImage {
        instance,
        name: name.to_owned(),
        block_devices: Vec::new(),
        image_tags: Tags::new(),
        snapshot_tags: Tags::new(),
    };
    cloud
        .create_image(&region(), &claim(name), &request)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_snapshot_goes_only_after_its_image() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    let id = image_of(&cloud, machine.id, "made").await;
    let snapshot = image(&cloud, &id).await.snapshots().remove(0);
    assert!(
        cloud
            .delete_snapshot(&region(), &snapshot)
            .await
            .unwrap_err()
            .is(Refusal::InUse)
    );
    cloud.deregister_image(&region(), &id).await.unwrap();
    cloud.delete_snapshot(&region(), &snapshot).await.unwrap();
}

#[tokio::test]
async fn a_finished_image_and_its_snapshots_count_as_nothing_left() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    let id = image_of(&cloud, machine.id.clone(), "made").await;
    cloud
        .terminate_instance(&region(), &machine.id)
        .await
        .unwrap();
    assert_eq!(cloud.left_behind(&[]).len(), 2);
    assert!(cloud.left_behind(&[id]).is_empty());
}

#[tokio::test]
async fn the_snapshots_of_a_pending_image_are_found_by_their_description_only() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    cloud.set_pace(Pace {
        looks: 5,
        hidden: 0,
    });
    let id = image_of(&cloud, machine.id, "made").await;
    let pending = image(&cloud, &id).await;
    assert_eq!(
        (pending.state, pending.snapshots().len()),
        (ImageState::Pending, 0)
    );
    let by_description = vec![(
        "description".to_owned(),
        vec![format!("Created by CreateImage(*) for {id}*")],
    )];
    assert_eq!(
        cloud
            .snapshots(&region(), &[], &by_description)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_taken_image_name_is_refused() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    image_of(&cloud, machine.id.clone(), "made").await;
    let request = CreateImage {
        instance: machine.id,
        name: "made".to_owned(),
        block_devices: Vec::new(),
        image_tags: Tags::new(),
        snapshot_tags: Tags::new(),
    };
    let error = cloud
        .create_image(&region(), &claim("again"), &request)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("InvalidAMIName.Duplicate"));
}

#[tokio::test]
async fn a_copy_carries_the_sources_tags_and_the_claims() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    let source = image_of(&cloud, machine.id, "made").await;
    image(&cloud, &source).await;
    cloud
        .create_tags(
            &region(),
            &[source.to_string()],
            &Tags::from([("team".to_owned(), "a".to_owned())]),
        )
        .await
        .unwrap();
    let target = Region::new("us-east-1");
    let request = CopyImage {
        source_region: region(),
        source,
        name: "made".to_owned(),
        encrypted: None,
        kms_key_id: None,
        image_tags: Tags::new(),
        snapshot_tags: Tags::new(),
        completion_minutes: None,
    };
    let copy = cloud
        .copy_image(&target, &claim("copy"), &request)
        .await
        .unwrap();
    let tags = cloud.tags_of(&target, copy.as_str()).unwrap();
    assert_eq!(tags.get("team").map(String::as_str), Some("a"));
    assert_eq!(tags.get("ami-build:row").map(String::as_str), Some("copy"));
}

#[tokio::test]
async fn nothing_is_decrypted_by_copying_it() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    let source = image_of(&cloud, machine.id, "made").await;
    image(&cloud, &source).await;
    let copy = |source: &ImageId, name: &str, encrypted| CopyImage {
        source_region: region(),
        source: source.clone(),
        name: name.to_owned(),
        encrypted: Some(encrypted),
        kms_key_id: None,
        image_tags: Tags::new(),
        snapshot_tags: Tags::new(),
        completion_minutes: None,
    };
    let request = copy(&source, "encrypted", true);
    let encrypted = cloud.copy_image(&region(), &claim("one"), &request).await;
    let encrypted = encrypted.unwrap();
    image(&cloud, &encrypted).await;
    let request = copy(&encrypted, "plain", false);
    let refused = cloud.copy_image(&region(), &claim("other"), &request).await;
    assert_eq!(refused.unwrap_err().code(), Some("InvalidRequest"));
}
