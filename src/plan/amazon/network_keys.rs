//! Subnet, VPC, security groups and who may reach the temporary one.

use std::net::IpAddr;

use super::access::optional;
use super::filters;
use super::settings::{NetworkFilters, SeveralSubnets};
use crate::cloud::network::Filters;
use crate::cloud::{GroupId, SubnetId, VpcId};
use crate::template::fields::Fields;

/// The network's part of the launch.
pub(super) struct Network {
    pub(super) subnet: Option<SubnetId>,
    pub(super) vpc: Option<VpcId>,
    pub(super) groups: Vec<GroupId>,
    pub(super) filters: NetworkFilters,
    pub(super) temporary_group_sources: Option<Vec<String>>,
}

pub(super) fn read(fields: &mut Fields<'_>) -> Network {
    let subnet = optional(fields, "subnet_id").map(SubnetId::new);
    let vpc = optional(fields, "vpc_id").map(VpcId::new);
    let groups = groups(fields);
    // An id wins over its filter, as in Packer.
    let vpc_filter = filter(fields, "vpc_filter", vpc.is_some().then_some("vpc_id"));
    let subnet_filter = filter(
        fields,
        "subnet_filter",
        subnet.is_some().then_some("subnet_id"),
    );
    let group_filter = filter(
        fields,
        "security_group_filter",
        (!groups.is_empty()).then_some("security_group_ids"),
    );
    let filters = NetworkFilters {
        vpc: vpc_filter.filters,
        several: subnet_filter.several,
        subnet: subnet_filter.filters,
        groups: group_filter.filters,
    };
    Network {
        subnet,
        vpc,
        groups,
        filters,
        temporary_group_sources: sources(fields),
    }
}

fn groups(fields: &mut Fields<'_>) -> Vec<GroupId> {
    let one = optional(fields, "security_group_id");
    let mut groups = fields.strings("security_group_ids");
    if one.is_some() && !groups.is_empty() {
        fields.problem(
            "security_group_id",
            "Only one of security_group_id or security_group_ids can be specified.",
        );
    }
    groups.extend(one);
    groups.into_iter().map(GroupId::new).collect()
}

/// One filter block.
#[derive(Default)]
struct Filter {
    filters: Filters,
    several: SeveralSubnets,
}

fn filter(fields: &mut Fields<'_>, key: &str, winner: Option<&str>) -> Filter {
    let Some(mut block) = fields.block(key) else {
        return Filter::default();
    };
    let filters = filters::values(filters::with_blocks(&mut block));
    let several = if key == "subnet_filter" {
        several(&mut block)
    } else {
        SeveralSubnets::Refuse
    };
    block.finish();
    match winner {
        Some(winner) if !filters.is_empty() => {
            fields.warning(key, format!("`{key}` has no effect beside `{winner}`"));
            Filter::default()
        }
        _ => Filter { filters, several },
    }
}

/// `most_free` wins, as in Packer.
fn several(block: &mut Fields<'_>) -> SeveralSubnets {
    let (most_free, random) = (block.bool("most_free"), block.bool("random"));
    match (most_free, random) {
        (true, _) => SeveralSubnets::MostFree,
        (false, true) => SeveralSubnets::Random,
        (false, false) => SeveralSubnets::Refuse,
    }
}

/// Who may reach the temporary group. Where the template says nothing it is the caller's own addresses, not everybody as in Packer;
/// `temporary_security_group_source_public_ip` asks for just that.
fn sources(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    const KEY: &str = "temporary_security_group_source_cidrs";
    let cidrs = fields.strings(KEY);
    for cidr in cidrs.iter().filter(|cidr| !is_cidr(cidr)) {
        fields.problem_with_hint(
            KEY,
            format!("Error parsing CIDR in {KEY}: invalid CIDR address: {cidr}"),
            "a single address is `ADDRESS/32`, or `ADDRESS/128` for IPv6",
        );
    }
    let own = fields.bool("temporary_security_group_source_public_ip");
    if own && !cidrs.is_empty() {
        fields.warning(
            "temporary_security_group_source_public_ip",
            format!("`temporary_security_group_source_public_ip` has no effect beside `{KEY}`"),
        );
    }
    (!cidrs.is_empty()).then_some(cidrs)
}

/// Go's `net.ParseCIDR`: an address and the length of its prefix; bits behind the prefix may be set.
fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.bytes().all(|byte| byte.is_ascii_digit())
        && length.parse::<u8>().is_ok_and(|length| length <= most)
}

#[cfg(test)]
mod tests {
    use super::is_cidr;

    #[test]
    fn a_cidr_is_an_address_with_a_prefix_length() {
        for good in ["10.0.0.0/8", "10.1.2.3/8", "::/0", "2001:db8::1/128"] {
            assert!(is_cidr(good), "{good}");
        }
        for bad in [
            "",
            "1.2.3.4",
            "1.2.3.4/33",
            "1.2.3/8",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "a/8",
        ] {
            assert!(!is_cidr(bad), "{bad}");
        }
    }
}
