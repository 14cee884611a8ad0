//! Where and on what terms the instance runs: placement, tenancy, licences, capacity reservations, enclaves.

use super::access::optional;
use crate::cloud::launch_terms::{CapacityReservation, LaunchTerms};
use crate::template::fields::Fields;

/// Decodes and checks the terms.
pub(super) fn read(fields: &mut Fields<'_>, instance_type: &str, spot_price: &str) -> LaunchTerms {
    let mut terms = placement(fields);
    terms.tenancy = tenancy(fields, terms.tenancy.take());
    terms.license_configurations = licenses(fields);
    terms.capacity_reservation = capacity_reservation(fields);
    terms.nitro_enclave = enclave(fields, instance_type, spot_price);
    terms
}

/// The block: host, group and tenancy.
fn placement(fields: &mut Fields<'_>) -> LaunchTerms {
    let Some(mut block) = fields.block("placement") else {
        return LaunchTerms::default();
    };
    let terms = LaunchTerms {
        host_resource_group_arn: optional(&mut block, "host_resource_group_arn"),
        host_id: optional(&mut block, "host_id"),
        tenancy: optional(&mut block, "tenancy"),
        ..LaunchTerms::default()
    };
    let (group, host) = (&terms.host_resource_group_arn, &terms.host_id);
    if group.is_some() && host.is_some() {
        block.problem(
            "host_id",
            "Error: Please set only one of placement.host_id and placement.host_resource_group_arn",
        );
    }
    let wants_host = group.is_some() || host.is_some();
    let other = terms.tenancy.as_deref().is_some_and(|word| word != "host");
    if wants_host && other {
        block.problem("tenancy", "Error: placement.tenancy must be `host`, or unset, with a host or a host resource group");
    }
    block.finish();
    terms
}

/// `tenancy` is the old name of `placement.tenancy`.
fn tenancy(fields: &mut Fields<'_>, placed: Option<String>) -> Option<String> {
    let old = optional(fields, "tenancy");
    if old.is_some() && placed.is_some() {
        fields.problem(
            "tenancy",
            "Error: Please set only one of placement.tenancy and tenancy (deprecated)",
        );
    }
    for (key, tenancy) in [("placement", &placed), ("tenancy", &old)] {
        if let Some(tenancy) = tenancy
            .as_deref()
            .filter(|tenancy| !["default", "dedicated", "host"].contains(tenancy))
        {
            fields.problem(key, format!("Error: Unknown tenancy type {tenancy}"));
        }
    }
    placed.or(old)
}

fn licenses(fields: &mut Fields<'_>) -> Vec<String> {
    let mut arns = Vec::new();
    for mut block in fields.blocks("license_specifications") {
        if let Some(mut request) = block.block("license_configuration_request") {
            arns.extend(optional(&mut request, "license_configuration_arn"));
            request.finish();
        }
        block.finish();
    }
    arns
}

fn capacity_reservation(fields: &mut Fields<'_>) -> CapacityReservation {
    const ID: &str = "capacity_reservation_id";
    const GROUP: &str = "capacity_reservation_group_arn";
    const PREFERENCE: &str = "capacity_reservation_preference";
    let [id, group, preference] = [ID, GROUP, PREFERENCE].map(|key| optional(fields, key));
    if id.is_some() && group.is_some() {
        fields.problem(
            ID,
            format!("{ID} and {GROUP} are mutually exclusive, only one should be used"),
        );
    }
    if preference.is_some() && (id.is_some() || group.is_some()) {
        fields.problem(
            PREFERENCE,
            format!(
                "{ID}, {GROUP} and {PREFERENCE} are mutually exclusive, only one should be set"
            ),
        );
    }
    let preferred = match preference.as_deref() {
        None | Some("none") => CapacityReservation::None,
        Some("open") => CapacityReservation::Open,
        Some(other) => {
            fields.problem(
                PREFERENCE,
                format!("{PREFERENCE} only accepts 'none' or 'open' values, not `{other}`"),
            );
            CapacityReservation::None
        }
    };
    let named = id.map(CapacityReservation::Id);
    named
        .or(group.map(CapacityReservation::GroupArn))
        .unwrap_or(preferred)
}

fn enclave(fields: &mut Fields<'_>, instance_type: &str, spot_price: &str) -> bool {
    const KEY: &str = "enable_nitro_enclave";
    if !fields.bool(KEY) {
        return false;
    }
    if !spot_price.is_empty() {
        fields.problem(
            KEY,
            "Error: Nitro Enclave cannot be used in conjunction with Spot Instances",
        );
    }
    // Packer looks at the first letter only, and so refuses trn1 too.
    if instance_type.starts_with('t') {
        fields.problem(
            KEY,
            format!("Error: Nitro Enclaves cannot be used in conjunction with burstable instance types: {instance_type}"),
        );
    }
    true
}
