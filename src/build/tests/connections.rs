//! Connections that fail, and what is said about them.

use std::time::Duration;

use super::bench::{Bench, settle};
use crate::build::BuildError;
use crate::cloud::model::Fault;
use crate::cloud::{InstanceId, Region};
use crate::remote::fake::FakeRemote;
use crate::remote::{Attempt, ConnectError, Dial, ResolvedLogin, Target};
use crate::stop::Stop;

/// A machine that hangs up, or never answers.
enum NoWay {
    Refused,
    Silent,
}

impl Dial for NoWay {
    type Remote = FakeRemote;

    async fn dial(
        &self,
        target: &Target,
        _: &ResolvedLogin,
        _: &Stop,
        progress: &mut (dyn FnMut(Attempt) + Send),
    ) -> Result<FakeRemote, ConnectError> {
        progress(Attempt {
            elapsed: Duration::from_secs(1),
            last_failure: "refused".to_owned(),
        });
        match self {
            Self::Refused => Err(ConnectError::Refused {
                host: target.host.clone(),
                port: 22,
            }),
            Self::Silent => std::future::pending().await,
        }
    }
}

async fn fails(bench: &Bench, dial: &NoWay) -> BuildError {
    let (ledger, stop) = (bench.ledger(), Stop::never());
    let error = bench.build_over(dial, &ledger, &stop).await.unwrap_err();
    let settled = settle(ledger, &bench.cloud, &stop).await;
    assert!(!settled.has_leftovers());
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
    error
}

#[tokio::test(start_paused = true)]
async fn a_failed_connection_brings_the_end_of_the_console_along() {
    let bench = Bench::new();
    bench.cloud.set_console("booting\nkernel panic\n");
    let error = fails(&bench, &NoWay::Refused).await;
    assert!(matches!(error, BuildError::Connect { .. }), "{error:?}");
    let said = bench.said.lock().unwrap();
    assert!(
        said.contains("amazon-ebs: booting\n    amazon-ebs: kernel panic\n"),
        "{said}"
    );
    assert!(error.hint().unwrap().contains("ssh_port"));
}

#[tokio::test(start_paused = true)]
async fn a_console_that_may_not_be_read_costs_only_its_lines() {
    let bench = Bench::new();
    bench
        .cloud
        .fail_always("GetConsoleOutput", Fault::Refused("UnauthorizedOperation"));
    let error = fails(&bench, &NoWay::Refused).await;
    assert!(matches!(error, BuildError::Connect { .. }), "{error:?}");
    let said = bench.said.lock().unwrap();
    assert!(said.contains("The console output is not shown"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_dies_ends_the_wait_for_its_connection() {
    let bench = Bench::new();
    let cloud = bench.cloud.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(7)).await;
            if let Some(id) = launched(&cloud) {
                cloud.power_off(&Region::new(super::bench::HOME), &id);
                return;
            }
        }
    });
    let error = fails(&bench, &NoWay::Silent).await;
    assert!(matches!(error, BuildError::MachineGone(_)), "{error:?}");
    assert!(error.to_string().contains("the instance is"), "{error}");
}

fn launched(cloud: &crate::cloud::model::ModelCloud) -> Option<InstanceId> {
    let left = cloud.left_behind(&[]);
    let id = left.iter().find_map(|place| place.split_once("/i-"))?.1;
    Some(InstanceId::new(format!("i-{id}")))
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_does_not_render_costs_no_machine() {
    let mut settings = super::fixture::settings();
    settings
        .image
        .tags
        .insert("Broken".to_owned(), "{{ .SourceAMI".to_owned());
    let bench = Bench::with(settings);
    let ended = bench.run(&Stop::never()).await;
    assert!(matches!(
        ended.outcome,
        Err(BuildError::LateText { key: "tags", .. })
    ));
    let calls = bench.cloud.calls();
    assert!(
        !calls.iter().any(|call| call.starts_with("ImportKeyPair")),
        "{calls:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_not_done_yet_are_named_before_the_first_call() {
    let mut settings = super::fixture::settings();
    settings.unsupported = vec!["spot_price".to_owned()];
    let bench = Bench::with(settings);
    let error = bench.run(&Stop::never()).await.outcome.unwrap_err();
    assert_eq!(error.to_string(), "not supported yet: `spot_price`");
    assert_eq!(bench.cloud.calls(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_region_that_does_not_exist_is_told_with_those_that_do() {
    let mut settings = super::fixture::settings();
    settings.image.regions = vec![Region::new("eu-west-99")];
    let bench = Bench::with(settings);
    let error = bench
        .run(&Stop::never())
        .await
        .outcome
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("invalid region(s): eu-west-99, available regions: "),
        "{error}"
    );
}

/// A machine that answers the second time, and knows how often it was asked.
#[derive(Default)]
struct Second(std::sync::atomic::AtomicUsize);

impl Dial for Second {
    type Remote = FakeRemote;

    async fn dial(
        &self,
        target: &Target,
        _: &ResolvedLogin,
        _: &Stop,
        _: &mut (dyn FnMut(Attempt) + Send),
    ) -> Result<FakeRemote, ConnectError> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => Err(ConnectError::Refused {
                host: target.host.clone(),
                port: 22,
            }),
            _ => Ok(FakeRemote::default()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_stands_before_the_machine_is_seen_running_is_taken() {
    let bench = Bench::new();
    let dial = Second(1.into());
    let (ledger, stop) = (bench.ledger(), Stop::never());
    let built = bench.build_over(&dial, &ledger, &stop).await;
    assert!(built.unwrap().is_some());
    assert_eq!(dial.0.into_inner(), 2, "it is dialled once");
    assert!(!settle(ledger, &bench.cloud, &stop).await.has_leftovers());
    let said = bench.said.lock().unwrap();
    let (running, connected) = (said.find("to become ready"), said.find("Connected to SSH!"));
    assert!(running < connected && running.is_some(), "{said}");
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_before_the_machine_runs_is_tried_again_when_it_does() {
    let bench = Bench::new();
    let dial = Second::default();
    let (ledger, stop) = (bench.ledger(), Stop::never());
    let built = bench.build_over(&dial, &ledger, &stop).await;
    assert!(built.unwrap().is_some());
    assert_eq!(dial.0.into_inner(), 2);
    assert!(!settle(ledger, &bench.cloud, &stop).await.has_leftovers());
}
