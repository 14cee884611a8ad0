//! `metadata_options`.

use crate::cloud::instance::MetadataOptions;
use crate::template::fields::Fields;

/// The hop limits that EC2 takes.
const HOP_LIMITS: std::ops::RangeInclusive<i64> = 1..=64;

/// The options with Packer's defaults, which it sends with every launch: an image that asks for IMDSv2 still gets `optional`.
/// `http_endpoint: disabled` is sent too, which Packer forgets.
pub(super) fn read(fields: &mut Fields<'_>) -> MetadataOptions {
    let Some(mut block) = fields.block("metadata_options") else {
        return MetadataOptions {
            http_endpoint: "enabled".to_owned(),
            http_tokens: "optional".to_owned(),
            http_put_response_hop_limit: 1,
            instance_metadata_tags: "disabled".to_owned(),
        };
    };
    let options = MetadataOptions {
        http_endpoint: one_of(&mut block, "http_endpoint", ["enabled", "disabled"]),
        http_tokens: one_of(&mut block, "http_tokens", ["optional", "required"]),
        http_put_response_hop_limit: hop_limit(&mut block),
        instance_metadata_tags: one_of(
            &mut block,
            "instance_metadata_tags",
            ["disabled", "enabled"],
        ),
    };
    block.finish();
    options
}

/// One of two words, the first where none is given.
fn one_of(block: &mut Fields<'_>, key: &str, words: [&str; 2]) -> String {
    let text = block.text(key);
    if text.is_empty() {
        return words[0].to_owned();
    }
    if !words.contains(&text.as_str()) {
        block.problem(
            key,
            format!(
                "{key} requires either {} or {} as its value, not `{text}`",
                words[0], words[1]
            ),
        );
    }
    text
}

fn hop_limit(block: &mut Fields<'_>) -> i32 {
    const KEY: &str = "http_put_response_hop_limit";
    match block.integer(KEY).unwrap_or(0) {
        0 => 1,
        limit if HOP_LIMITS.contains(&limit) => i32::try_from(limit).unwrap_or(1),
        limit => {
            block.problem(
                KEY,
                format!("{KEY} requires a number between 1 and 64, not {limit}"),
            );
            1
        }
    }
}
