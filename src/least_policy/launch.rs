//! What the launch of a machine needs: what it makes, and what it uses.

use super::calls::On;
use super::grant::{Condition, Grant, Kind};
use crate::plan::amazon::settings::Launch;
use crate::plan::communicator::{Communicator, Login};

/// What a launch makes.
pub(super) const MADE: [&str; 3] = ["instance", "network-interface", "volume"];

/// `RunInstances`, and `CreateFleet`, which needs the same and both of them.
pub(super) fn grants(on: &On<'_>) -> Vec<Grant> {
    let launch = &on.build.settings.launch;
    let mut grants = on.made(&MADE);
    grants.extend(used(on, launch));
    if launch.spot.is_some() {
        grants.extend(on.own(&["launch-template"]));
    }
    if on.call.name == "CreateFleet" {
        grants.extend(on.any(&["fleet"]));
    }
    grants
}

fn used(on: &On<'_>, launch: &Launch) -> Vec<Grant> {
    let settings = on.build.settings;
    let named = |kind, id: Option<&str>| on.grant(kind, id, Kind::Always);
    let source = settings.source.id.as_ref().map(|id| id.as_str());
    let subnet = launch.subnet.as_ref().map(|id| id.as_str());
    let mut grants = vec![named("image", source), named("subnet", subnet)];
    grants.extend(groups(on, launch));
    grants.extend(key_pair(on));
    let snapshots = launch.block_devices.iter();
    let snapshots = snapshots.filter_map(|device| device.ebs.as_ref()?.snapshot_id.as_ref());
    grants.extend(snapshots.map(|id| named("snapshot", Some(id.as_str()))));
    if launch.terms.capacity_reservation != Default::default() {
        grants.push(named("capacity-reservation", None));
    }
    let licences = launch.terms.license_configurations.iter();
    let always = || Condition::plain(Kind::Always);
    grants.extend(licences.map(|arn| Grant::new(on.call.action(), arn, always())));
    grants
}

/// The template's groups, else the temporary one.
fn groups(on: &On<'_>, launch: &Launch) -> Vec<Grant> {
    if !launch.groups.is_empty() {
        let ids = launch.groups.iter();
        return ids
            .map(|id| on.grant("security-group", Some(id.as_str()), Kind::Always))
            .collect();
    }
    match launch.filters.groups.is_empty() {
        true => on.own(&["security-group"]),
        false => on.any(&["security-group"]),
    }
}

/// The template's key pair, else the temporary one, whose name nobody knows before.
fn key_pair(on: &On<'_>) -> Vec<Grant> {
    let Communicator::Ssh(ssh) = &on.build.settings.communicator else {
        return Vec::new();
    };
    let existing = match &ssh.login {
        Login::TemporaryKey { .. } => return on.own(&["key-pair"]),
        Login::Key { key_pair, .. }
        | Login::Agent { key_pair, .. }
        | Login::Password { key_pair, .. } => key_pair,
    };
    let name = existing.as_deref();
    name.map(|name| on.grant("key-pair", Some(name), Kind::Always))
        .into_iter()
        .collect()
}
