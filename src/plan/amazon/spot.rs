//! `spot_*`, `fleet_*` and `block_duration_minutes`: checked; spot instances are not done yet.

use super::tags;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// EC2's fleet strategies.
const STRATEGIES: [&str; 5] = [
    "lowest-price",
    "diversified",
    "capacity-optimized",
    "capacity-optimized-prioritized",
    "price-capacity-optimized",
];

/// Checks all spot keys against `instance_type`; returns `spot_price`, which other rules ask for.
pub(super) fn read(
    fields: &mut Fields<'_>,
    instance_type: &str,
    unsupported: &mut Unsupported,
) -> String {
    let price = fields.text("spot_price");
    let market = if price.is_empty() || price == "0" {
        Market::OnDemand
    } else {
        Market::Spot
    };
    if market == Market::Spot {
        unsupported.note(fields, "spot_price");
    }
    instance_types(fields, instance_type, unsupported);
    for (plural, singular) in [("fleet_tags", "fleet_tag"), ("spot_tags", "spot_tag")] {
        let given = fields.has(plural);
        let tags = tags::read(fields, plural, singular, "key");
        if !given && tags.is_empty() {
            continue;
        }
        if market == Market::Spot {
            unsupported.note(fields, plural);
        } else {
            fields.problem(
                plural,
                format!("{plural} should not be set when not requesting a spot instance"),
            );
        }
    }
    strategy(fields, unsupported);
    if !fields.text("spot_price_auto_product").is_empty() {
        fields.warning(
            "spot_price_auto_product",
            "spot_price_auto_product is deprecated and has no effect",
        );
    }
    block_duration(fields);
    price
}

/// How the machine is bought.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Market {
    OnDemand,
    Spot,
}

fn instance_types(fields: &mut Fields<'_>, instance_type: &str, unsupported: &mut Unsupported) {
    let spot_types = fields.strings("spot_instance_types");
    if !spot_types.is_empty() {
        unsupported.note(fields, "spot_instance_types");
    }
    match (instance_type.is_empty(), spot_types.is_empty()) {
        (true, true) => fields.problem(
            "instance_type",
            "either instance_type or spot_instance_types must be specified",
        ),
        (false, false) => {
            fields.problem(
                "spot_instance_types",
                "either instance_type or spot_instance_types must be specified, not both",
            );
        }
        _ => {}
    }
}

fn strategy(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
    const KEY: &str = "spot_allocation_strategy";
    let strategy = fields.text(KEY);
    if strategy.is_empty() {
        return;
    }
    if !STRATEGIES.contains(&strategy.as_str()) {
        fields.problem(
            KEY,
            format!(
                "Unknown spot_allocation_strategy `{strategy}`: use one of {}",
                STRATEGIES.join(", ")
            ),
        );
    }
    unsupported.note(fields, KEY);
}

fn block_duration(fields: &mut Fields<'_>) {
    const KEY: &str = "block_duration_minutes";
    match fields.integer(KEY).unwrap_or(0) {
        0 => {}
        minutes if minutes % 60 != 0 => fields.problem(
            KEY,
            format!("block_duration_minutes must be multiple of 60, not {minutes}"),
        ),
        _ => fields.warning(
            KEY,
            "`block_duration_minutes` has no effect, in Packer neither: EC2 gave up spot blocks",
        ),
    }
}
