//! What EC2 is told about the image after it is made: deprecation, protection, IMDS, product codes, fast launch.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::access::optional;
use super::fast_launch;
use super::settings::Lifecycle;
use crate::cloud::Region;
use crate::cloud::lifecycle::Cooldown;
use crate::template::fields::Fields;

/// `regions` are `ami_regions` with the build region, where the template names it there.
pub(super) fn read(
    fields: &mut Fields<'_>,
    regions: &[Region],
    build_region: Option<&Region>,
) -> Lifecycle {
    Lifecycle {
        imds_support: imds_support(fields),
        deprecate_at: deprecate_at(fields),
        protection: deregistration_protection(fields),
        product_codes: fields.strings("ami_product_codes"),
        fast_launch: fast_launch::read(fields, regions, build_region),
    }
}

fn imds_support(fields: &mut Fields<'_>) -> Option<String> {
    let version = optional(fields, "imds_support")?;
    if version != "v2.0" {
        fields.problem(
            "imds_support",
            format!(
                "The only valid imds_support values are \"v2.0\" or the empty string, not `{version}`"
            ),
        );
    }
    Some(version)
}

fn deprecate_at(fields: &mut Fields<'_>) -> Option<OffsetDateTime> {
    let text = optional(fields, "deprecate_at")?;
    let parsed = OffsetDateTime::parse(&text, &Rfc3339).ok();
    if parsed.is_none() {
        fields.problem(
            "deprecate_at",
            format!("deprecate_at is not a valid time: {text:?}. Expect time format: YYYY-MM-DDTHH:MM:SSZ"),
        );
    }
    parsed
}

/// `with_cooldown` alone asks for protection too.
fn deregistration_protection(fields: &mut Fields<'_>) -> Option<Cooldown> {
    let mut block = fields.block("deregistration_protection")?;
    let enabled = block.bool("enabled");
    let with_cooldown = block.bool("with_cooldown");
    block.finish();
    match (enabled, with_cooldown) {
        (_, true) => Some(Cooldown::OneDay),
        (true, false) => Some(Cooldown::None),
        (false, false) => None,
    }
}
