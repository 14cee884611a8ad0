//! The whole builder, group by group.

use super::settings::EbsSettings;
use super::{access, connection, image_keys, launch_keys, source};
use crate::facts::Facts;
use crate::plan::communicator_keys::CommunicatorKeys;
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
const LATE_KEYS: [&str; 13] = [
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
    let source = source::read(&mut fields);
    let keys = CommunicatorKeys::read(&mut fields, facts, &mut unsupported);
    let launch = launch_keys::read(&mut fields, facts, &mut unsupported);
    let interface = connection::read(&mut fields, &keys, launch.profile, &mut unsupported);
    fields.finish();
    (problems.count() == before).then(|| EbsSettings {
        access,
        source,
        launch: launch.settings,
        communicator: keys.into_communicator(interface, facts),
        image,
        unsupported: unsupported.into_keys(),
    })
}
