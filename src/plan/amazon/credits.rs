//! CPU credits of burstable instance types: `enable_unlimited_credits` and its old name.

use crate::template::fields::Fields;

/// What EC2 is told: `standard` explicitly, since its own default for T3 and later is `unlimited`. `None` for types without credits.
pub(super) fn read(
    fields: &mut Fields<'_>,
    instance_type: &str,
    spot_price: &str,
) -> Option<&'static str> {
    let old = fields.bool("enable_t2_unlimited");
    if old {
        fields.warning(
            "enable_t2_unlimited",
            "enable_t2_unlimited is deprecated: use `enable_unlimited_credits`",
        );
    }
    let unlimited = fields.bool("enable_unlimited_credits") || old;
    let key = if old {
        "enable_t2_unlimited"
    } else {
        "enable_unlimited_credits"
    };
    let burstable = is_burstable(instance_type);
    if unlimited && !burstable {
        fields.problem(
            key,
            format!(
                "Error: Instance Type: {instance_type} is not within the supported types for Unlimited credits. \
                 Supported instance types are T2, T3, and T4g"
            ),
        );
    }
    if unlimited && !spot_price.is_empty() && instance_type.starts_with("t2.") {
        fields.problem(
            key,
            "Error: Unlimited credits cannot be used in conjunction with Spot Instances",
        );
    }
    burstable.then_some(if unlimited { "unlimited" } else { "standard" })
}

fn is_burstable(instance_type: &str) -> bool {
    ["t2.", "t3.", "t3a.", "t4g."]
        .iter()
        .any(|family| instance_type.starts_with(family))
}
