use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::Wrong;
use super::*;
use crate::build::tests::bench::{HOME, Loopback, Recorder};
use crate::build::tests::fixture::{settings, with_own_keys};
use crate::cloud::api::CloudResult;
use crate::cloud::error::Refusal;
use crate::cloud::model::{Fault, ModelCloud};
use crate::cloud::outlook_calls::{KeyManager, KmsKey, Market, QuotaCalls};
use crate::cloud::{CloudError, Region, SubnetId};
use crate::facts::Facts;
use crate::ledger::{BuildIdentity, Journal, Ledger};
use crate::plan::amazon::settings::EbsSettings;
use crate::report::conclusion::Conclusion;
use crate::report::console::tests::console;
use crate::report::console::{Form, Reader};
use crate::report::ui::{Grouping, Ui};
use crate::stop::Stop;
use crate::template::scope::{BuilderFunctions, Scope, Section};
use crate::timer::Timer;

/// Keys by what they are called, the same in every region; without any, nobody may ask.
#[derive(Default)]
struct Keys(Option<BTreeMap<&'static str, KmsKey>>);

impl KeyCalls for Keys {
    async fn key(&self, region: &Region, key: &str) -> CloudResult<Option<KmsKey>> {
        match &self.0 {
            Some(keys) => Ok(keys.get(key).cloned()),
            None => Err(denied("DescribeKey", region)),
        }
    }
}

fn denied(call: &'static str, region: &Region) -> CloudError {
    CloudError::Refused {
        call,
        region: region.clone(),
        refusal: Refusal::Denied,
        code: "AccessDeniedException".to_owned(),
        message: String::new(),
        request_id: String::new(),
    }
}

/// One number for all quotas.
struct Quotas(Option<f64>);

impl QuotaCalls for Quotas {
    async fn quota(&self, _region: &Region, _code: &str) -> CloudResult<Option<f64>> {
        Ok(self.0)
    }
}

fn key(state: &str, manager: KeyManager) -> Keys {
    let key = KmsKey {
        arn: String::new(),
        state: state.to_owned(),
        manager,
    };
    Keys(Some([("alias/mine", key)].into()))
}

/// What is known of a build with these settings.
async fn known(cloud: &ModelCloud, settings: &EbsSettings, keys: &Keys) -> Vec<Check> {
    let identity = BuildIdentity::of_found("plan");
    let ledger = Ledger::open(Journal::forgetful(&identity), identity);
    let section = Section::Builder(BuilderFunctions::Amazon);
    let (console, _) = console(Form::Human, Reader::Plain);
    let cx = Cx {
        settings,
        region: &Region::new(HOME),
        scope: &Scope::new(&Facts::for_tests(), section, Arc::default()),
        cloud,
        dial: &(),
        addresses: &Loopback,
        ledger: &ledger,
        timer: &Timer::new(None),
        stop: &Stop::never(),
        ui: &Ui::new(console, "amazon-ebs", 0, Grouping::BySteps),
        observer: &Recorder::default(),
    };
    look_ahead(&cx, keys).await
}

/// What is wrong, and the kind of failure that it would be.
fn wrong(checks: &[Check]) -> Vec<(&str, &Wrong)> {
    let checks = checks.iter();
    let wrong = checks.filter_map(|check| match &check.verdict {
        Verdict::Wrong(wrong) => Some((check.what.as_str(), wrong)),
        _ => None,
    });
    wrong.collect()
}

fn unchecked(checks: &[Check]) -> Vec<&str> {
    let checks = checks.iter();
    let unchecked = checks.filter(|check| matches!(check.verdict, Verdict::Unchecked(_)));
    unchecked.map(|check| check.what.as_str()).collect()
}

#[tokio::test]
async fn a_build_that_will_work_is_fine_in_every_check_and_nothing_is_made() {
    let cloud = ModelCloud::at_once();
    let mut settings = settings();
    settings.image.regions = vec![Region::new("us-east-1")];
    let checks = known(&cloud, &settings, &Keys::default()).await;
    assert!(
        checks.iter().all(|check| check.verdict == Verdict::Fine),
        "{checks:#?}"
    );
    let what: Vec<&str> = checks.iter().map(|check| check.what.as_str()).collect();
    for expected in [
        "the AMI name in `eu-west-1`",
        "the AMI name in `us-east-1`",
        "the source image",
        "the instance type",
        "the permission `ec2:RunInstances` in `eu-west-1`",
        "the permission `ec2:CreateSecurityGroup` in `eu-west-1`",
        "the permission `ec2:ImportKeyPair` in `eu-west-1`",
        "the permission `ec2:CopyImage` in `us-east-1`",
    ] {
        assert!(what.contains(&expected), "{expected}: {what:?}");
    }
    assert_eq!(cloud.left_behind(&[]), Vec::<String>::new());
}

#[tokio::test]
async fn a_taken_name_an_unknown_region_and_an_unknown_source_come_all_at_once() {
    let cloud = ModelCloud::at_once();
    let mut settings = settings();
    let regions = ["us-east-1", "mars-north-1"].map(Region::new);
    settings.image.regions = regions.to_vec();
    settings.source.id = Some(crate::cloud::ImageId::new("ami-00000000000000bad"));
    cloud.own_image(&Region::new("us-east-1"), &settings.image.name);
    let checks = known(&cloud, &settings, &Keys::default()).await;
    let wrong = wrong(&checks);
    let what: Vec<&str> = wrong.iter().map(|(what, _)| *what).collect();
    assert_eq!(
        what,
        [
            "the regions",
            "the AMI name in `us-east-1`",
            "the source image"
        ]
    );
    assert!(wrong[0].1.error.contains("mars-north-1"), "{wrong:?}");
}

#[tokio::test]
async fn a_subnet_that_is_not_there_is_wrong() {
    let mut settings = settings();
    settings.launch.subnet = Some(SubnetId::new("subnet-0bad"));
    let checks = known(&ModelCloud::at_once(), &settings, &Keys::default()).await;
    let wrong = wrong(&checks);
    assert_eq!(wrong[0].0, "the network");
    assert!(wrong[0].1.error.contains("InvalidSubnetID"), "{wrong:?}");
}

#[tokio::test]
async fn a_call_of_the_build_that_is_not_allowed_is_wrong_and_a_question_is_left_out() {
    let cloud = ModelCloud::at_once();
    for call in ["CreateSecurityGroup", "DescribeRegions"] {
        cloud.fail_always(call, Fault::Refused("UnauthorizedOperation"));
    }
    let checks = known(&cloud, &settings(), &Keys::default()).await;
    let wrong = wrong(&checks);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(
        wrong[0].0,
        "the permission `ec2:CreateSecurityGroup` in `eu-west-1`"
    );
    assert_eq!(wrong[0].1.conclusion, Conclusion::Permission);
    assert_eq!(unchecked(&checks), ["the regions"]);
}

#[tokio::test]
async fn a_launch_that_is_refused_is_wrong_only_where_the_trial_is_the_launch() {
    let cloud = ModelCloud::at_once();
    cloud.fail_always("RunInstances", Fault::Refused("UnauthorizedOperation"));
    let mut settings = settings();
    let checks = known(&cloud, &settings, &Keys::default()).await;
    assert_eq!(wrong(&checks), []);
    let doubtful = |check: &&Check| matches!(check.verdict, Verdict::Doubtful(_));
    assert_eq!(checks.iter().filter(doubtful).count(), 1, "{checks:?}");
    let group = crate::cloud::GroupId::new("sg-1");
    cloud.fail_always("DescribeSecurityGroups", Fault::LostRequest);
    settings.launch.groups = vec![group];
    let checks = known(&cloud, &settings, &Keys::default()).await;
    assert_eq!(wrong(&checks)[0].1.conclusion, Conclusion::Permission);
}

#[tokio::test]
async fn who_may_not_import_a_key_pair_may_have_ec2_make_it() {
    let cloud = ModelCloud::at_once();
    cloud.fail_always("ImportKeyPair", Fault::Refused("UnauthorizedOperation"));
    let checks = known(&cloud, &settings(), &Keys::default()).await;
    assert_eq!(wrong(&checks).len(), 0, "{checks:?}");
    cloud.fail_always("CreateKeyPair", Fault::Refused("UnauthorizedOperation"));
    let checks = known(&cloud, &settings(), &Keys::default()).await;
    assert_eq!(
        wrong(&checks)[0].0,
        "the permission `ec2:CreateKeyPair` in `eu-west-1`"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_no_failure() {
    let cloud = ModelCloud::at_once();
    for call in ["DescribeImages", "CreateSecurityGroup", "RunInstances"] {
        cloud.fail_always(call, Fault::LostRequest);
    }
    let checks = known(&cloud, &settings(), &Keys::default()).await;
    assert_eq!(wrong(&checks).len(), 0, "{checks:?}");
    assert!(
        unchecked(&checks).contains(&"the source image"),
        "{checks:?}"
    );
}

#[tokio::test]
async fn keys_have_to_be_there_enabled_and_ones_own_where_the_image_is_shared() {
    let mut settings = settings();
    settings.image.encryption = with_own_keys(&[]);
    let cloud = ModelCloud::at_once();
    for (keys, users, expected) in [
        (key("Enabled", KeyManager::Customer), 1, ""),
        (key("Enabled", KeyManager::Aws), 0, ""),
        (key("Enabled", KeyManager::Aws), 1, "which AWS manages"),
        (key("Disabled", KeyManager::Customer), 0, "`Disabled`"),
        (Keys(Some(BTreeMap::new())), 0, "there is no key"),
    ] {
        settings.image.users = vec!["210987654321".to_owned(); users];
        let checks = known(&cloud, &settings, &keys).await;
        let wrong = wrong(&checks);
        match expected {
            "" => assert_eq!(wrong, [], "{checks:?}"),
            text => assert!(wrong[0].1.error.contains(text), "{text}: {wrong:?}"),
        }
    }
    let checks = known(&cloud, &settings, &Keys::default()).await;
    assert_eq!(unchecked(&checks), ["the key `alias/mine` in `eu-west-1`"]);
}

fn machines(count: usize) -> Vec<Wanted> {
    let one = Wanted {
        instance_type: "t3.micro".to_owned(),
        market: Market::OnDemand,
    };
    vec![one; count]
}

#[tokio::test]
async fn a_quota_of_cpus_is_exceeded_by_one_machine_or_only_by_all_at_once() {
    let cloud = ModelCloud::at_once();
    let region = Region::new(HOME);
    let judged = async |quota: Option<f64>, count: usize| {
        let checks = capacity(&cloud, &Quotas(quota), &region, &machines(count)).await;
        assert_eq!(checks.len(), count);
        checks.into_iter().next().unwrap().verdict
    };
    assert_eq!(judged(Some(4.0), 2).await, Verdict::Fine);
    assert!(matches!(judged(Some(3.0), 2).await, Verdict::Doubtful(_)));
    assert!(matches!(judged(None, 1).await, Verdict::Unchecked(_)));
    let Verdict::Wrong(wrong) = judged(Some(1.0), 1).await else {
        panic!("it has room")
    };
    assert_eq!(wrong.conclusion, Conclusion::Quota);
    assert!(wrong.error.contains("`t3.micro` needs 2"), "{wrong:?}");
}

#[tokio::test]
async fn which_quota_a_type_has_goes_by_the_letters_it_begins_with() {
    let cloud = ModelCloud::at_once();
    let region = Region::new(HOME);
    for (name, families) in [
        ("m7i-flex.large", "standard"),
        ("inf2.xlarge", "Inf"),
        ("g6.xlarge", "G and VT"),
        ("x2gd.medium", "X"),
    ] {
        let wanted = Wanted {
            instance_type: name.to_owned(),
            market: Market::OnDemand,
        };
        let checks = capacity(&cloud, &Quotas(Some(0.0)), &region, &[wanted]).await;
        let Verdict::Wrong(wrong) = &checks[0].verdict else {
            panic!("{name} has room")
        };
        let text = format!("the families {families} on demand");
        assert!(wrong.error.contains(&text), "{name}: {wrong:?}");
    }
    let unknown = Wanted {
        instance_type: "mac2.metal".to_owned(),
        market: Market::OnDemand,
    };
    let checks = capacity(&cloud, &Quotas(Some(0.0)), &region, &[unknown]).await;
    assert!(matches!(checks[0].verdict, Verdict::Unchecked(_)));
}

#[tokio::test]
async fn public_images_need_room_in_the_quota_for_all_of_them() {
    let cloud = ModelCloud::at_once();
    let region = Region::new(HOME);
    let judged =
        async |quota: f64, more: usize| public(&cloud, &Quotas(Some(quota)), &region, more).await;
    assert_eq!(wrong(&judged(2.0, 2).await), []);
    let checks = judged(2.0, 3).await;
    assert_eq!(wrong(&checks)[0].1.conclusion, Conclusion::Quota);
    assert!(wrong(&checks)[0].1.error.contains("3 more are to come"));
}

#[test]
fn only_an_image_for_everybody_becomes_public_and_only_where_it_stays() {
    let mut settings = settings();
    let home = Region::new(HOME);
    assert_eq!(becomes_public(&settings, &home), Vec::<&Region>::new());
    settings.image.groups = vec!["all".to_owned()];
    settings.image.regions = vec![Region::new("us-east-1")];
    assert_eq!(becomes_public(&settings, &home).len(), 2);
    settings.image.skip_save_build_region = true;
    assert_eq!(
        becomes_public(&settings, &home),
        [&Region::new("us-east-1")]
    );
}
