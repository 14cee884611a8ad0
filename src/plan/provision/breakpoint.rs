//! `breakpoint`: waits for somebody to press Enter.

use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

/// The settings.
#[derive(Clone, Debug)]
pub(crate) struct BreakpointSettings {
    /// What is printed with it.
    pub(crate) note: String,
    /// It is passed over.
    pub(crate) disable: bool,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, problems: &Problems) -> BreakpointSettings {
    let mut fields = Fields::new(node, problems, "");
    let settings = BreakpointSettings {
        note: fields.text("note"),
        disable: fields.bool("disable"),
    };
    fields.finish();
    settings
}
