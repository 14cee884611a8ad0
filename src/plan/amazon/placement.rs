//! Where and on what terms the instance runs: placement, tenancy, licences, capacity reservations, enclaves. Checked; not done yet.

use super::access::optional;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

pub(super) fn read(
    fields: &mut Fields<'_>,
    instance_type: &str,
    spot_price: &str,
    unsupported: &mut Unsupported,
) {
    let placed = placement(fields, unsupported);
    tenancy(fields, placed.as_deref(), unsupported);
    licenses(fields, unsupported);
    capacity_reservation(fields, unsupported);
    enclave(fields, instance_type, spot_price, unsupported);
}

/// The block; returns its tenancy.
fn placement(fields: &mut Fields<'_>, unsupported: &mut Unsupported) -> Option<String> {
    let mut block = fields.block("placement")?;
    let group = optional(&mut block, "host_resource_group_arn");
    let host = optional(&mut block, "host_id");
    let tenancy = optional(&mut block, "tenancy");
    if group.is_some() && host.is_some() {
        block.problem(
            "host_id",
            "Error: Please set only one of placement.host_id and placement.host_resource_group_arn",
        );
    }
    let wants_host = group.is_some() || host.is_some();
    if wants_host && tenancy.as_deref().is_some_and(|tenancy| tenancy != "host") {
        block.problem("tenancy", "Error: placement.tenancy must be `host`, or unset, with a host or a host resource group");
    }
    block.finish();
    if wants_host || tenancy.as_deref().is_some_and(is_special) {
        unsupported.note(fields, "placement");
    }
    tenancy
}

fn tenancy(fields: &mut Fields<'_>, placed: Option<&str>, unsupported: &mut Unsupported) {
    let old = optional(fields, "tenancy");
    if old.is_some() && placed.is_some() {
        fields.problem(
            "tenancy",
            "Error: Please set only one of placement.tenancy and tenancy (deprecated)",
        );
    }
    for (key, tenancy) in [("placement", placed), ("tenancy", old.as_deref())] {
        if let Some(tenancy) =
            tenancy.filter(|tenancy| !["default", "dedicated", "host"].contains(tenancy))
        {
            fields.problem(key, format!("Error: Unknown tenancy type {tenancy}"));
        }
    }
    if old.as_deref().is_some_and(is_special) {
        unsupported.note(fields, "tenancy");
    }
}

/// `default` is what happens anyway.
fn is_special(tenancy: &str) -> bool {
    tenancy != "default"
}

fn licenses(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
    let blocks = fields.blocks("license_specifications");
    let asked = !blocks.is_empty();
    for mut block in blocks {
        if let Some(mut request) = block.block("license_configuration_request") {
            request.string("license_configuration_arn");
            request.finish();
        }
        block.finish();
    }
    if asked {
        unsupported.note(fields, "license_specifications");
    }
}

fn capacity_reservation(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
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
    if let Some(other) = preference
        .as_deref()
        .filter(|preference| !["none", "open"].contains(preference))
    {
        fields.problem(
            PREFERENCE,
            format!("{PREFERENCE} only accepts 'none' or 'open' values, not `{other}`"),
        );
    }
    for (key, value) in [(ID, id), (GROUP, group), (PREFERENCE, preference)] {
        if value.is_some() {
            unsupported.note(fields, key);
        }
    }
}

fn enclave(
    fields: &mut Fields<'_>,
    instance_type: &str,
    spot_price: &str,
    unsupported: &mut Unsupported,
) {
    const KEY: &str = "enable_nitro_enclave";
    if !fields.bool(KEY) {
        return;
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
    unsupported.note(fields, KEY);
}
