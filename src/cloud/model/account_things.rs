//! What else a template names of its account: key pair, profile, snapshots, launch templates, types of machines.

use super::account::Furnishing;
use super::instance_types;
use super::network::ModelKeyPair;
use super::pace::Pace;
use super::place::Made;
use super::snapshots;
use crate::cloud::lifecycle::{LaunchTemplate, TemplateName};
use crate::cloud::{Region, Tags};
use crate::plan::amazon::fast_launch_settings::InRegion;
use crate::plan::communicator::{Communicator, Login};

/// Puts all of it there.
pub(super) fn furnish(furnishing: &mut Furnishing<'_>) {
    key_pair(furnishing);
    profile(furnishing);
    device_snapshots(furnishing);
    launch_templates(furnishing);
    instance_types(furnishing);
}

fn key_pair(furnishing: &mut Furnishing<'_>) {
    let Communicator::Ssh(ssh) = &furnishing.settings.communicator else {
        return;
    };
    let (Login::Key { key_pair, .. }
    | Login::Agent { key_pair, .. }
    | Login::Password { key_pair, .. }) = &ssh.login
    else {
        return;
    };
    let Some(name) = key_pair else { return };
    furnishing.unchecked(format!("whether the key pair `{name}` exists"));
    let made = ModelKeyPair {
        name: name.clone(),
        tags: Tags::new(),
    };
    let made = Made::new(made, Pace::default());
    furnishing.place().key_pairs.insert(name.clone(), made);
}

fn profile(furnishing: &mut Furnishing<'_>) {
    if let Some(name) = &furnishing.settings.launch.iam_instance_profile {
        furnishing.unchecked(format!(
            "whether the instance profile `{name}` exists and has a role"
        ));
        furnishing.world.iam.take_as_given(name);
    }
}

/// Volumes that are made of snapshots of the user's.
fn device_snapshots(furnishing: &mut Furnishing<'_>) {
    let settings = furnishing.settings;
    let devices = settings.launch.block_devices.iter();
    for device in devices.chain(&settings.image.block_devices) {
        let Some(ebs) = &device.ebs else { continue };
        let Some(id) = &ebs.snapshot_id else { continue };
        furnishing.unchecked(format!("whether the snapshot `{id}` exists, and its size"));
        let size = ebs.volume_size.unwrap_or(1);
        snapshots::take_as_given(furnishing.place(), id, size);
    }
}

fn launch_templates(furnishing: &mut Furnishing<'_>) {
    let settings = furnishing.settings;
    let Some(fast_launch) = &settings.image.lifecycle.fast_launch else {
        return;
    };
    let home = furnishing.region;
    for region in std::iter::once(home).chain(&settings.image.regions) {
        if let InRegion::On(Some(choice)) = fast_launch.in_region(region, home) {
            let version = choice.version.unwrap_or(1);
            launch_template(furnishing, region, &choice.name, version);
        }
    }
}

fn launch_template(
    furnishing: &mut Furnishing<'_>,
    region: &Region,
    name: &TemplateName,
    latest_version: i64,
) {
    let (id, name) = match name {
        TemplateName::Id(id) => (id.clone(), id),
        TemplateName::Name(name) => (furnishing.world.id("lt"), name),
    };
    furnishing.unchecked(format!(
        "whether the launch template `{name}` exists in `{region}`"
    ));
    let template = LaunchTemplate { id, latest_version };
    let templates = &mut furnishing.world.place(region).fast_launch_templates;
    templates.insert(name.clone(), template);
}

fn instance_types(furnishing: &mut Furnishing<'_>) {
    let launch = &furnishing.settings.launch;
    let spot = launch.spot.iter().flat_map(|spot| &spot.instance_types);
    for name in spot.chain([&launch.instance_type]) {
        if instance_types::is_a_name(name) && instance_types::known(name).is_none() {
            furnishing.unchecked(format!(
                "whether there is an instance type `{name}`, and what it can run"
            ));
        }
    }
}
