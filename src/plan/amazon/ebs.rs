//! The whole `amazon-ebs` builder, group by group.

use super::launch_keys::OwnKeys;
use super::network_support::Target;
use super::recipe::Recipe;
use super::settings::{EbsSettings, Launch};
use super::{access, block_device, image_keys, machine_keys, tags};
use crate::facts::Facts;
use crate::plan::unsupported::Unsupported;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

/// `-force`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Force {
    /// Not given.
    No,
    /// Given: `force_deregister` is on whatever the template says.
    Yes,
}

/// Keys that need the source image's data: their syntax is checked now, and they are rendered when the image is known.
pub(super) const LATE_KEYS: [&str; 13] = [
    "ami_description",
    "fleet_tags",
    "fleet_tag",
    "run_tags",
    "run_tag",
    "run_volume_tags",
    "run_volume_tag",
    "spot_tags",
    "spot_tag",
    "snapshot_tags",
    "snapshot_tag",
    "tags",
    "tag",
];

/// Decodes and checks an `amazon-ebs` builder. `None` where anything is wrong; `problems` says all of it.
pub(crate) fn ebs(
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    force: Force,
    problems: &Problems,
) -> Option<EbsSettings> {
    let before = problems.count();
    let rendered = render_config(node, scope, &LATE_KEYS, problems);
    let mut fields = Fields::new(&rendered, problems, "");
    let mut unsupported = Unsupported::default();
    let access = access::read(&mut fields, facts);
    let image = image_keys::read(&mut fields, access.region.as_ref(), force);
    let mut block_devices = block_device::read(&mut fields, "launch_block_device_mappings");
    if fields.bool("no_ephemeral") {
        block_devices.extend(block_device::no_ephemeral());
    }
    let own = OwnKeys {
        block_devices,
        // Unlike every other tag block, this one has a `name`.
        run_volume_tags: tags::read(&mut fields, "run_volume_tags", "run_volume_tag", "name"),
        network_target: Target::Machine,
    };
    let machine = machine_keys::read(&mut fields, facts, own, &mut unsupported);
    let recipe = recipe(&mut fields, &machine.launch);
    fields.finish();
    (problems.count() == before).then(|| EbsSettings {
        access,
        source: machine.source,
        launch: machine.launch,
        communicator: machine.communicator,
        image,
        recipe,
        unsupported: unsupported.into_keys(),
    })
}

/// `fast_build_volume`, a key of ours.
fn recipe(fields: &mut Fields<'_>, launch: &Launch) -> Recipe {
    if !fields.bool("fast_build_volume") {
        return Recipe::Machine;
    }
    if launch.spot.is_some() {
        fields.problem_with_hint(
            "fast_build_volume",
            "`fast_build_volume` cannot be had beside `spot_price`: a spot instance cannot be stopped, and snapshots of a machine that runs may be torn",
            "remove one of the two",
        );
    }
    Recipe::FastVolume
}
