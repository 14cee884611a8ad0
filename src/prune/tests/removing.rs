//! The doing, against the model: who uses an image, what is asked again, and what a fault leaves.

use super::account::{AWAY, HOME, Run, closed, fate, images, merged, preview, rules, snapshots};
use crate::cloud::api::{AccountCalls, InstanceCalls};
use crate::cloud::image::BlockDevice;
use crate::cloud::instance::{RunInstance, ShutdownBehavior};
use crate::cloud::model::{Fault, ModelCloud, Referrer};
use crate::cloud::{ImageId, Region, Tags};
use crate::ledger::Claim;
use crate::prune::verdict::{Reason, Verdict};
use crate::prune::{Aim, Ending, Expired, Fate};
use crate::stop::{StopHandle, StopReason};

fn home() -> Region {
    Region::new(HOME)
}

fn discarded() -> Aim {
    closed(Ending::Discarded)
}

async fn launch(cloud: &ModelCloud, image: &ImageId) {
    let request = RunInstance {
        image: image.clone(),
        instance_type: "t3.micro".to_owned(),
        key_name: None,
        subnet: None,
        groups: Vec::new(),
        associate_public_ip_address: None,
        iam_instance_profile: None,
        user_data: None,
        block_devices: Vec::new(),
        availability_zone: None,
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: ShutdownBehavior::Terminate,
        credit_specification: None,
        terms: Default::default(),
        instance_tags: Tags::new(),
        volume_tags: Tags::new(),
    };
    let claim = Claim::for_tests("machine", Tags::new());
    cloud.run_instance(&home(), &claim, &request).await.unwrap();
}

fn used(fate: &Fate) -> bool {
    matches!(fate, Fate::Kept(Reason::Used(_)))
}

#[tokio::test(start_paused = true)]
async fn an_image_goes_with_its_snapshots_in_every_region() {
    let cloud = ModelCloud::at_once();
    let two = |image: &mut crate::cloud::image::Image| {
        image.block_devices = vec![BlockDevice::default(); 2];
    };
    preview(1).change(two).put(&cloud);
    preview(2).away().put(&cloud);
    preview(3).tag("pr", "8").put(&cloud);
    let aim = discarded();
    let done = Run::new(&cloud, &aim).whole().await;
    assert_eq!(done.images.len(), 2);
    assert_eq!(images(&cloud), ["ami-00000003"]);
    assert_eq!(snapshots(&cloud), 1);
}

