//! The build machine.

use super::access::optional;
use super::network_keys::{self, Network};
use super::network_support::Target;
use super::settings::{LateTags, Launch};
use super::{
    credits, metadata, network_support, placement, polling, spot, tags, temporary_profile,
    user_data,
};
use crate::cloud::image::BlockDevice;
use crate::cloud::instance::ShutdownBehavior;
use crate::facts::Facts;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// Whether the machine gets an instance profile, which the session manager needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// A named one, or one that the template has made for the build.
    Some,
    /// None.
    None,
}

/// The launch, with what other groups ask about it.
pub(super) struct LaunchKeys {
    pub(super) settings: Launch,
    pub(super) profile: Profile,
}

/// What each builder reads in its own way.
pub(super) struct OwnKeys {
    pub(super) block_devices: Vec<BlockDevice>,
    pub(super) run_volume_tags: LateTags,
    pub(super) network_target: Target,
}

pub(super) fn read(
    fields: &mut Fields<'_>,
    facts: &Facts,
    own: OwnKeys,
    unsupported: &mut Unsupported,
) -> LaunchKeys {
    let instance_type = fields.text("instance_type");
    let market = spot::read(fields, &instance_type, unsupported);
    let iam_instance_profile = optional(fields, "iam_instance_profile");
    // The check that this skips, by iam:GetInstanceProfile, is one that we do not make: the launch itself tells.
    fields.bool("skip_profile_validation");
    let temporary_profile = temporary_profile::read(fields, iam_instance_profile.as_deref());
    let Network {
        subnet,
        vpc,
        groups,
        filters,
        temporary_group_sources,
    } = network_keys::read(fields);
    let profile = if iam_instance_profile.is_some() || temporary_profile.is_some() {
        Profile::Some
    } else {
        Profile::None
    };
    let settings = Launch {
        credit_specification: credits::read(fields, &instance_type, &market.price),
        terms: placement::read(fields, &instance_type, &market.price),
        network_support: network_support::read(fields, &market.price, own.network_target),
        instance_type,
        spot: market.spot,
        subnet,
        vpc,
        availability_zone: optional(fields, "availability_zone"),
        groups,
        filters,
        temporary_group_sources,
        associate_public_ip_address: fields.tristate("associate_public_ip_address"),
        iam_instance_profile,
        temporary_profile,
        user_data: user_data::read(fields, facts),
        block_devices: own.block_devices,
        ebs_optimized: fields.bool("ebs_optimized"),
        metadata: Some(metadata::read(fields)),
        shutdown_behavior: shutdown_behavior(fields),
        disable_stop: fields.bool("disable_stop_instance"),
        // The provisioners are read after the builder.
        powers_off: false,
        run_tags: tags::read(fields, "run_tags", "run_tag", "key"),
        run_volume_tags: own.run_volume_tags,
        polling: polling::read(fields, facts),
    };
    LaunchKeys { settings, profile }
}

fn shutdown_behavior(fields: &mut Fields<'_>) -> Option<ShutdownBehavior> {
    match optional(fields, "shutdown_behavior")?.as_str() {
        "stop" => Some(ShutdownBehavior::Stop),
        "terminate" => Some(ShutdownBehavior::Terminate),
        other => {
            fields.problem(
                "shutdown_behavior",
                format!(
                    "shutdown_behavior only accepts 'stop' or 'terminate' values, not `{other}`"
                ),
            );
            None
        }
    }
}
