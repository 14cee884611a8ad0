//! What no sweep touches.

use std::time::Duration;

use super::yard::{
    BUILD, carry_out, goes, group, home, in_hours, key_pair, machine, plan, plan_older_than,
    reason, remaining, retag, tags,
};
use crate::cloud::ImageId;
use crate::cloud::api::{AccountCalls, ImageCalls, InstanceCalls};
use crate::cloud::image::{CreateImage, ImageQuery};
use crate::cloud::lifecycle::EnableFastLaunch;
use crate::cloud::lifecycle_calls::LifecycleCalls;
use crate::cloud::model::ModelCloud;
use crate::cloud::volume::RegisterImage;
use crate::cloud::volume_calls::VolumeCalls;
use crate::ledger::Claim;
use crate::sweep::judge::Reason;

#[tokio::test(start_paused = true)]
async fn what_belongs_to_somebody_else_is_not_even_seen() {
    let cloud = ModelCloud::at_once();
    group(&cloud, 1, &[("ami-build:owner", "github.com/2")]).await;
    let plan = plan(&cloud).await;
    assert!(plan.builds.is_empty() && plan.spared.is_empty());
}

#[tokio::test(start_paused = true)]
async fn tags_that_are_not_complete_or_mean_nothing_protect() {
    let cloud = ModelCloud::at_once();
    let wrong = [
        ("ami-build:deadline", "soon"),
        ("ami-build:deadline", ""),
        ("ami-build:row", "first"),
        ("ami-build:row", "4294967295"),
        ("ami-build:build-id", ""),
    ];
    for change in wrong {
        let id = group(&cloud, 1, &[change]).await;
        let plan = plan(&cloud).await;
        assert_eq!(reason(&plan, id.as_str()), Some(&Reason::Unreadable));
        assert!(plan.builds.is_empty(), "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_build_is_alive_as_a_whole_while_one_of_its_things_is() {
    let cloud = ModelCloud::at_once();
    let later = in_hours(1);
    let alive = group(&cloud, 1, &[("ami-build:deadline", &later)]).await;
    let key = key_pair(&cloud, 2, &[]).await;
    let plan = plan(&cloud).await;
    assert!(plan.builds.is_empty());
    for id in [alive.as_str(), key.as_str()] {
        assert!(matches!(reason(&plan, id), Some(Reason::Alive(_))), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_two_clocks_may_see_differently_is_not_over() {
    let cloud = ModelCloud::at_once();
    let just_now = in_hours(0);
    let id = group(&cloud, 1, &[("ami-build:deadline", &just_now)]).await;
    let plan = plan(&cloud).await;
    assert!(matches!(reason(&plan, id.as_str()), Some(Reason::Alive(_))));
}

#[tokio::test(start_paused = true)]
async fn a_build_that_is_not_old_enough_stays() {
    let cloud = ModelCloud::at_once();
    let id = group(&cloud, 1, &[]).await;
    let century = Duration::from_secs(100 * 365 * 86_400);
    let young = plan_older_than(&cloud, Some(century)).await;
    assert_eq!(reason(&young, id.as_str()), Some(&Reason::Young));
    let old = plan_older_than(&cloud, Some(Duration::from_secs(3600))).await;
    assert_eq!(goes(&old), [id.as_str()]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_tags_were_copied_onto_stays() {
    let cloud = ModelCloud::at_once();
    let own = machine(&cloud, 1, (&format!("{BUILD}-1"), Vec::new())).await;
    let users = machine(&cloud, 2, ("the user's own", Vec::new())).await;
    let plan = plan(&cloud).await;
    assert_eq!(reason(&plan, users.as_str()), Some(&Reason::CopiedTags));
    assert!(goes(&plan).contains(&own.as_str()));
}

#[tokio::test(start_paused = true)]
async fn of_two_things_that_claim_one_row_neither_goes() {
    let cloud = ModelCloud::at_once();
    let one = group(&cloud, 1, &[]).await;
    let two = group(&cloud, 1, &[]).await;
    let third = group(&cloud, 2, &[]).await;
    let plan = plan(&cloud).await;
    for id in [&one, &two] {
        assert_eq!(reason(&plan, id.as_str()), Some(&Reason::Twice));
    }
    assert_eq!(goes(&plan), [third.as_str()]);
}

/// An image of a machine, available, with the tags of row 2.
async fn image(cloud: &ModelCloud) -> (ImageId, String) {
    let machine = machine(cloud, 1, (&format!("{BUILD}-1"), Vec::new())).await;
    cloud
        .instances(&home(), std::slice::from_ref(&machine), &Vec::new())
        .await
        .unwrap();
    let request = CreateImage {
        instance: machine,
        name: "web-1".to_owned(),
        block_devices: Vec::new(),
        image_tags: tags(2, &[]),
        snapshot_tags: tags(2, &[]),
    };
    let claim = Claim::for_tests("image", tags(2, &[]));
    let id = cloud.create_image(&home(), &claim, &request).await.unwrap();
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    let snapshot = loop {
        let image = cloud.images(&home(), &query).await.unwrap().remove(0);
        if let Some(snapshot) = image.snapshots().into_iter().next() {
            break snapshot.to_string();
        }
    };
    (id, snapshot)
}

#[tokio::test(start_paused = true)]
async fn an_image_that_was_never_finished_goes_with_its_snapshots_and_its_fast_launch() {
    let cloud = ModelCloud::at_once();
    cloud.publish_windows();
    let request = EnableFastLaunch {
        image: image(&cloud).await.0,
        template: None,
        max_parallel_launches: None,
        target_resource_count: None,
    };
    let claim = Claim::for_tests("fast launch", tags(3, &[]));
    let enabled = cloud.enable_fast_launch(&home(), &claim, &request).await;
    enabled.unwrap();
    let plan = plan(&cloud).await;
    assert_eq!(
        remaining(&carry_out(&cloud, plan).await),
        Vec::<String>::new()
    );
    assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_finished_image_stays_and_its_snapshots_whatever_their_own_tags_say() {
    let cloud = ModelCloud::at_once();
    let (id, snapshot) = image(&cloud).await;
    retag(&cloud, id.as_str(), "ami-build:deadline", "kept").await;
    let plan = plan(&cloud).await;
    assert_eq!(plan.finished, 1);
    assert_eq!(reason(&plan, &snapshot), Some(&Reason::UsedBy(id.clone())));
    assert_eq!(
        remaining(&carry_out(&cloud, plan).await),
        Vec::<String>::new()
    );
    assert_eq!(cloud.left_behind(&[id]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_image_stays_where_only_its_snapshot_says_that_it_is_finished() {
    let cloud = ModelCloud::at_once();
    let (id, snapshot) = image(&cloud).await;
    retag(&cloud, &snapshot, "ami-build:deadline", "kept").await;
    let plan = plan(&cloud).await;
    assert_eq!(reason(&plan, id.as_str()), Some(&Reason::PartsFinished));
    carry_out(&cloud, plan).await;
    assert_eq!(cloud.left_behind(&[id]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_of_the_users_in_an_unfinished_image_outlives_it() {
    let cloud = ModelCloud::at_once();
    let (_, snapshot) = image(&cloud).await;
    retag(&cloud, &snapshot, "ami-build:owner", "nobody").await;
    let plan = plan(&cloud).await;
    carry_out(&cloud, plan).await;
    assert_eq!(
        cloud.left_behind(&[]),
        [format!("eu-west-1/{snapshot}")],
        "the image and the machine are gone"
    );
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_somebody_registered_an_image_of_stays() {
    let cloud = ModelCloud::at_once();
    let (id, snapshot) = image(&cloud).await;
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    let devices = cloud.images(&home(), &query).await.unwrap().remove(0);
    // A look completes the snapshot.
    cloud.snapshots(&home(), &[], &Vec::new()).await.unwrap();
    let request = RegisterImage {
        name: "rescued".to_owned(),
        root_device_name: "/dev/xvda".to_owned(),
        block_devices: devices.block_devices,
        ..RegisterImage::default()
    };
    let claim = Claim::for_tests("rescue", crate::cloud::Tags::new());
    let rescued = cloud
        .register_image(&home(), &claim, &request)
        .await
        .unwrap();
    cloud.images(&home(), &ImageQuery::default()).await.unwrap();
    let plan = plan(&cloud).await;
    assert_eq!(
        reason(&plan, &snapshot),
        Some(&Reason::UsedBy(rescued.clone()))
    );
    assert!(goes(&plan).contains(&id.as_str()));
    assert_eq!(
        remaining(&carry_out(&cloud, plan).await),
        Vec::<String>::new()
    );
    assert_eq!(cloud.left_behind(&[rescued]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_is_renewed_between_the_search_and_the_removal_stays_with_all_of_its_build() {
    let cloud = ModelCloud::at_once();
    let group_id = group(&cloud, 1, &[]).await;
    let machine = machine(&cloud, 2, (&format!("{BUILD}-2"), vec![group_id.clone()])).await;
    let plan = plan(&cloud).await;
    assert!(goes(&plan).contains(&machine.as_str()));
    retag(&cloud, machine.as_str(), "ami-build:deadline", &in_hours(4)).await;
    let removals = carry_out(&cloud, plan).await;
    let stays = remaining(&removals);
    assert!(
        stays.len() >= 2 && stays.iter().all(|line| line.contains("the build is alive")),
        "{stays:?}"
    );
    assert_eq!(cloud.machines(&home()), [machine]);
    assert!(
        !cloud
            .calls()
            .iter()
            .any(|call| call.starts_with("DeleteSecurityGroup"))
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_declared_finished_or_given_away_after_the_search_stays() {
    for (tag, value) in [("ami-build:deadline", "kept"), ("ami-build:owner", "me")] {
        let cloud = ModelCloud::at_once();
        let id = group(&cloud, 1, &[]).await;
        let plan = plan(&cloud).await;
        retag(&cloud, id.as_str(), tag, value).await;
        let removals = carry_out(&cloud, plan).await;
        assert!(remaining(&removals)[0].contains("no longer carries the tags"));
        assert_eq!(cloud.left_behind(&[]).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_not_named_is_not_looked_at() {
    let cloud = ModelCloud::at_once();
    let before = cloud.regions(&home()).await.unwrap().len();
    assert!(before > 1);
    plan(&cloud).await;
    let elsewhere = cloud.calls();
    assert!(elsewhere.iter().all(|call| call.ends_with("eu-west-1")));
}
