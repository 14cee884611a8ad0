//! The regions of each partition.

use crate::cloud::Region;

/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>, and those of China, of GovCloud and of
/// the European Sovereign Cloud.
const REGIONS: [(&str, &[&str]); 4] = [
    (
        "aws",
        &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
    ("aws-cn", &["cn-north-1", "cn-northwest-1"]),
    ("aws-us-gov", &["us-gov-east-1", "us-gov-west-1"]),
    ("aws-eusc", &["eusc-de-east-1"]),
];

/// What the middle of a region's name can be.
const DIRECTIONS: [&str; 9] = [
    "central",
    "east",
    "north",
    "northeast",
    "northwest",
    "south",
    "southeast",
    "southwest",
    "west",
];

/// The partition that a region belongs to, as an ARN spells it.
pub(crate) fn partition(region: &Region) -> &'static str {
    let name = region.as_str();
    match name {
        _ if name.starts_with("cn-") => "aws-cn",
        _ if name.starts_with("us-gov-") => "aws-us-gov",
        _ if name.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// The regions that an account of this region's partition can have.
pub(super) fn of_partition(region: &Region) -> impl Iterator<Item = Region> {
    let partition = partition(region);
    let known = REGIONS
        .into_iter()
        .filter(move |(name, _)| *name == partition);
    known.flat_map(|(_, regions)| regions.iter().copied().map(Region::new))
}

/// Whether this may be a region that came later than this list: it has the form of a name, and nothing in it is misspelt.
pub(super) fn may_be_new(region: &Region) -> bool {
    let parts: Vec<&str> = region.as_str().split('-').collect();
    let [area @ .., direction, number] = parts.as_slice() else {
        return false;
    };
    let is_area = |part: &&str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    !area.is_empty()
        && area.iter().all(is_area)
        && DIRECTIONS.contains(direction)
        && number.parse::<u8>().is_ok()
        && !of_partition(region).any(|known| known == *region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_of_tomorrow_is_told_from_one_that_is_misspelt() {
        let may_be_new = |name| may_be_new(&Region::new(name));
        assert!(may_be_new("ap-west-1"));
        assert!(may_be_new("us-gov-central-1"));
        assert!(!may_be_new("us-esat-1"));
        assert!(!may_be_new("us-east"));
        assert!(!may_be_new("east-1"));
        assert!(!may_be_new("us-east-1"), "that one is known");
    }

    #[test]
    fn regions_of_another_partition_are_none_of_an_accounts() {
        let china: Vec<Region> = of_partition(&Region::new("cn-north-1")).collect();
        assert_eq!(china, ["cn-north-1", "cn-northwest-1"].map(Region::new));
    }
}
