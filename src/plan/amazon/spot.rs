//! `spot_*`, `fleet_*` and `block_duration_minutes`.

use super::settings::Spot;
use super::{spot_conflicts, tags};
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

/// How the machine is bought, with `spot_price` as it stands: other rules ask for that.
pub(super) struct Market {
    /// `spot_price`.
    pub(super) price: String,
    /// `None` on demand.
    pub(super) spot: Option<Spot>,
}

/// Checks all spot keys against `instance_type`.
pub(super) fn read(
    fields: &mut Fields<'_>,
    instance_type: &str,
    unsupported: &mut Unsupported,
) -> Market {
    let price = fields.text("spot_price");
    let market = if price.is_empty() || price == "0" {
        Bought::OnDemand
    } else {
        Bought::Spot
    };
    let instance_types = instance_types(fields, instance_type, (market, unsupported));
    let fleet_tags = tags_of(fields, ("fleet_tags", "fleet_tag"), market);
    let spot_tags = tags_of(fields, ("spot_tags", "spot_tag"), market);
    let allocation_strategy = strategy(fields, market);
    if !fields.text("spot_price_auto_product").is_empty() {
        fields.warning(
            "spot_price_auto_product",
            "spot_price_auto_product is deprecated and has no effect",
        );
    }
    block_duration(fields);
    let spot = (market == Bought::Spot).then(|| {
        spot_conflicts::note(fields, unsupported);
        Spot {
            max_price: Some(price.clone()).filter(|price| price != "auto"),
            instance_types,
            allocation_strategy,
            tags: spot_tags,
            fleet_tags,
        }
    });
    Market { price, spot }
}

/// How the machine is bought.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bought {
    OnDemand,
    Spot,
}

fn instance_types(
    fields: &mut Fields<'_>,
    instance_type: &str,
    (market, unsupported): (Bought, &mut Unsupported),
) -> Vec<String> {
    const KEY: &str = "spot_instance_types";
    let spot_types = fields.strings(KEY);
    match (instance_type.is_empty(), spot_types.is_empty()) {
        (true, true) => fields.problem(
            "instance_type",
            "either instance_type or spot_instance_types must be specified",
        ),
        (false, false) => {
            fields.problem(
                KEY,
                "either instance_type or spot_instance_types must be specified, not both",
            );
        }
        // On demand there is no type then, which EC2 takes for m1.small.
        (true, false) if market == Bought::OnDemand => {
            unsupported.note_without(fields, KEY, "spot_price");
        }
        _ => {}
    }
    spot_types
}

fn tags_of(
    fields: &mut Fields<'_>,
    (plural, singular): (&str, &str),
    market: Bought,
) -> super::settings::LateTags {
    let given = fields.has(plural);
    let tags = tags::read(fields, plural, singular, "key");
    if market == Bought::OnDemand && (given || !tags.is_empty()) {
        fields.problem(
            plural,
            format!("{plural} should not be set when not requesting a spot instance"),
        );
    }
    tags
}

fn strategy(fields: &mut Fields<'_>, market: Bought) -> Option<String> {
    const KEY: &str = "spot_allocation_strategy";
    let strategy = super::access::optional(fields, KEY)?;
    if !STRATEGIES.contains(&strategy.as_str()) {
        fields.problem(
            KEY,
            format!(
                "Unknown spot_allocation_strategy `{strategy}`: use one of {}",
                STRATEGIES.join(", ")
            ),
        );
    } else if market == Bought::OnDemand {
        fields.warning(KEY, format!("`{KEY}` says nothing without `spot_price`"));
    }
    Some(strategy)
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
