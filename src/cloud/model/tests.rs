mod account;
mod images;

use super::*;
use crate::cloud::api::{AccountCalls, InstanceCalls, NetworkCalls};
use crate::cloud::error::Refusal;
use crate::cloud::image::{BlockDevice, EbsSettings};
use crate::cloud::instance::{Instance, InstanceState, RunInstance, ShutdownBehavior};
use crate::cloud::{GroupId, ImageId, InstanceId, Region, Tags};
use crate::ledger::Claim;

fn region() -> Region {
    Region::new("eu-west-1")
}

fn claim(token: &str) -> Claim {
    Claim::for_tests(
        token,
        Tags::from([("ami-build:row".to_owned(), token.to_owned())]),
    )
}

fn launch(groups: Vec<GroupId>) -> RunInstance {
    RunInstance {
        image: ImageId::new(SOURCE_IMAGE),
        instance_type: "t3.micro".to_owned(),
        key_name: None,
        subnet: None,
        groups,
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
    }
}

async fn state(cloud: &ModelCloud, id: &InstanceId) -> InstanceState {
    cloud
        .instances(&region(), std::slice::from_ref(id), &Vec::new())
        .await
        .unwrap()[0]
        .state
}

async fn running(cloud: &ModelCloud, groups: Vec<GroupId>) -> Instance {
    let made = cloud
        .run_instance(&region(), &claim("machine"), &launch(groups))
        .await
        .unwrap();
    while state(cloud, &made.id).await != InstanceState::Running {}
    made
}

#[tokio::test]
async fn states_move_with_the_number_of_looks() {
    let cloud = ModelCloud::new(Pace {
        looks: 2,
        hidden: 0,
    });
    let made = cloud
        .run_instance(&region(), &claim("1"), &launch(Vec::new()))
        .await
        .unwrap();
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(state(&cloud, &made.id).await);
    }
    assert_eq!(
        states,
        [
            InstanceState::Pending,
            InstanceState::Pending,
            InstanceState::Running
        ]
    );
}

#[tokio::test]
async fn a_new_thing_is_found_late_where_the_pace_says_so() {
    let cloud = ModelCloud::new(Pace {
        looks: 0,
        hidden: 1,
    });
    let made = cloud
        .run_instance(&region(), &claim("1"), &launch(Vec::new()))
        .await
        .unwrap();
    let early = cloud
        .instances(&region(), std::slice::from_ref(&made.id), &Vec::new())
        .await
        .unwrap_err();
    assert!(early.is(Refusal::NotFound), "{early}");
    assert_eq!(state(&cloud, &made.id).await, InstanceState::Running);
}

#[tokio::test]
async fn the_same_token_never_makes_a_second_machine() {
    let cloud = ModelCloud::at_once();
    let first = cloud
        .run_instance(&region(), &claim("same"), &launch(Vec::new()))
        .await
        .unwrap();
    let second = cloud
        .run_instance(&region(), &claim("same"), &launch(Vec::new()))
        .await
        .unwrap();
    assert_eq!(first.id, second.id);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_thing_and_a_lost_request_does_not() {
    let cloud = ModelCloud::at_once();
    cloud.fail_at(1, Fault::LostRequest);
    cloud.fail_at(2, Fault::LostAnswer);
    for _ in 0..2 {
        let error = cloud
            .create_group(&region(), &claim("g"), "group", None)
            .await
            .unwrap_err();
        assert!(error.effect_is_unknown(), "{error}");
    }
    assert_eq!(cloud.left_behind(&[]).len(), 1);
}

#[tokio::test]
async fn a_refused_call_has_the_scripts_code_and_no_effect() {
    let cloud = ModelCloud::at_once();
    cloud.fail_always(
        "RunInstances",
        Fault::Refused("InsufficientInstanceCapacity"),
    );
    let error = cloud
        .run_instance(&region(), &claim("1"), &launch(Vec::new()))
        .await
        .unwrap_err();
    assert!(error.is(Refusal::Capacity), "{error}");
    assert!(cloud.left_behind(&[]).is_empty());
    assert_eq!(cloud.calls(), ["RunInstances eu-west-1"]);
}

#[tokio::test]
async fn a_callback_runs_when_its_call_arrives() {
    let (handle, stop) = crate::stop::StopHandle::new();
    let cloud = ModelCloud::at_once();
    cloud.run_at(2, move |_| {
        handle.request(crate::stop::StopReason::Interrupt)
    });
    cloud.caller(&region()).await.unwrap();
    assert!(stop.requested().is_none());
    cloud.caller(&region()).await.unwrap();
    assert!(stop.requested().is_some());
}

#[tokio::test]
async fn a_group_goes_only_after_its_machine() {
    let cloud = ModelCloud::new(Pace {
        looks: 1,
        hidden: 0,
    });
    let group = cloud
        .create_group(&region(), &claim("g"), "group", None)
        .await
        .unwrap();
    let machine = running(&cloud, vec![group.clone()]).await;
    let error = cloud.delete_group(&region(), &group).await.unwrap_err();
    assert_eq!(error.code(), Some("DependencyViolation"));
    cloud
        .terminate_instance(&region(), &machine.id)
        .await
        .unwrap();
    while cloud.delete_group(&region(), &group).await.is_err() {}
    assert!(cloud.left_behind(&[]).is_empty());
}

#[tokio::test]
async fn a_volume_that_outlives_its_machine_is_left_behind() {
    let cloud = ModelCloud::at_once();
    let kept = EbsSettings {
        delete_on_termination: Some(false),
        volume_size: Some(1),
        ..EbsSettings::default()
    };
    let device = BlockDevice {
        device_name: "/dev/sdf".to_owned(),
        ebs: Some(kept),
        ..BlockDevice::default()
    };
    let request = RunInstance {
        block_devices: vec![device],
        ..launch(Vec::new())
    };
    let machine = cloud
        .run_instance(&region(), &claim("1"), &request)
        .await
        .unwrap();
    cloud
        .terminate_instance(&region(), &machine.id)
        .await
        .unwrap();
    assert_eq!(cloud.left_behind(&[]).len(), 1);
}

#[tokio::test]
async fn a_machine_that_shuts_itself_down_goes_as_it_was_launched_to() {
    let cloud = ModelCloud::at_once();
    let machine = running(&cloud, Vec::new()).await;
    cloud.power_off(&region(), &machine.id);
    assert!(cloud.left_behind(&[]).is_empty());
    assert_eq!(state(&cloud, &machine.id).await, InstanceState::Terminated);
}

#[tokio::test]
async fn a_filter_that_the_model_does_not_know_is_refused() {
    let unknown = vec![("no-such-filter".to_owned(), vec![String::new()])];
    let cloud = ModelCloud::at_once();
    running(&cloud, Vec::new()).await;
    assert_eq!(
        cloud
            .instances(&region(), &[], &unknown)
            .await
            .unwrap_err()
            .code(),
        Some("InvalidParameterValue")
    );
}
