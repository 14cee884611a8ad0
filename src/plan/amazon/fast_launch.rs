//! `fast_launch`: checked; not done yet.

use std::collections::BTreeSet;

use super::access::optional;
use crate::cloud::Region;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// A launch template, at the top of the block or for one region.
struct LaunchTemplate {
    id: Option<String>,
    name: Option<String>,
    version: i64,
}

impl LaunchTemplate {
    fn read(block: &mut Fields<'_>) -> Self {
        let template = Self {
            id: optional(block, "template_id"),
            name: optional(block, "template_name"),
            version: block.integer("template_version").unwrap_or(0),
        };
        if template.id.is_some() && template.name.is_some() {
            block.problem(
                "template_name",
                "fast_launch: template_id and template_name cannot both be specified",
            );
        }
        if template.version < 0 {
            block.problem(
                "template_version",
                format!(
                    "fast_launch: template_version must be at least 1, not {}",
                    template.version
                ),
            );
        }
        if template.version != 0 && template.id.is_none() && template.name.is_none() {
            block.problem(
                "template_version",
                "fast_launch: template_version needs a template_id or a template_name",
            );
        }
        template
    }

    fn is_given(&self) -> bool {
        self.id.is_some() || self.name.is_some() || self.version != 0
    }
}

pub(super) fn read(
    fields: &mut Fields<'_>,
    regions: &[Region],
    build_region: Option<&Region>,
    unsupported: &mut Unsupported,
) {
    let Some(mut block) = fields.block("fast_launch") else {
        return;
    };
    let enabled = block.bool("enable_fast_launch");
    let template = LaunchTemplate::read(&mut block);
    let limits = limits(&mut block);
    let entries = block.blocks("region_launch_templates");
    let asked = enabled || limits || template.is_given() || !entries.is_empty();
    // The template at the top is the build region's entry.
    let mut seen: BTreeSet<Region> = build_region
        .filter(|_| template.is_given())
        .cloned()
        .into_iter()
        .collect();
    for entry in entries {
        region_entry(entry, &mut seen, regions, build_region);
    }
    block.finish();
    if asked {
        unsupported.note(fields, "fast_launch");
    }
}

/// EC2 wants at least 6 parallel launches. Whether either key is set.
fn limits(block: &mut Fields<'_>) -> bool {
    let launches = block.integer("max_parallel_launches").unwrap_or(0);
    if launches != 0 && launches < 6 {
        block.problem(
            "max_parallel_launches",
            format!("max_parallel_launches must be >= 6, provided value is {launches}"),
        );
    }
    let count = block.integer("target_resource_count").unwrap_or(0);
    if count < 0 {
        block.problem(
            "target_resource_count",
            format!("target_resource_count must be >= 1, provided value is {count}"),
        );
    }
    launches != 0 || count != 0
}

fn region_entry(
    mut entry: Fields<'_>,
    seen: &mut BTreeSet<Region>,
    regions: &[Region],
    build_region: Option<&Region>,
) {
    entry.tristate("enable_fast_launch");
    LaunchTemplate::read(&mut entry);
    match optional(&mut entry, "region").map(Region::new) {
        None => entry.problem(
            "region",
            "fast_launch: region must be specified for every entry of region_launch_templates",
        ),
        Some(region) => {
            if build_region != Some(&region) && !regions.contains(&region) {
                entry.problem(
                    "region",
                    format!("fast_launch: the AMI will not be copied to region {region}: it is neither the build region nor in ami_regions"),
                );
            }
            if let Some(region) = seen.replace(region) {
                entry.problem(
                    "region",
                    format!("fast_launch: region {region} has more than one launch template"),
                );
            }
        }
    }
    entry.finish();
}
