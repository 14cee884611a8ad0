//! Volumes that would outlive their machine.

use super::bench::{Bench, HOME, settle};
use crate::cloud::api::InstanceCalls as _;
use crate::cloud::image::{BlockDevice, EbsSettings};
use crate::cloud::instance::{RunInstance, ShutdownBehavior};
use crate::cloud::model::SOURCE_IMAGE;
use crate::cloud::{ImageId, Region, Tags};
use crate::ledger::{Kind, Order};
use crate::stop::Stop;

pub(super) fn launch() -> RunInstance {
    let ebs = EbsSettings {
        delete_on_termination: Some(false),
        volume_size: Some(1),
        ..EbsSettings::default()
    };
    RunInstance {
        image: ImageId::new(SOURCE_IMAGE),
        instance_type: "t3.micro".to_owned(),
        key_name: None,
        subnet: None,
        groups: Vec::new(),
        associate_public_ip_address: None,
        iam_instance_profile: None,
        user_data: None,
        block_devices: vec![BlockDevice {
            device_name: "/dev/sdf".to_owned(),
            ebs: Some(ebs),
            ..BlockDevice::default()
        }],
        availability_zone: None,
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: ShutdownBehavior::Terminate,
        credit_specification: None,
        terms: Default::default(),
        instance_tags: Tags::new(),
        volume_tags: Tags::new(),
    }
}

/// What is left of a machine whose row names these devices.
async fn left_of_a_machine(devices: &[&str]) -> Vec<String> {
    let bench = Bench::new();
    let ledger = bench.ledger();
    let (cloud, region) = (bench.cloud.clone(), Region::new(HOME));
    let devices = devices.iter().map(|device| (*device).to_owned()).collect();
    let order = Order::new(Kind::Instance, &region, "the build machine").leaving(devices);
    let launched = ledger.create(order, |claim| async move {
        cloud.run_instance(&region, &claim, &launch()).await
    });
    launched.await.unwrap();
    let settled = settle(ledger, &bench.cloud, &Stop::never()).await;
    assert!(!settled.has_leftovers());
    bench.cloud.left_behind(&[])
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_the_source_image_leaves_goes_after_its_machine() {
    assert_eq!(left_of_a_machine(&["/dev/sdf"]).await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_nobody_named_is_the_users() {
    assert_eq!(left_of_a_machine(&[]).await.len(), 1);
}
