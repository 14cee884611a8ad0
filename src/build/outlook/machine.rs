//! What the machine needs to be there: its source image, its network, its type in the zone.

use super::check::{Check, Verdict};
use crate::build::cx::Cx;
use crate::build::network::{self, Network};
use crate::build::source as source_image;
use crate::cloud::image::Image;
use crate::cloud::network::Subnet;
use crate::cloud::{Cloud, SubnetId};
use crate::report::conclusion::Conclusion;

const SOURCE: &[&str] = &["source_ami", "source_ami_filter"];
const PLACE: &[&str] = &[
    "subnet_id",
    "subnet_filter",
    "vpc_id",
    "vpc_filter",
    "security_group_filter",
];
const SUBNET: &[&str] = &["subnet_id", "subnet_filter"];
const TYPE: &[&str] = &["instance_type", "spot_instance_types"];
const GROUPS: &[&str] = &["security_group_id", "security_group_ids"];

/// The source image, as the build will look for it.
pub(super) async fn source<C: Cloud>(cx: &Cx<'_, C, ()>) -> (Check, Option<Image>) {
    let found = source_image::look_up(cx.cloud, cx.region, cx.settings).await;
    Check::of("the source image", SOURCE, found)
}

/// The place of the machine, and what of it is wrong. Where it cannot be found, EC2's own choice stands for it.
pub(super) async fn network<C: Cloud>(cx: &Cx<'_, C, ()>) -> (Vec<Check>, Network) {
    let (chosen, network) = Check::of("the network", PLACE, network::choose(cx).await);
    let mut checks = vec![chosen];
    let Some(network) = network else {
        return (checks, Network::default());
    };
    let instance_type = cx.settings.launch.likely_type();
    let (subnet, zones, groups) = tokio::join!(
        subnet(cx, network.subnet.as_ref()),
        cx.cloud.zones_offering(cx.region, instance_type),
        groups(cx),
    );
    let mut zone = network.availability_zone.clone();
    if let Some((check, found)) = subnet {
        checks.push(check);
        zone = found.map(|subnet| subnet.availability_zone).or(zone);
    }
    checks.push(Check::asked("the instance type", TYPE, zones, |zones| {
        offered(instance_type, zone.as_deref(), &zones)
    }));
    checks.extend(groups);
    (checks, network)
}

async fn subnet<C: Cloud>(
    cx: &Cx<'_, C, ()>,
    id: Option<&SubnetId>,
) -> Option<(Check, Option<Subnet>)> {
    let id = id?;
    let answer = cx
        .cloud
        .subnets(cx.region, std::slice::from_ref(id), &Vec::new())
        .await;
    let mut shown = None;
    let check = Check::asked("the subnet", SUBNET, answer, |found| {
        shown = found.into_iter().next();
        let Some(subnet) = &shown else {
            let error = format!("there is no subnet `{id}` in `{}`", cx.region);
            return Verdict::wrong(error, "", Conclusion::Invalid);
        };
        fits(cx, subnet)
    });
    Some((check, shown))
}

fn fits<C>(cx: &Cx<'_, C, ()>, subnet: &Subnet) -> Verdict {
    let Subnet { id, vpc, .. } = subnet;
    if let Some(wanted) = &cx.settings.launch.vpc
        && wanted != vpc
    {
        let error = format!("the subnet `{id}` is in `{vpc}` and not in `{wanted}`");
        let hint = "`vpc_id` can be left out where a subnet is named";
        return Verdict::wrong(error, hint, Conclusion::Invalid);
    }
    let zone = &subnet.availability_zone;
    if let Some(wanted) = &cx.settings.launch.availability_zone
        && wanted != zone
    {
        let error = format!("the subnet `{id}` is in the zone `{zone}` and not in `{wanted}`");
        let hint = "`availability_zone` can be left out where a subnet is named";
        return Verdict::wrong(error, hint, Conclusion::Invalid);
    }
    match subnet.free_addresses {
        ..=0 => Verdict::wrong(
            format!("the subnet `{id}` has no free address"),
            "a larger subnet, or fewer machines in it",
            Conclusion::Quota,
        ),
        _ => Verdict::Fine,
    }
}

fn offered(instance_type: &str, zone: Option<&str>, zones: &[String]) -> Verdict {
    if zones.is_empty() {
        let error = format!("no zone of the region offers `{instance_type}`");
        return Verdict::wrong(error, "another `instance_type`", Conclusion::Invalid);
    }
    match zone {
        Some(zone) if !zones.iter().any(|offering| offering == zone) => Verdict::wrong(
            format!("the zone `{zone}` does not offer `{instance_type}`"),
            &format!("these do: {}", zones.join(", ")),
            Conclusion::Invalid,
        ),
        _ => Verdict::Fine,
    }
}

async fn groups<C: Cloud>(cx: &Cx<'_, C, ()>) -> Option<Check> {
    let groups = &cx.settings.launch.groups;
    if groups.is_empty() {
        return None;
    }
    let answer = cx.cloud.groups(cx.region, groups, &Vec::new()).await;
    let fine = |_| Verdict::Fine;
    Some(Check::asked("the security groups", GROUPS, answer, fine))
}
