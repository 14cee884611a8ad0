//! What EC2 is told about the image after it is made: deprecation, protection, IMDS, product codes, fast launch.
//! Checked here; none of it is done yet.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::access::optional;
use super::fast_launch;
use crate::cloud::Region;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// `regions` are `ami_regions` with the build region, where the template names it there.
pub(super) fn read(
    fields: &mut Fields<'_>,
    regions: &[Region],
    build_region: Option<&Region>,
    unsupported: &mut Unsupported,
) {
    imds_support(fields, unsupported);
    deprecate_at(fields, unsupported);
    deregistration_protection(fields, unsupported);
    unsupported.note_list(fields, "ami_product_codes");
    if fields.integer("snapshot_copy_duration_minutes").is_some() {
        unsupported.note(fields, "snapshot_copy_duration_minutes");
    }
    // Only the check that goes with `ena_support` and `sriov_support` reads it, and these are not done yet.
    fields.string("ami_virtualization_type");
    fast_launch::read(fields, regions, build_region, unsupported);
}

fn imds_support(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
    match optional(fields, "imds_support").as_deref() {
        None => {}
        Some("v2.0") => unsupported.note(fields, "imds_support"),
        Some(other) => fields.problem(
            "imds_support",
            format!(
                "The only valid imds_support values are \"v2.0\" or the empty string, not `{other}`"
            ),
        ),
    }
}

fn deprecate_at(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
    let Some(text) = optional(fields, "deprecate_at") else {
        return;
    };
    if OffsetDateTime::parse(&text, &Rfc3339).is_err() {
        fields.problem(
            "deprecate_at",
            format!("deprecate_at is not a valid time: {text:?}. Expect time format: YYYY-MM-DDTHH:MM:SSZ"),
        );
    }
    unsupported.note(fields, "deprecate_at");
}

fn deregistration_protection(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
    let Some(mut block) = fields.block("deregistration_protection") else {
        return;
    };
    let asked = [block.bool("enabled"), block.bool("with_cooldown")];
    block.finish();
    if asked.contains(&true) {
        unsupported.note(fields, "deregistration_protection");
    }
}
