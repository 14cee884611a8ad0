//! The source image: `source_ami` and `source_ami_filter`.

use super::access::optional;
use super::filters;
use super::settings::SourceImage;
use crate::cloud::ImageId;
use crate::template::fields::Fields;

pub(super) fn read(fields: &mut Fields<'_>) -> SourceImage {
    let mut source = SourceImage {
        id: optional(fields, "source_ami").map(ImageId::new),
        ..SourceImage::default()
    };
    if let Some(mut block) = fields.block("source_ami_filter") {
        source.filters = filters::values(block.map("filters"));
        source.owners = block.strings("owners");
        source.most_recent = block.bool("most_recent");
        source.include_deprecated = block.bool("include_deprecated");
        block.finish();
    }
    if source.id.is_none() {
        check_filter(fields, &source);
    }
    source
}

fn check_filter(fields: &Fields<'_>, source: &SourceImage) {
    if source.filters.is_empty() && source.owners.is_empty() {
        fields.problem(
            "source_ami",
            "A source_ami or source_ami_filter must be specified",
        );
    }
    if source.owners.is_empty() {
        fields.problem_with_hint(
            "source_ami_filter",
            "For security reasons, your source AMI filter must declare an owner.",
            "add `\"owners\": [\"…\"]`: an account id, `self` or `amazon`; anybody can publish an image under any name",
        );
    }
}