#[tokio::test(start_paused = true)]
async fn whatever_refers_to_an_image_keeps_it_whether_one_call_tells_it_or_three() {
    for refused in [None, Some("UnauthorizedOperation"), Some("InvalidAction")] {
        let cloud = ModelCloud::at_once();
        let machine = preview(1).put(&cloud);
        launch(&cloud, &machine).await;
        let template = preview(2).put(&cloud);
        cloud.refer(&home(), &template, Referrer::LaunchTemplate);
        let parameter = preview(3).put(&cloud);
        cloud.refer(&home(), &parameter, Referrer::Parameter);
        let free = preview(4).put(&cloud);
        if let Some(code) = refused {
            cloud.fail_always("DescribeImageReferences", Fault::Refused(code));
        }
        let aim = discarded();
        let done = Run::new(&cloud, &aim).whole().await;
        for id in [machine, template, parameter] {
            assert!(
                used(fate(&done, &id)),
                "{refused:?}: {:?}",
                fate(&done, &id)
            );
        }
        assert_eq!(*fate(&done, &free), Fate::Removed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_recipe_of_image_builder_keeps_it_too() {
    let cloud = ModelCloud::at_once();
    let id = preview(1).put(&cloud);
    cloud.refer(&home(), &id, Referrer::Recipe);
    let aim = discarded();
    assert!(used(fate(&Run::new(&cloud, &aim).whole().await, &id)));
}

#[tokio::test(start_paused = true)]
async fn parameters_that_may_not_be_read_are_told_and_other_silence_keeps_the_image() {
    for (call, stays) in [
        ("DescribeParameters", false),
        ("DescribeInstances", true),
        ("DescribeLaunchTemplateVersions", true),
        ("DescribeImageAttribute", true),
        ("DescribeSnapshotAttribute", true),
    ] {
        let cloud = ModelCloud::at_once();
        let id = preview(1).put(&cloud);
        for call in ["DescribeImageReferences", call] {
            cloud.fail_always(call, Fault::Refused("UnauthorizedOperation"));
        }
        let aim = discarded();
        let run = Run::new(&cloud, &aim);
        let plan = run.plan().await;
        assert_eq!(
            plan.unchecked.is_empty(),
            stays,
            "{call}: {:?}",
            plan.unchecked
        );
        let done = run.carry_out(plan).await;
        let kept = matches!(fate(&done, &id), Fate::Kept(Reason::Unknown(_)));
        assert_eq!(kept, stays, "{call}: {:?}", fate(&done, &id));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_shared_or_protected_stays_with_its_snapshots() {
    let cloud = ModelCloud::at_once();
    let account = preview(1).launched_by("210987654321").put(&cloud);
    let public = preview(2).launched_by("all").put(&cloud);
    let snapshot = preview(3).snapshots_used_by("210987654321").put(&cloud);
    preview(4)
        .change(|image| image.is_protected = true)
        .put(&cloud);
    let aim = discarded();
    let done = Run::new(&cloud, &aim).whole().await;
    for id in [account, public, snapshot] {
        assert!(matches!(fate(&done, &id), Fate::Kept(Reason::Shared(_))));
    }
    assert_eq!((images(&cloud).len(), snapshots(&cloud)), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn what_belongs_to_others_is_not_even_looked_at() {
    let cloud = ModelCloud::at_once();
    preview(1)
        .over()
        .tag("repository-id", "github.com/70")
        .put(&cloud);
    preview(2).over().without_tag("kind").put(&cloud);
    preview(3)
        .over()
        .change(|image| image.owner_id = "210987654321".to_owned())
        .put(&cloud);
    let aim = rules(|rules| rules.expired = Expired::Goes);
    let done = Run::new(&cloud, &aim).whole().await;
    assert_eq!(done.images.len(), 0);
    assert_eq!(snapshots(&cloud), 3);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_is_not_the_repositorys_or_that_another_image_needs_stays() {
    let cloud = ModelCloud::at_once();
    preview(1).put(&cloud);
    let other = preview(2).tag("pr", "8").put(&cloud);
    let shared = cloud.snapshot_ids(&home());
    cloud.lend_snapshot(&home(), &other, &shared[0]);
    let aim = discarded();
    Run::new(&cloud, &aim).whole().await;
    assert_eq!(images(&cloud), [other.as_str()]);
    assert_eq!(cloud.snapshot_ids(&home()), shared);
    let marked = cloud.tags_of(&home(), shared[0].as_str()).unwrap();
    assert_eq!(marked["ami-build:kind"], "preview", "nobody wants it gone");

    let foreign = preview(3).put(&cloud);
    let snapshot = cloud.snapshot_ids(&home()).pop().unwrap();
    let tags = Tags::from([(
        "ami-build:repository-id".to_owned(),
        "github.com/9".to_owned(),
    )]);
    cloud
        .create_tags(&home(), &[snapshot.to_string()], &tags)
        .await
        .unwrap();
    let done = Run::new(&cloud, &aim).whole().await;
    assert_eq!(*fate(&done, &foreign), Fate::Removed);
    assert!(cloud.snapshot_ids(&home()).contains(&snapshot));
}

#[tokio::test(start_paused = true)]
async fn one_run_removes_so_many_and_the_oldest_first() {
    let cloud = ModelCloud::at_once();
    for number in 1..=4 {
        preview(number)
            .days_old(10 + i64::try_from(number).unwrap())
            .put(&cloud);
    }
    cloud.refer(
        &home(),
        &ImageId::new("ami-00000004"),
        Referrer::LaunchTemplate,
    );
    let aim = discarded();
    let run = Run {
        limit: 2,
        ..Run::new(&cloud, &aim)
    };
    let done = run.whole().await;
    assert_eq!(images(&cloud), ["ami-00000001", "ami-00000004"]);
    let last = fate(&done, &ImageId::new("ami-00000001"));
    assert_eq!(*last, Fate::Kept(Reason::BeyondLimit));
}

#[tokio::test(start_paused = true)]
async fn an_image_that_others_use_loses_the_pull_request_and_stays() {
    let cloud = ModelCloud::at_once();
    let id = preview(1).tag("pr", "5 7 9").put(&cloud);
    let aim = discarded();
    let done = Run::new(&cloud, &aim).whole().await;
    assert_eq!(*fate(&done, &id), Fate::LetGo);
    let snapshot = cloud.snapshot_ids(&home()).remove(0);
    for id in [id.as_str(), snapshot.as_str()] {
        assert_eq!(cloud.tags_of(&home(), id).unwrap()["ami-build:pr"], "5 9");
    }
}

#[tokio::test(start_paused = true)]
async fn a_promotion_that_begins_at_any_call_wins_until_the_image_is_gone() {
    let bare = ModelCloud::at_once();
    preview(1).put(&bare);
    let aim = discarded();
    Run::new(&bare, &aim).whole().await;
    let calls = bare.calls();
    let gone = calls
        .iter()
        .position(|call| call.starts_with("DeregisterImage"));
    let gone = gone.unwrap() + 1;
    for number in 1..gone {
        let cloud = ModelCloud::at_once();
        let id = preview(1).put(&cloud);
        let (promoted, snapshot) = (cloud.clone(), cloud.snapshot_ids(&home()).remove(0));
        cloud.run_at(number, move |_| {
            for (name, value) in [("promoted", "2026-12-01T12:00:00Z"), ("kind", "release")] {
                promoted.set_tag(&home(), "ami-00000001", &format!("ami-build:{name}"), value);
            }
        });
        let done = Run::new(&cloud, &aim).whole().await;
        assert_eq!(
            images(&cloud),
            [id.as_str()],
            "at call {number}: {:?}",
            done.images
        );
        let tags = cloud.tags_of(&home(), snapshot.as_str()).unwrap();
        assert_ne!(tags["ami-build:kind"], "pruned", "at call {number}");
    }
    assert!(gone > 10, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn a_promotion_that_begins_while_the_last_call_is_throttled_wins() {
    let bare = ModelCloud::at_once();
    preview(1).put(&bare);
    let aim = discarded();
    Run::new(&bare, &aim).whole().await;
    let calls = bare.calls();
    let last = calls
        .iter()
        .position(|call| call.starts_with("DeregisterImage"));
    let last = last.unwrap() + 1;
    let cloud = ModelCloud::at_once();
    let id = preview(1).put(&cloud);
    cloud.fail_at(last, Fault::Refused("RequestLimitExceeded"));
    let promoted = cloud.clone();
    cloud.run_at(last, move |_| {
        let since = "2026-12-01T12:00:00Z";
        promoted.set_tag(&home(), "ami-00000001", "ami-build:promoted", since);
    });
    let done = Run::new(&cloud, &aim).whole().await;
    assert_eq!(*fate(&done, &id), Fate::Kept(Reason::Promoted));
    assert_eq!(images(&cloud).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_begins_to_use_it_after_the_plan_keeps_it() {
    let cloud = ModelCloud::at_once();
    let machine = preview(1).put(&cloud);
    let shared = preview(2).put(&cloud);
    let retagged = preview(3).put(&cloud);
    let aim = discarded();
    let run = Run::new(&cloud, &aim);
    let plan = run.plan().await;
    launch(&cloud, &machine).await;
    cloud.set_launchers(&home(), &shared, &["all"]);
    cloud.set_tag(&home(), retagged.as_str(), "ami-build:pr", "7 8");
    let done = run.carry_out(plan).await;
    assert!(used(fate(&done, &machine)));
    assert!(matches!(
        fate(&done, &shared),
        Fate::Kept(Reason::Shared(_))
    ));
    assert_eq!(*fate(&done, &retagged), Fate::Kept(Reason::Changed));
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_call_removes_nothing_wrong_and_the_next_run_does_the_rest() {
    let bare = ModelCloud::at_once();
    preview(1).put(&bare);
    let aim = discarded();
    Run::new(&bare, &aim).whole().await;
    for number in 1..=bare.calls().len() {
        for fault in [
            Fault::Refused("RequestLimitExceeded"),
            Fault::Refused("UnauthorizedOperation"),
            Fault::LostAnswer,
            Fault::Late("InternalError"),
        ] {
            let cloud = ModelCloud::at_once();
            preview(1).put(&cloud);
            preview(2).tag("pr", "8").put(&cloud);
            cloud.fail_at(number, fault.clone());
            Run::new(&cloud, &aim).whole().await;
            Run::new(&cloud, &aim).whole().await;
            assert_eq!(
                images(&cloud),
                ["ami-00000002"],
                "{fault:?} at call {number}"
            );
            assert_eq!(snapshots(&cloud), 1, "{fault:?} at call {number}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_could_not_be_deleted_is_told_and_goes_in_the_next_run() {
    let cloud = ModelCloud::at_once();
    let id = preview(1).put(&cloud);
    cloud.fail_always("DeleteSnapshot", Fault::Refused("UnauthorizedOperation"));
    let aim = discarded();
    let done = Run::new(&cloud, &aim).whole().await;
    let Fate::Remains { command, .. } = fate(&done, &id) else {
        panic!("{:?}", fate(&done, &id))
    };
    assert!(command.starts_with("aws ec2 delete-snapshot --region eu-west-1 --snapshot-id snap-"));
    cloud.heal("DeleteSnapshot");
    let other = rules(|rules| rules.expired = Expired::Goes);
    let done = Run::new(&cloud, &other).whole().await;
    assert_eq!(done.orphans.len(), 1);
    assert_eq!(snapshots(&cloud), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stop_leaves_what_has_not_begun() {
    let cloud = ModelCloud::at_once();
    let id = preview(1).put(&cloud);
    let aim = discarded();
    let ((handle, stop), run) = (StopHandle::new(), Run::new(&cloud, &aim));
    let plan = run.plan().await;
    handle.request(StopReason::Interrupt);
    let run = Run { stop, ..run };
    let done = run.carry_out(plan).await;
    assert_eq!(*fate(&done, &id), Fate::Kept(Reason::Stopped));
    assert_eq!(images(&cloud).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_region_that_may_not_be_looked_at_costs_the_others_nothing() {
    let cloud = ModelCloud::at_once();
    preview(1).put(&cloud);
    preview(2).away().put(&cloud);
    let aim = discarded();
    cloud.close_region(AWAY);
    let run = Run::new(&cloud, &aim);
    let plan = run.plan().await;
    let closed: Vec<_> = plan
        .unsearched
        .iter()
        .map(|one| one.region.as_str())
        .collect();
    assert_eq!(closed, [AWAY]);
    run.carry_out(plan).await;
    assert_eq!(images(&cloud), ["ami-00000002"]);
}

#[tokio::test(start_paused = true)]
async fn fast_launch_goes_before_its_image() {
    let cloud = ModelCloud::at_once();
    let id = preview(1).put(&cloud);
    cloud.switch_on_fast_launch(&home(), &id);
    let aim = merged("another");
    let older = preview(2).days_old(1).put(&cloud);
    let done = Run::new(&cloud, &aim).whole().await;
    assert_eq!(*fate(&done, &id), Fate::Removed);
    assert!(cloud.fast_launch_of(&home(), &id).is_none());
    assert_eq!(*fate(&done, &older), Fate::Kept(Reason::PerhapsMerged));
}

#[tokio::test(start_paused = true)]
async fn a_plan_alone_changes_nothing() {
    let cloud = ModelCloud::at_once();
    preview(1).put(&cloud);
    let aim = discarded();
    let plan = Run::new(&cloud, &aim).plan().await;
    assert!(matches!(plan.images[0].verdict, Verdict::Remove(_)));
    let calls = cloud.calls();
    assert!(
        calls.iter().all(|call| call.starts_with("Describe")),
        "{calls:?}"
    );
    assert_eq!(images(&cloud).len(), 1);
}
