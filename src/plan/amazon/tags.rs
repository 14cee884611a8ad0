//! Tags: the plural map, with the singular blocks merged over it. They stay templates until the source image is known.

use super::settings::LateTags;
use crate::template::fields::Fields;

/// `plural`'s map with `singular`'s blocks, which name each tag by `name_key` and `value`.
pub(super) fn read(
    fields: &mut Fields<'_>,
    plural: &str,
    singular: &str,
    name_key: &str,
) -> LateTags {
    let mut tags = fields.map(plural);
    for mut block in fields.blocks(singular) {
        tags.insert(block.text(name_key), block.text("value"));
        block.finish();
    }
    tags
}
