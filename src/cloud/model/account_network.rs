//! What a template names of its account: networks, groups, keys, profiles, snapshots, launch templates.

use super::account::Furnishing;
use super::expected::{Known, expected};
use super::filter_names::{GROUPS, SUBNETS, VPCS};
use super::instance_types;
use super::network::{ModelGroup, ModelKeyPair};
use super::pace::Pace;
use super::place::Made;
use super::snapshots;
use crate::cloud::image::SecurityGroup;
use crate::cloud::lifecycle::{LaunchTemplate, TemplateName};
use crate::cloud::network::{Filters, Subnet, Vpc};
use crate::cloud::{GroupId, Region, SubnetId, Tags, VpcId};
use crate::plan::amazon::fast_launch_settings::InRegion;
use crate::plan::communicator::{Communicator, Login};

/// Puts all of it there.
pub(super) fn furnish(furnishing: &mut Furnishing<'_>) {
    let vpc = vpc(furnishing);
    subnet(furnishing, vpc.as_ref());
    groups(furnishing, vpc.as_ref());
    key_pair(furnishing);
    profile(furnishing);
    device_snapshots(furnishing);
    launch_templates(furnishing);
    instance_types(furnishing);
}

/// Where only a VPC is named, EC2 finds a subnet in it if it is the default one.
fn vpc(furnishing: &mut Furnishing<'_>) -> Option<VpcId> {
    let launch = &furnishing.settings.launch;
    let filters = &launch.filters.vpc;
    let (id, tags, answers) = match &launch.vpc {
        Some(id) => {
            furnishing.unchecked(format!("whether the VPC `{id}` exists"));
            (id.clone(), Tags::new(), Default::default())
        }
        None if filters.is_empty() => return None,
        None => {
            furnishing.unchecked(format!("whether exactly one VPC has {}", shown(filters)));
            let (tags, answers) = expected(filters, &VPCS);
            let id = answers.get("vpc-id").map(VpcId::new);
            let id = id.unwrap_or_else(|| VpcId::new(furnishing.world.id("vpc")));
            (id, tags, answers)
        }
    };
    let names_subnet = launch.subnet.is_some() || !launch.filters.subnet.is_empty();
    if !names_subnet {
        furnishing.unchecked(format!(
            "whether `{id}` is the default VPC, in which EC2 chooses a subnet itself"
        ));
    }
    let thing = Vpc {
        id: id.clone(),
        is_default: !names_subnet,
    };
    let known = Known {
        thing,
        tags,
        answers,
    };
    furnishing.place().vpcs.push(known);
    if !names_subnet {
        add_subnet(furnishing, None, Some(&id));
    }
    Some(id)
}

fn subnet(furnishing: &mut Furnishing<'_>, vpc: Option<&VpcId>) {
    let launch = &furnishing.settings.launch;
    match &launch.subnet {
        Some(id) => {
            furnishing.unchecked(format!("whether the subnet `{id}` exists"));
            add_subnet(furnishing, Some(id.clone()), vpc);
        }
        None if launch.filters.subnet.is_empty() => {}
        None => {
            let what = shown(&launch.filters.subnet);
            furnishing.unchecked(format!("whether a subnet has {what}"));
            add_subnet(furnishing, None, vpc);
        }
    }
}

fn add_subnet(furnishing: &mut Furnishing<'_>, id: Option<SubnetId>, vpc: Option<&VpcId>) {
    let launch = &furnishing.settings.launch;
    let (tags, answers) = expected(&launch.filters.subnet, &SUBNETS);
    let own = |filter: &str| answers.get(filter).cloned();
    let id = id.or_else(|| own("subnet-id").map(SubnetId::new));
    let id = id.unwrap_or_else(|| SubnetId::new(furnishing.world.id("subnet")));
    let region = furnishing.region;
    let zone = launch.availability_zone.clone();
    let zone = zone.or_else(|| own("availability-zone"));
    let default_vpc = |place: &super::place::Place| {
        let vpcs = place.vpcs.iter().map(|vpc| &vpc.thing);
        vpcs.filter(|vpc| vpc.is_default)
            .map(|vpc| vpc.id.clone())
            .next()
    };
    let vpc = vpc.cloned().or_else(|| own("vpc-id").map(VpcId::new));
    let vpc = vpc.or_else(|| default_vpc(furnishing.world.place(region)));
    let thing = Subnet {
        id,
        vpc: vpc.unwrap_or_else(|| VpcId::new("vpc-rehearsal00000000")),
        availability_zone: zone.unwrap_or_else(|| format!("{region}a")),
        free_addresses: 250,
    };
    let known = Known {
        thing,
        tags,
        answers,
    };
    furnishing.place().subnets.push(known);
}

fn groups(furnishing: &mut Furnishing<'_>, vpc: Option<&VpcId>) {
    let launch = &furnishing.settings.launch;
    for id in &launch.groups {
        furnishing.unchecked(format!("whether the security group `{id}` exists"));
        add_group(furnishing, (id.clone(), &Vec::new()), vpc);
    }
    let filters = &launch.filters.groups;
    if !filters.is_empty() {
        furnishing.unchecked(format!("whether a security group has {}", shown(filters)));
        let id = GroupId::new(furnishing.world.id("sg"));
        add_group(furnishing, (id, filters), vpc);
    }
    if !launch.groups.is_empty() || !filters.is_empty() {
        furnishing.unchecked("whether the security groups let this machine in");
    }
}

fn add_group(
    furnishing: &mut Furnishing<'_>,
    (id, filters): (GroupId, &Filters),
    vpc: Option<&VpcId>,
) {
    let (tags, answers) = expected(filters, &GROUPS);
    let id = answers.get("group-id").map_or(id, GroupId::new);
    let name = answers.get("group-name").cloned();
    let group = SecurityGroup {
        id: id.clone(),
        name: name.unwrap_or_else(|| id.to_string()),
        tags,
    };
    let mut made = ModelGroup::new(group, vpc.cloned());
    made.answers = answers;
    let made = Made::new(made, Pace::default());
    furnishing.place().groups.insert(id.to_string(), made);
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

/// Filters as the template has them.
fn shown(filters: &Filters) -> String {
    let all = filters
        .iter()
        .map(|(name, values)| format!("`{name}={}`", values.join(",")));
    all.collect::<Vec<_>>().join(" and ")
}
