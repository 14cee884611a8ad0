//! What random builds showed to be wrong once, each as a small build of its own.

use std::sync::Arc;
use std::time::Duration;

use super::bench::{Bench, HOME, settle};
use super::fixture::settings;
use super::lifecycle::all_asked;
use crate::build::{GeneratedData, Hook};
use crate::cloud::api::ImageCalls as _;
use crate::cloud::api::NetworkCalls as _;
use crate::cloud::model::{Age, Fault, Life, ModelCloud, Pace, Weather};
use crate::cloud::{ImageId, Region};
use crate::ledger::{DEADLINE_TAG, KEPT, Kind, Order, Why};
use crate::remote::Remote;
use crate::stop::Stop;

/// A provisioner that attaches a volume, and fails.
struct Attaches(ModelCloud, Age);

impl Hook for Attaches {
    type Error = std::io::Error;

    async fn provision<R: Remote>(
        &mut self,
        _remote: Option<&mut R>,
        _data: &GeneratedData,
    ) -> Result<(), Self::Error> {
        let home = Region::new(HOME);
        let machine = self.0.machines(&home).remove(0);
        self.0
            .attach_by_script(&home, (&machine, "/dev/sdz"), self.1);
        Err(std::io::Error::other("on purpose"))
    }
}

async fn left_of_a_script(age: Age) -> Vec<String> {
    let bench = Bench::new();
    let ledger = bench.ledger();
    let mut hook = Attaches(bench.cloud.clone(), age);
    let built = bench.build_with(&mut hook, &ledger, &Stop::never()).await;
    assert!(built.is_err());
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    assert!(!settled.has_leftovers());
    bench.cloud.left_behind(&[])
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_a_script_made_and_attached_goes_after_the_machine() {
    assert_eq!(left_of_a_script(Age::New).await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_is_older_than_the_machine_is_somebodys_data() {
    let left = left_of_a_script(Age::Old).await;
    assert!(left.len() == 1 && left[0].contains("/vol-"), "{left:?}");
}

/// Everything that is made shows after some looks; these calls meet something else.
fn meets(
    cloud: &ModelCloud,
    hidden: u32,
    weather: impl Fn(&str) -> Weather + Send + Sync + 'static,
) {
    let forecast = move |_, call: &'static str| Weather {
        pace: Pace { looks: 1, hidden },
        ..weather(call)
    };
    cloud.set_out(Life::default(), Some(Arc::new(forecast)));
}

#[tokio::test(start_paused = true)]
async fn snapshots_of_a_pending_image_that_show_late_go_too() {
    let bench = Bench::new();
    // The image is pending and shows nothing yet when the build fails.
    meets(&bench.cloud, 5, |call| Weather {
        fault: (call == "DescribeImages").then_some(Fault::Refused("InvalidParameterValue")),
        ..Weather::default()
    });
    let mut settings = settings();
    settings.image.replace = crate::plan::amazon::settings::Replace::Refuse;
    let ledger = bench.ledger();
    let order = Order::new(Kind::Image, &Region::new(HOME), "web-1");
    let machine = launched(&bench, &ledger).await;
    let cloud = bench.cloud.clone();
    let request = crate::cloud::image::CreateImage {
        instance: machine,
        name: "web-1".to_owned(),
        block_devices: Vec::new(),
        image_tags: Default::default(),
        snapshot_tags: Default::default(),
    };
    let made = ledger.create(order, move |claim| async move {
        cloud
            .create_image(&Region::new(HOME), &claim, &request)
            .await
    });
    made.await.unwrap();
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    assert!(!settled.has_leftovers(), "{:?}", settled.remaining());
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

async fn launched(bench: &Bench, ledger: &crate::ledger::Ledger) -> crate::cloud::InstanceId {
    use crate::cloud::api::InstanceCalls as _;
    let home = Region::new(HOME);
    let order = Order::new(Kind::Instance, &home, "the build machine");
    let mut request = super::volumes::launch();
    request.block_devices = Vec::new();
    let cloud = bench.cloud.clone();
    let region = home.clone();
    let made = ledger.create(order, move |claim| async move {
        cloud.run_instance(&region, &claim, &request).await
    });
    let id = made.await.unwrap().id;
    for _ in 0..20 {
        let ids = std::slice::from_ref(&id);
        drop(bench.cloud.instances(&home, ids, &Vec::new()).await);
    }
    id
}

#[tokio::test(start_paused = true)]
async fn an_image_whose_fast_launch_cannot_be_switched_off_stays_and_is_told() {
    let bench = Bench::with(all_asked());
    let denied = Fault::Refused("UnauthorizedOperation");
    bench.cloud.fail_always("DisableFastLaunch", denied.clone());
    bench.cloud.fail_always("EnableImageDeprecation", denied);
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    let remaining = ended.settled.remaining();
    let told = |kind| remaining.iter().any(|remaining| remaining.row.kind == kind);
    assert!(
        told(Kind::ImageCopy) && told(Kind::FastLaunch),
        "{remaining:?}"
    );
    let launches = |left: Vec<String>| {
        left.iter()
            .filter(|left| left.contains("fast launch"))
            .count()
    };
    assert!(launches(bench.cloud.left_behind(&[])) > 0);

    meets(&bench.cloud, 0, |_| Weather::default());
    bench.settle_journal().await;
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_long_on_its_way_is_no_proof_that_nothing_was_made() {
    let bench = Bench::new();
    meets(&bench.cloud, 1, |call| Weather {
        fault: (call == "CreateSecurityGroup").then_some(Fault::LostAnswer),
        after: Duration::from_secs(if call == "DescribeSecurityGroups" {
            40
        } else {
            0
        }),
        ..Weather::default()
    });
    let ledger = bench.ledger();
    let order = Order::new(Kind::SecurityGroup, &Region::new(HOME), "packer_1");
    let cloud = bench.cloud.clone();
    let made = ledger.create(order, move |claim| async move {
        cloud
            .create_group(&Region::new(HOME), &claim, "packer_1", None)
            .await
    });
    made.await.unwrap_err();
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    assert_eq!(settled.removed().len(), 1);
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn snapshots_of_an_image_that_went_before_its_id_was_written_down_go_too() {
    let bench = Bench::new();
    bench.cloud.fail_always("CreateImage", Fault::LostAnswer);
    let ledger = bench.ledger();
    let built = bench.build(&ledger, &Stop::never()).await;
    assert!(built.is_err());
    let left = bench.cloud.left_behind(&[]);
    let image = left.iter().find_map(|place| place.split_once("/ami-"));
    let image = ImageId::new(format!("ami-{}", image.unwrap().1));
    let home = Region::new(HOME);
    bench.cloud.deregister_image(&home, &image).await.unwrap();
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    assert!(!settled.has_leftovers());
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_a_damaged_journal_may_have_kept_is_left_and_told() {
    let bench = Bench::new();
    let ended = {
        let ledger = bench.ledger();
        bench.cloud.fail_always(
            "ModifyImageAttribute",
            Fault::Refused("InvalidParameterValue"),
        );
        let built = bench.build(&ledger, &Stop::never()).await;
        assert!(built.is_err());
        ledger.path()
    };
    let mut text = std::fs::read(&ended).unwrap();
    text.extend(b"\x00\x00\x00\n");
    super::bench::restore(&ended, &text);
    let ledger = super::bench::resume(&ended);
    assert_eq!(ledger.damaged_lines().len(), 1);
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    let remaining = settled.remaining();
    assert!(
        matches!(remaining, [one] if one.row.kind == Kind::Image && matches!(one.why, Why::PerhapsKept)),
        "{remaining:?}"
    );
    assert_eq!(
        bench.cloud.left_behind(&[]).len(),
        2,
        "the image and its snapshot; the machine and all else is gone"
    );
    assert!(ended.exists());
}

#[tokio::test(start_paused = true)]
async fn what_was_said_to_stay_before_the_build_failed_is_left_to_a_sweep() {
    let bench = Bench::with(all_asked());
    let denied = Fault::Refused("UnauthorizedOperation");
    // Protection comes after the mark that an image stays.
    bench
        .cloud
        .fail_always("EnableImageDeregistrationProtection", denied.clone());
    bench.cloud.fail_always("DeleteSnapshot", denied);
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    let left = bench.cloud.left_behind(&[]);
    assert!(!left.is_empty());
    for place in left {
        let deadline = bench.cloud.tag_of(&place, DEADLINE_TAG);
        assert_ne!(deadline.as_deref(), Some(KEPT), "{place}");
    }
}
