//! What `fast_launch` asks for, region by region.

use std::collections::BTreeMap;

use crate::cloud::Region;
use crate::cloud::lifecycle::TemplateName;

/// `fast_launch`, once anything in the block asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FastLaunch {
    /// At least 6; `None` is EC2's own choice.
    pub(crate) max_parallel_launches: Option<i32>,
    /// Snapshots kept ready; `None` is EC2's own choice.
    pub(crate) target_resource_count: Option<i32>,
    /// The launch template at the top of the block, which is the build region's.
    pub(crate) own_template: Option<TemplateChoice>,
    /// `region_launch_templates`.
    pub(crate) regions: BTreeMap<Region, InRegion>,
}

/// What a region is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InRegion {
    /// No fast launch there.
    Off,
    /// With a launch template, or with EC2's own defaults.
    On(Option<TemplateChoice>),
}

/// A launch template in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateChoice {
    /// Which.
    pub(crate) name: TemplateName,
    /// `None` is the newest.
    pub(crate) version: Option<i64>,
}

impl FastLaunch {
    /// What is asked for in `region`. A region without an entry has it too: Packer leaves such a region out as soon as another one
    /// has a template.
    pub(crate) fn in_region(&self, region: &Region, build_region: &Region) -> InRegion {
        let own = || self.own_template.clone().filter(|_| region == build_region);
        self.regions
            .get(region)
            .cloned()
            .unwrap_or_else(|| InRegion::On(own()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_without_an_entry_has_it_with_ec2s_defaults() {
        let [home, west, east] = ["eu-west-1", "us-west-2", "us-east-1"].map(Region::new);
        let own = TemplateChoice {
            name: TemplateName::Id("lt-1".to_owned()),
            version: None,
        };
        let settings = FastLaunch {
            own_template: Some(own.clone()),
            regions: BTreeMap::from([(west.clone(), InRegion::Off)]),
            ..FastLaunch::default()
        };
        assert_eq!(settings.in_region(&home, &home), InRegion::On(Some(own)));
        assert_eq!(settings.in_region(&west, &home), InRegion::Off);
        assert_eq!(settings.in_region(&east, &home), InRegion::On(None));
    }
}
