//! `sleep`: a wait.

use crate::template::document::Node;
use crate::template::duration::GoDuration;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

/// The settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SleepSettings {
    /// How long; none where unset, as in Packer.
    pub(crate) duration: GoDuration,
}

/// Decodes the settings as the template has them.
pub(super) fn decode(node: &Node, problems: &Problems) -> SleepSettings {
    let mut fields = Fields::new(node, problems, "");
    let duration = fields.duration("duration").unwrap_or_default();
    fields.finish();
    SleepSettings { duration }
}
