//! `fast_launch`.

use std::collections::BTreeSet;

use super::access::optional;
use super::fast_launch_settings::{FastLaunch, InRegion, TemplateChoice};
use crate::cloud::Region;
use crate::cloud::lifecycle::TemplateName;
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

    fn choice(self) -> Option<TemplateChoice> {
        let id = self.id.map(TemplateName::Id);
        Some(TemplateChoice {
            name: id.or(self.name.map(TemplateName::Name))?,
            version: (self.version > 0).then_some(self.version),
        })
    }
}

/// `None` where nothing in the block asks for anything: a single value that is not the default is enough.
pub(super) fn read(
    fields: &mut Fields<'_>,
    regions: &[Region],
    build_region: Option<&Region>,
) -> Option<FastLaunch> {
    let mut block = fields.block("fast_launch")?;
    let enabled = block.bool("enable_fast_launch");
    let template = LaunchTemplate::read(&mut block);
    let mut settings = FastLaunch::default();
    limits(&mut block, &mut settings);
    let entries = block.blocks("region_launch_templates");
    let limited =
        settings.max_parallel_launches.is_some() || settings.target_resource_count.is_some();
    let asked = enabled || limited || template.is_given() || !entries.is_empty();
    // The template at the top is the build region's entry.
    let mut seen: BTreeSet<Region> = build_region
        .filter(|_| template.is_given())
        .cloned()
        .into_iter()
        .collect();
    for entry in entries {
        settings
            .regions
            .extend(region_entry(entry, &mut seen, regions, build_region));
    }
    block.finish();
    settings.own_template = template.choice();
    asked.then_some(settings)
}

/// EC2 wants at least 6 parallel launches.
fn limits(block: &mut Fields<'_>, settings: &mut FastLaunch) {
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
    settings.max_parallel_launches = given(block, "max_parallel_launches", launches);
    settings.target_resource_count = given(block, "target_resource_count", count);
}

/// A number that EC2 can take; 0 leaves it to EC2.
fn given(block: &Fields<'_>, key: &str, number: i64) -> Option<i32> {
    let small = i32::try_from(number);
    if small.is_err() {
        block.problem(key, format!("{key} is out of range: {number}"));
    }
    small.ok().filter(|number| *number != 0)
}

fn region_entry(
    mut entry: Fields<'_>,
    seen: &mut BTreeSet<Region>,
    regions: &[Region],
    build_region: Option<&Region>,
) -> Option<(Region, InRegion)> {
    let enabled = entry.tristate("enable_fast_launch");
    let template = LaunchTemplate::read(&mut entry);
    let region = optional(&mut entry, "region").map(Region::new);
    match region.clone() {
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
    let wish = match enabled {
        Some(false) => InRegion::Off,
        Some(true) | None => InRegion::On(template.choice()),
    };
    Some((region?, wish))
}
