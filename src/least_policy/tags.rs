//! `ec2:CreateTags`, which EC2 asks for beside every creating call that carries tags.

use super::calls::On;
use super::grant::{Condition, Grant, Kind};
use super::needs::Needs;
use super::{arns, launch};
use crate::cloud::model::LoggedCall;

/// The rights to tag what the build creates: in the call that creates it, where that takes tags, and later, since a living
/// build moves on its deadline and a finished one says that its image stays.
pub(super) fn grants(build: &Needs<'_>) -> Vec<Grant> {
    let created = build
        .calls
        .iter()
        .filter(|call| !kinds(call.name).is_empty());
    created
        .flat_map(|call| {
            let mut grants = later(call, build);
            if takes_tags(call, build) {
                grants.extend(in_creation(call));
            }
            grants
        })
        .collect()
}

fn takes_tags(call: &LoggedCall, build: &Needs<'_>) -> bool {
    match call.name {
        "CreateImage" | "CopyImage" | "RegisterImage" => build.takes_image_tags(&call.region),
        "CreateSnapshot" => true,
        _ => build.takes_tags(&call.region),
    }
}

fn later(call: &LoggedCall, build: &Needs<'_>) -> Vec<Grant> {
    let tagging = LoggedCall {
        name: "CreateTags",
        region: call.region.clone(),
    };
    let on = On {
        call: &tagging,
        build,
    };
    on.own(kinds(call.name))
}

fn in_creation(call: &LoggedCall) -> Vec<Grant> {
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
    kinds(call.name)
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
