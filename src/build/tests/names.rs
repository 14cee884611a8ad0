//! Names: whose thing it is that has one.

use super::bench::{Bench, HOME, settle};
use super::fixture::settings;
use crate::cloud::Region;
use crate::cloud::api::NetworkCalls as _;
use crate::cloud::model::Fault;
use crate::ledger::{Kind, Order};
use crate::plan::communicator::{Communicator, KeyType, Login};
use crate::stop::Stop;

/// Makes a key pair of the template's name twice in one call, as a client does that repeats a call whose answer was lost.
async fn import_twice(bench: &Bench) {
    let ledger = bench.ledger();
    let (cloud, region) = (bench.cloud.clone(), Region::new(HOME));
    let order = Order::new(Kind::KeyPair, &region, "mine").named_by_template();
    let imported = ledger.create(order, |claim| async move {
        let name = crate::cloud::KeyName::new("mine");
        cloud
            .import_key_pair(&region, &claim, &name, "ssh-ed25519 A")
            .await?;
        cloud
            .import_key_pair(&region, &claim, &name, "ssh-ed25519 A")
            .await
    });
    assert!(imported.await.is_err());
    let _settled = settle(ledger, &bench.cloud, &Stop::never()).await;
}

#[tokio::test(start_paused = true)]
async fn a_repeated_call_that_hears_duplicate_about_its_own_thing_leaves_nothing() {
    let bench = Bench::new();
    import_twice(&bench).await;
    assert_eq!(bench.cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_key_pair_of_the_same_name_that_is_somebody_elses_stays() {
    let mut settings = settings();
    let Communicator::Ssh(ssh) = &mut settings.communicator else {
        panic!("the bench connects by SSH")
    };
    ssh.login = Login::TemporaryKey {
        name: Some("mine".to_owned()),
        key_type: KeyType::Ed25519,
        password: None,
    };
    let bench = Bench::with(settings);
    let other = crate::ledger::Claim::for_tests("other", crate::cloud::Tags::new());
    let name = crate::cloud::KeyName::new("mine");
    let region = Region::new(HOME);
    bench
        .cloud
        .import_key_pair(&region, &other, &name, "ssh-ed25519 A")
        .await
        .unwrap();
    let ended = bench.run(&Stop::never()).await;
    assert!(ended.outcome.is_err());
    assert!(!ended.settled.has_leftovers());
    assert_eq!(bench.cloud.left_behind(&[]), ["eu-west-1/mine"]);
}

#[tokio::test(start_paused = true)]
async fn where_it_cannot_be_told_whose_a_key_pair_is_it_stays_and_is_reported() {
    let bench = Bench::new();
    bench
        .cloud
        .fail_always("DescribeKeyPairs", Fault::Refused("UnauthorizedOperation"));
    import_twice(&bench).await;
    assert_eq!(bench.cloud.left_behind(&[]), ["eu-west-1/mine"]);
    let journal = bench.journal().unwrap();
    assert!(
        std::fs::read_to_string(journal)
            .unwrap()
            .contains("\"mine\"")
    );
}
