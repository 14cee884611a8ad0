//! `ec2:CreateTags`, which EC2 asks for beside every creating call that carries tags.

use super::grant::{Condition, Grant, Kind};
use super::needs::Needs;
use super::{arns, launch};
use crate::cloud::model::LoggedCall;

/// The rights to tag what the build creates, in the call that creates it, and to move on its deadline later.
pub(super) fn grants(build: &Needs<'_>) -> Vec<Grant> {
    let created = build.calls.iter().filter(|call| {
        let region = &call.region;
        match call.name {
            "CreateImage" | "CopyImage" | "RegisterImage" => build.takes_image_tags(region),
            "CreateSnapshot" => true,
            _ => build.takes_tags(region),
        }
    });
    let mut grants: Vec<Grant> = created.flat_map(in_creation).collect();
    let renewed = build.regions().flat_map(|region| {
        let call = LoggedCall {
            name: "CreateTags",
            region: region.clone(),
        };
        super::calls::grants(&call, build)
    });
    // Only what this build makes can be tagged anew.
    let made: Vec<String> = grants.iter().map(|grant| grant.resource.clone()).collect();
    let untagged = |grant: &Grant| grant.condition.kind == Kind::Always;
    grants.extend(renewed.filter(|grant| untagged(grant) || made.contains(&grant.resource)));
    grants
}

fn in_creation(call: &LoggedCall) -> Vec<Grant> {
    let kinds = kinds(call.name);
    // A fleet launches by the template, whose tags EC2 sets as those of a launch.
    let calls = match call.name {
        "CreateFleet" => vec!["CreateFleet", "RunInstances"],
        name => vec![name],
    };
    let grant = |kind: &&str, creating: &str| {
        Grant::new(
            "ec2:CreateTags",
            arns::of_ec2(&call.region, kind, None),
            Condition::with(Kind::Creating, creating),
        )
    };
    kinds
        .iter()
        .flat_map(|kind| calls.iter().map(move |creating| grant(kind, creating)))
        .collect()
}

/// What carries tags from its creation on.
fn kinds(call: &str) -> &'static [&'static str] {
    match call {
        "CopyImage" | "CreateImage" => &["image", "snapshot"],
        "CreateFleet" => &[
            "fleet",
            "instance",
            "network-interface",
            "spot-instances-request",
            "volume",
        ],
        "CreateKeyPair" | "ImportKeyPair" => &["key-pair"],
        "CreateLaunchTemplate" => &["launch-template"],
        "CreateSecurityGroup" => &["security-group"],
        "CreateSnapshot" => &["snapshot"],
        "RegisterImage" => &["image"],
        "RunInstances" => &launch::MADE,
        _ => &[],
    }
}
