use std::collections::BTreeMap;

use super::super::product::SourceImage;
use super::*;
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId};
use crate::stop::StopReason;

/// A settlement with one thing removed and what is given left.
pub(crate) struct Left(pub(crate) Vec<Remainder>);

impl Settlement for Left {
    fn removed(&self) -> Vec<String> {
        vec!["key pair packer_1".to_owned()]
    }

    fn remaining(&self) -> Vec<Remainder> {
        self.0.clone()
    }
}

pub(crate) fn images() -> Images {
    let region = Region::new("us-east-1");
    Images {
        name: "web 1".to_owned(),
        region: region.clone(),
        ids: BTreeMap::from([(region.clone(), ImageId::new("ami-0123456789abcdef0"))]),
        snapshots: BTreeMap::from([(region, vec![SnapshotId::new("snap-0123456789abcdef0")])]),
        source: SourceImage {
            id: ImageId::new("ami-12345678"),
            name: "ubuntu".to_owned(),
        },
        instance_type: "t3.micro".to_owned(),
        instance: Some(InstanceId::new("i-0123456789abcdef0")),
        gib: Some(8),
        inventories: None,
        usage: None,
        reuse: None,
        fast_volume: None,
    }
}

pub(crate) fn facts(name: &str, outcome: Outcome) -> BuildFacts {
    BuildFacts {
        name: name.to_owned(),
        kind: "amazon-ebs".to_owned(),
        outcome,
        timeline: Vec::new(),
        advice: Vec::new(),
        rehearsed: None,
    }
}

pub(crate) fn succeeded(name: &str) -> BuildReport {
    BuildReport::new(
        facts(
            name,
            Outcome::Succeeded(Product::Images(Box::new(images()))),
        ),
        &Left(Vec::new()),
    )
}

pub(crate) fn leftover() -> Remainder {
    Remainder {
        what: "security group sg-1".to_owned(),
        why: "EC2 did not remove it".to_owned(),
        command: "aws ec2 delete-security-group --group-id sg-1".to_owned(),
        intent: Intent::Leftover,
    }
}

pub(crate) fn run(builds: Vec<BuildReport>) -> RunReport {
    RunReport {
        reality: crate::report::result::Reality::Built,
        template: "packer/web.json".to_owned(),
        commit: Some("6dcb09b5b57875f334f61aebed695e2e4193db5e".to_owned()),
        builds,
        problems: Vec::new(),
        stopped: None,
        duration: Duration::from_secs(182),
        log_url: Some("https://github.com/octo-org/images/actions/runs/1".to_owned()),
    }
}

#[test]
fn a_build_that_leaves_something_behind_is_no_success() {
    let outcome = Outcome::Succeeded(Product::Nothing);
    let report = BuildReport::new(facts("one", outcome), &Left(vec![leftover()]));
    assert_eq!(report.conclusion(), Conclusion::Leftover);
}

#[test]
fn what_was_kept_on_purpose_is_no_leftover() {
    let kept = Remainder {
        intent: Intent::Kept,
        ..leftover()
    };
    let report = BuildReport::new(
        facts("one", Outcome::Succeeded(Product::Nothing)),
        &Left(vec![kept]),
    );
    assert_eq!(report.conclusion(), Conclusion::Success);
}

#[test]
fn a_leftover_does_not_hide_why_the_build_failed() {
    let failure = Failure {
        conclusion: Conclusion::Provision,
        error: "script exited with 1".to_owned(),
        log_tail: Vec::new(),
        product: Product::Nothing,
    };
    let report = BuildReport::new(
        facts("one", Outcome::Failed(failure)),
        &Left(vec![leftover()]),
    );
    assert_eq!(report.conclusion(), Conclusion::Provision);
}

#[test]
fn a_template_that_cannot_be_read_makes_the_run_invalid() {
    let report = RunReport {
        reality: crate::report::result::Reality::Built,
        problems: vec!["no such file".to_owned()],
        ..run(Vec::new())
    };
    assert_eq!(report.conclusion(), Conclusion::Invalid);
}

#[test]
fn a_run_that_was_stopped_after_its_build_succeeded_was_cancelled() {
    let report = RunReport {
        reality: crate::report::result::Reality::Built,
        stopped: Some(StopReason::Interrupt),
        ..run(Vec::new())
    };
    assert_eq!(report.conclusion(), Conclusion::Cancelled);
}

#[test]
fn a_stop_does_not_hide_why_a_build_had_failed() {
    let report = RunReport {
        reality: crate::report::result::Reality::Built,
        problems: vec!["no such file".to_owned()],
        stopped: Some(StopReason::Interrupt),
        ..run(Vec::new())
    };
    assert_eq!(report.conclusion(), Conclusion::Invalid);
}
