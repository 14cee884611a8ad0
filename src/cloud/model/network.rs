//! Key pairs and security groups of the model.

use super::expected::Answers;
use super::filter::Filtered;
use super::filter_names::{GROUPS, SUBNETS, VPCS};
use super::limits;
use super::place::{Made, Moving, Outcome, Place, Refused};
use super::world::World;
use crate::cloud::image::SecurityGroup;
use crate::cloud::network::{Ingress, Subnet, Vpc};
use crate::cloud::{GroupId, Region, Tags, VpcId};

/// A security group.
#[derive(Clone, Debug)]
pub(crate) struct ModelGroup {
    pub(super) group: SecurityGroup,
    pub(super) rules: Vec<Ingress>,
    vpc: Option<VpcId>,
    /// What a template expects of it.
    pub(super) answers: Answers,
}

impl ModelGroup {
    /// A group that lets nobody in.
    pub(super) fn new(group: SecurityGroup, vpc: Option<VpcId>) -> Self {
        Self {
            group,
            rules: Vec::new(),
            vpc,
            answers: Answers::new(),
        }
    }
}

impl Moving for ModelGroup {
    fn advance(&mut self) {}
}

impl Filtered for ModelGroup {
    const NAMES: &'static [&'static str] = &GROUPS;

    fn tags(&self) -> &Tags {
        &self.group.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        if let Some(answer) = self.answers.get(filter) {
            return Some(vec![answer.clone()]);
        }
        Some(match filter {
            "group-id" => vec![self.group.id.to_string()],
            "group-name" => vec![self.group.name.clone()],
            "vpc-id" => self.vpc.iter().map(ToString::to_string).collect(),
            _ => return None,
        })
    }
}

/// A key pair, under its name.
#[derive(Clone, Debug)]
pub(crate) struct ModelKeyPair {
    pub(super) name: String,
    pub(super) tags: Tags,
}

impl Moving for ModelKeyPair {
    fn advance(&mut self) {}
}

impl Filtered for ModelKeyPair {
    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        (filter == "key-name").then(|| vec![self.name.clone()])
    }
}

/// Networks have no tags in the model.
static NO_TAGS: Tags = Tags::new();

impl Filtered for Vpc {
    const NAMES: &'static [&'static str] = &VPCS;

    fn tags(&self) -> &Tags {
        &NO_TAGS
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        Some(vec![match filter {
            "vpc-id" => self.id.to_string(),
            "is-default" | "isDefault" => self.is_default.to_string(),
            "state" => "available".to_owned(),
            _ => return None,
        }])
    }
}

impl Filtered for Subnet {
    const NAMES: &'static [&'static str] = &SUBNETS;

    fn tags(&self) -> &Tags {
        &NO_TAGS
    }

    fn attribute(&self, filter: &str) -> Option<Vec<String>> {
        Some(vec![match filter {
            "subnet-id" => self.id.to_string(),
            "vpc-id" => self.vpc.to_string(),
            "availability-zone" | "availabilityZone" => self.availability_zone.clone(),
            "default-for-az" | "defaultForAz" => "true".to_owned(),
            "state" => "available".to_owned(),
            _ => return None,
        }])
    }
}

/// `ImportKeyPair` and `CreateKeyPair`.
pub(super) fn add_key_pair(
    world: &mut World,
    region: &Region,
    name: &str,
    tags: Tags,
) -> Outcome<()> {
    limits::check_tags(&tags)?;
    let made = Made::new(
        ModelKeyPair {
            name: name.to_owned(),
            tags,
        },
        world.pace,
    );
    let place = world.place(region);
    if place.key_pairs.contains_key(name) {
        return Err(Refused::new(
            "InvalidKeyPair.Duplicate",
            format!("`{name}` exists"),
        ));
    }
    place.key_pairs.insert(name.to_owned(), made);
    Ok(())
}

/// `CreateSecurityGroup`: names are unique in a VPC.
pub(super) fn add_group(
    world: &mut World,
    region: &Region,
    name: &str,
    vpc: Option<&VpcId>,
    tags: Tags,
) -> Outcome<GroupId> {
    limits::check_tags(&tags)?;
    let place = world.place(region);
    let vpc = vpc
        .or_else(|| {
            place
                .vpcs
                .iter()
                .map(|vpc| &vpc.thing)
                .find(|vpc| vpc.is_default)
                .map(|vpc| &vpc.id)
        })
        .cloned();
    if place
        .groups
        .values()
        .any(|made| made.thing.group.name == name && made.thing.vpc == vpc)
    {
        return Err(Refused::new(
            "InvalidGroup.Duplicate",
            format!("`{name}` exists"),
        ));
    }
    let id = GroupId::new(world.id("sg"));
    let group = SecurityGroup {
        id: id.clone(),
        name: name.to_owned(),
        tags,
    };
    let made = Made::new(ModelGroup::new(group, vpc), world.pace);
    world.place(region).groups.insert(id.to_string(), made);
    Ok(id)
}

/// `AuthorizeSecurityGroupIngress`.
pub(super) fn authorize(place: &mut Place, id: &str, rule: &Ingress) -> Outcome<()> {
    let made = place
        .groups
        .get_mut(id)
        .ok_or_else(|| Refused::not_found("InvalidGroup.NotFound", id))?;
    if !made.thing.rules.contains(rule) {
        made.thing.rules.push(rule.clone());
    }
    Ok(())
}

/// `DeleteSecurityGroup`: not while a machine that is not gone has it. Each try lets such a machine come nearer to its end.
pub(super) fn delete_group(place: &mut Place, id: &str) -> Outcome<()> {
    if !place.groups.contains_key(id) {
        return Err(Refused::not_found("InvalidGroup.NotFound", id));
    }
    let mut holders = place
        .instances
        .values_mut()
        .filter(|made| made.thing.holds(id));
    let Some(holder) = holders.next() else {
        place.groups.remove(id);
        return Ok(());
    };
    let message = format!("`{id}` is in use by `{}`", holder.thing.instance.id);
    if holder.thing.is_going() {
        holder.pass_time();
        place.settle_volumes();
    }
    Err(Refused::new("DependencyViolation", message))
}
