//! The build machine from its source image to its login: the same keys in every amazon builder.

use super::launch_keys::OwnKeys;
use super::settings::{Launch, SourceImage};
use super::{connection, launch_keys, source};
use crate::facts::Facts;
use crate::plan::communicator::Communicator;
use crate::plan::communicator_keys::CommunicatorKeys;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// Everything about the machine.
pub(super) struct Machine {
    pub(super) source: SourceImage,
    pub(super) launch: Launch,
    pub(super) communicator: Communicator,
}

pub(super) fn read(
    fields: &mut Fields<'_>,
    facts: &Facts,
    own: OwnKeys,
    unsupported: &mut Unsupported,
) -> Machine {
    let source = source::read(fields);
    let keys = CommunicatorKeys::read(fields, facts, unsupported);
    let launch = launch_keys::read(fields, facts, own, unsupported);
    let interface = connection::read(fields, &keys, launch.profile, unsupported);
    Machine {
        source,
        launch: launch.settings,
        communicator: keys.into_communicator(interface, facts),
    }
}
