//! The networks that a template names: VPC, subnet, security groups.

use super::account::Furnishing;
use super::expected::{Known, expected};
use super::filter::{Filtered, matches};
use super::filter_names::{GROUPS, SUBNETS, VPCS};
use super::network::ModelGroup;
use super::pace::Pace;
use super::place::Made;
use super::world::DEFAULT_VPC;
use crate::cloud::image::SecurityGroup;
use crate::cloud::network::{Filters, Subnet, Vpc};
use crate::cloud::{GroupId, SubnetId, VpcId};
use crate::plan::amazon::settings::SeveralSubnets;

/// Puts them there.
pub(super) fn furnish(furnishing: &mut Furnishing<'_>) {
    let vpc = vpc(furnishing);
    subnet(furnishing, vpc.as_ref());
    groups(furnishing, vpc.as_ref());
}

/// Where only a VPC is named, EC2 finds a subnet in it if it is the default one.
fn vpc(furnishing: &mut Furnishing<'_>) -> Option<VpcId> {
    let launch = &furnishing.settings.launch;
    let id = match &launch.vpc {
        Some(id) => {
            furnishing.unchecked(format!("whether the VPC `{id}` exists"));
            id.clone()
        }
        None if launch.filters.vpc.is_empty() => return None,
        None => return Some(the_one(furnishing)),
    };
    let names_subnet = launch.subnet.is_some() || !launch.filters.subnet.is_empty();
    let known = Known::from(Vpc {
        id: id.clone(),
        is_default: !names_subnet,
    });
    furnishing.place().vpcs.push(known);
    if !names_subnet {
        furnishing.unchecked(format!(
            "whether `{id}` is the default VPC, in which EC2 chooses a subnet itself"
        ));
        add_subnet(furnishing, None, Some(&id));
    }
    Some(id)
}

/// Exactly one VPC passes `vpc_filter`.
fn the_one(furnishing: &mut Furnishing<'_>) -> VpcId {
    let filters = &furnishing.settings.launch.filters.vpc;
    furnishing.unchecked(format!("whether exactly one VPC has {}", shown(filters)));
    let vpcs = &mut furnishing.place().vpcs;
    leave_one(vpcs, filters);
    let there = vpcs.iter().find(|vpc| passes(*vpc, filters));
    if let Some(there) = there {
        return there.thing.id.clone();
    }
    let (tags, answers) = expected(filters, &VPCS);
    let id = answers.get("vpc-id").map(VpcId::new);
    let id = id.unwrap_or_else(|| VpcId::new(furnishing.world.id("vpc")));
    let thing = Vpc {
        id: id.clone(),
        is_default: false,
    };
    let known = Known {
        thing,
        tags,
        answers,
    };
    furnishing.place().vpcs.push(known);
    add_subnet(furnishing, None, Some(&id));
    id
}

fn subnet(furnishing: &mut Furnishing<'_>, vpc: Option<&VpcId>) {
    let launch = &furnishing.settings.launch;
    if let Some(id) = &launch.subnet {
        furnishing.unchecked(format!("whether the subnet `{id}` exists"));
        return add_subnet(furnishing, Some(id.clone()), vpc);
    }
    if launch.filters.subnet.is_empty() {
        return;
    }
    let mut filters = launch.filters.subnet.clone();
    furnishing.unchecked(format!("whether a subnet has {}", shown(&filters)));
    let own = |name: &str, value: String| (name.to_owned(), vec![value]);
    filters.extend(vpc.map(|vpc| own("vpc-id", vpc.to_string())));
    let zone = launch.availability_zone.clone();
    filters.extend(zone.map(|zone| own("availability-zone", zone)));
    let subnets = &mut furnishing.place().subnets;
    if launch.filters.several == SeveralSubnets::Refuse {
        leave_one(subnets, &filters);
    }
    if !subnets.iter().any(|subnet| passes(subnet, &filters)) {
        add_subnet(furnishing, None, vpc);
    }
}

fn passes<T: Filtered>(thing: &T, filters: &Filters) -> bool {
    matches(thing, filters).unwrap_or(false)
}

/// A template that takes no choice expects that there is none.
fn leave_one<T: Filtered>(things: &mut Vec<T>, filters: &Filters) {
    let mut is_first = true;
    things.retain(|thing| !passes(thing, filters) || std::mem::take(&mut is_first));
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
    let vpc = vpc.cloned().or_else(|| own("vpc-id").map(VpcId::new));
    let thing = Subnet {
        id,
        vpc: vpc.unwrap_or_else(|| VpcId::new(DEFAULT_VPC)),
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
        let mut groups = furnishing.place().groups.values();
        if !groups.any(|made| passes(&made.thing, filters)) {
            let id = GroupId::new(furnishing.world.id("sg"));
            add_group(furnishing, (id, filters), vpc);
        }
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

/// Filters as the template has them.
fn shown(filters: &Filters) -> String {
    let all = filters
        .iter()
        .map(|(name, values)| format!("`{name}={}`", values.join(",")));
    all.collect::<Vec<_>>().join(" and ")
}
