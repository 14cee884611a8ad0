//! `vpc_filter`, `subnet_filter` and `security_group_filter`. Whatever they do not find is known before anything is made.

use super::cx::Cx;
use super::error::BuildError;
use super::unique::random_below;
use crate::cloud::network::{Filters, Subnet};
use crate::cloud::{Cloud, GroupId, SubnetId, VpcId};
use crate::plan::amazon::settings::SeveralSubnets;

/// The VPC of `vpc_filter`: exactly one has to match. `None` where there is no filter.
pub(super) async fn vpc<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<Option<VpcId>, BuildError> {
    let wanted = &cx.settings.launch.filters.vpc;
    if wanted.is_empty() {
        return Ok(None);
    }
    let filters = with(wanted, "state", "available");
    let found = cx.cloud.vpcs(cx.region, &[], &filters).await;
    let found = found.map_err(BuildError::call("find the VPC of `vpc_filter`"))?;
    let [vpc] = &found[..] else {
        return Err(BuildError::NetworkFilter(format!(
            "Exactly one VPC should match the filter, but {} VPC's was found matching filters: {}",
            found.len(),
            shown(&filters)
        )));
    };
    cx.ui.message(&format!("Found VPC ID: {}", vpc.id));
    // As with `vpc_id`: without a subnet EC2 launches in the default VPC only.
    let launch = &cx.settings.launch;
    let no_subnet = launch.subnet.is_none() && launch.filters.subnet.is_empty();
    if no_subnet && launch.associate_public_ip_address.is_none() && !vpc.is_default {
        return Err(BuildError::SubnetNeeded(vpc.id.clone()));
    }
    Ok(Some(vpc.id.clone()))
}

/// The subnet of `subnet_filter`, in the VPC and the zone where they are known. `None` where there is no filter.
pub(super) async fn subnet<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    vpc: Option<&VpcId>,
) -> Result<Option<SubnetId>, BuildError> {
    let launch = &cx.settings.launch;
    if launch.filters.subnet.is_empty() {
        return Ok(None);
    }
    let mut filters = with(&launch.filters.subnet, "state", "available");
    if let Some(vpc) = vpc {
        filters = with(&filters, "vpc-id", vpc.as_str());
    }
    if let Some(zone) = &launch.availability_zone {
        filters = with(&filters, "availability-zone", zone);
    }
    let found = cx.cloud.subnets(cx.region, &[], &filters).await;
    let found = found.map_err(BuildError::call("find the subnet of `subnet_filter`"))?;
    let subnet = choose(found, launch.filters.several).map_err(|reason| {
        BuildError::NetworkFilter(format!("{reason} Filters: {}", shown(&filters)))
    })?;
    cx.ui.message(&format!("Found Subnet ID: {}", subnet.id));
    Ok(Some(subnet.id))
}

/// The groups of `security_group_filter`, in the VPC where it is known. None at all is an error: the machine would be
/// launched with the default group, which lets nobody in.
pub(super) async fn groups<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    vpc: Option<&VpcId>,
) -> Result<Vec<GroupId>, BuildError> {
    let wanted = &cx.settings.launch.filters.groups;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let filters = match vpc {
        Some(vpc) => with(wanted, "vpc-id", vpc.as_str()),
        None => wanted.clone(),
    };
    let found = cx.cloud.groups(cx.region, &[], &filters).await;
    let found = found.map_err(BuildError::call(
        "find the security groups of `security_group_filter`",
    ))?;
    if found.is_empty() {
        return Err(BuildError::NetworkFilter(format!(
            "no security group matches `security_group_filter` in `{}`: {}",
            cx.region,
            shown(&filters)
        )));
    }
    let names: Vec<&str> = found.iter().map(|group| group.id.as_str()).collect();
    cx.ui
        .message(&format!("Found Security Group(s): {}", names.join(", ")));
    Ok(found.into_iter().map(|group| group.id).collect())
}

fn choose(found: Vec<Subnet>, several: SeveralSubnets) -> Result<Subnet, String> {
    let count = found.len();
    let mut found = found.into_iter();
    let chosen = match several {
        SeveralSubnets::MostFree => found.max_by_key(|subnet| subnet.free_addresses),
        SeveralSubnets::Random => found.nth(random_below(count)),
        SeveralSubnets::Refuse if count > 1 => {
            return Err(format!(
                "Your filter matched {count} Subnets. Please try a more specific search, or set random or most_free to true."
            ));
        }
        SeveralSubnets::Refuse => found.next(),
    };
    chosen.ok_or_else(|| "No Subnets was found matching filters.".to_owned())
}

/// The filters with one more, over one of the same name, as in Packer.
fn with(filters: &Filters, name: &str, value: &str) -> Filters {
    let others = filters.iter().filter(|(other, _)| other != name).cloned();
    others
        .chain([(name.to_owned(), vec![value.to_owned()])])
        .collect()
}

fn shown(filters: &Filters) -> String {
    let filters = filters
        .iter()
        .map(|(name, values)| format!("{name}={}", values.join(",")));
    filters.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod unit {
    use super::*;

    fn subnet(id: &str, free_addresses: i32) -> Subnet {
        Subnet {
            id: SubnetId::new(id),
            vpc: VpcId::new("vpc-1"),
            availability_zone: "eu-west-1a".to_owned(),
            free_addresses,
        }
    }

    #[test]
    fn of_several_subnets_the_one_with_most_free_addresses_is_taken() {
        let found = vec![subnet("subnet-a", 5), subnet("subnet-b", 7)];
        let chosen = choose(found, SeveralSubnets::MostFree).unwrap();
        assert_eq!(chosen.id.as_str(), "subnet-b");
    }

    #[test]
    fn several_subnets_are_refused_unless_the_template_says_which() {
        let found = vec![subnet("subnet-a", 5), subnet("subnet-b", 7)];
        assert!(choose(found.clone(), SeveralSubnets::Random).is_ok());
        let reason = choose(found, SeveralSubnets::Refuse).unwrap_err();
        assert!(reason.contains("matched 2 Subnets"), "{reason}");
    }

    #[test]
    fn no_subnet_is_refused_whatever_the_template_says() {
        for several in [
            SeveralSubnets::Refuse,
            SeveralSubnets::MostFree,
            SeveralSubnets::Random,
        ] {
            assert!(choose(Vec::new(), several).is_err(), "{several:?}");
        }
    }

    #[test]
    fn a_filter_that_is_added_replaces_the_templates_own() {
        let own = vec![("state".to_owned(), vec!["pending".to_owned()])];
        assert_eq!(shown(&with(&own, "state", "available")), "state=available");
    }
}
