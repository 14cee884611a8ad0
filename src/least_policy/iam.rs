//! Roles and instance profiles: those that a build makes, and the one that it hands to its machine.

use super::arns;
use super::grant::{Condition, Grant, Kind};
use super::needs::Needs;
use crate::cloud::model::LoggedCall;

/// What temporary roles and profiles are called.
const TEMPORARY: &str = "packer-*";

/// The rights of a call to IAM.
pub(super) fn grants(call: &LoggedCall) -> Vec<Grant> {
    let of_role = ["Role", "RolePolicy"];
    let kinds: &[&str] = match call.name {
        "AddRoleToInstanceProfile" | "RemoveRoleFromInstanceProfile" => {
            &["instance-profile", "role"]
        }
        name if of_role.iter().any(|kind| name.ends_with(kind)) => &["role"],
        _ => &["instance-profile"],
    };
    let of_kind = |kind: &&str| {
        let resource = arns::of_iam(&call.region, &format!("{kind}/{TEMPORARY}"));
        Grant::new(call.action(), resource, Condition::plain(Kind::Always))
    };
    kinds.iter().map(of_kind).collect()
}

/// What hands a role to the machine, and what lets EC2 make a role of its own for a service that the account never used.
pub(super) fn passed(build: &Needs<'_>) -> Vec<Grant> {
    let launch = &build.settings.launch;
    let role = match (&launch.iam_instance_profile, &launch.temporary_profile) {
        // The console gives both one name.
        (Some(name), _) => Some(name.as_str()),
        (None, Some(_)) => Some(TEMPORARY),
        (None, None) => None,
    };
    let to_ec2 = Condition::with(Kind::PassedTo, arns::service(build.region, "ec2"));
    let passed = role.map(|name| {
        let resource = arns::of_iam(build.region, &format!("role/{name}"));
        Grant::new("iam:PassRole", resource, to_ec2)
    });
    let spot = launch.spot.is_some();
    let spot = spot.then(|| service_role(build, "spot", "AWSServiceRoleForEC2Spot"));
    let fast_launch = build.settings.image.lifecycle.fast_launch.is_some();
    let fast_launch =
        fast_launch.then(|| service_role(build, "ec2fastlaunch", "AWSServiceRoleForEC2FastLaunch"));
    passed.into_iter().chain(spot).chain(fast_launch).collect()
}

fn service_role(build: &Needs<'_>, service: &str, role: &str) -> Grant {
    // Service-linked roles have these names in every partition.
    let service = format!("{service}.amazonaws.com");
    let path = format!("role/aws-service-role/{service}/{role}");
    Grant::new(
        "iam:CreateServiceLinkedRole",
        arns::of_iam(build.region, &path),
        Condition::with(Kind::OfService, service),
    )
}
