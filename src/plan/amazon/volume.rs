//! The `amazon-ebsvolume` builder: volumes that stay when their machine goes, and snapshots of them.

use super::access::{self, optional};
use super::launch_keys::OwnKeys;
use super::network_support::Target;
use super::recipe::{EbsVolume, Recipe, VolumeSnapshot};
use super::settings::{EbsSettings, ImageSettings};
use super::{block_device, machine_keys, tags};
use crate::facts::Facts;
use crate::plan::unsupported::Unsupported;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

/// As for `amazon-ebs`, but for the keys of an image. The tags in `ebs_volumes` are no exception from rendering, so there
/// only the region and the source image's id are left for later.
const LATE_KEYS: [&str; 10] = [
    "fleet_tags",
    "fleet_tag",
    "run_tags",
    "run_tag",
    "run_volume_tags",
    "run_volume_tag",
    "spot_tags",
    "spot_tag",
    "tags",
    "tag",
];

/// Decodes and checks an `amazon-ebsvolume` builder. `None` where anything is wrong; `problems` says all of it.
pub(crate) fn volume(
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    problems: &Problems,
) -> Option<EbsSettings> {
    let before = problems.count();
    let rendered = render_config(node, scope, &LATE_KEYS, problems);
    let mut fields = Fields::new(&rendered, problems, "");
    let mut unsupported = Unsupported::default();
    let access = access::read(&mut fields, facts);
    let volumes: Vec<EbsVolume> = fields
        .blocks("ebs_volumes")
        .into_iter()
        .map(ebs_volume)
        .collect();
    let own = OwnKeys {
        block_devices: volumes.iter().map(|volume| volume.device.clone()).collect(),
        // Here the block has a `key`, in the other builders a `name`.
        run_volume_tags: tags::read(&mut fields, "run_volume_tags", "run_volume_tag", "key"),
        network_target: Target::Machine,
    };
    let machine = machine_keys::read(&mut fields, facts, own, &mut unsupported);
    fields.finish();
    (problems.count() == before).then(|| EbsSettings {
        access,
        source: machine.source,
        launch: machine.launch,
        communicator: machine.communicator,
        image: ImageSettings::none(),
        recipe: Recipe::Volumes(volumes),
        unsupported: unsupported.into_keys(),
    })
}

fn ebs_volume(mut block: Fields<'_>) -> EbsVolume {
    let volume = EbsVolume {
        device: block_device::keys(&mut block),
        tags: tags::read(&mut block, "tags", "tag", "key"),
        snapshot: snapshot(&mut block),
    };
    block.finish();
    volume
}

fn snapshot(block: &mut Fields<'_>) -> Option<VolumeSnapshot> {
    const KEYS: [&str; 4] = [
        "snapshot_tags",
        "snapshot_tag",
        "snapshot_users",
        "snapshot_groups",
    ];
    let wanted = block.bool("snapshot_volume");
    let snapshot = VolumeSnapshot {
        description: optional(block, "snapshot_description"),
        tags: tags::read(block, "snapshot_tags", "snapshot_tag", "key"),
        users: block.strings("snapshot_users"),
        groups: block.strings("snapshot_groups"),
    };
    if wanted {
        return Some(snapshot);
    }
    if snapshot.description.is_some() {
        block.problem(
            "snapshot_description",
            "All `ebs_volumes` blocks setting `snapshot_description` must also set `snapshot_volume`.",
        );
    }
    for key in KEYS.into_iter().filter(|key| block.has(key)) {
        block.warning(
            key,
            format!("`{key}` needs `snapshot_volume`: no snapshot is made of this volume"),
        );
    }
    None
}
