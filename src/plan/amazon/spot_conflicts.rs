//! What cannot be had beside a spot instance. Packer accepts these keys and drops them in silence
//! (`step_run_spot_instance.go`); here `build` refuses them, so that a template gets what it asks for or hears why not.

use super::access::optional;
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

/// The key that makes the machine a spot instance.
const SPOT: &str = "spot_price";
/// Reservations are for instances on demand.
const RESERVATIONS: [&str; 2] = ["capacity_reservation_id", "capacity_reservation_group_arn"];

/// Notes every key that a spot instance cannot honour. What asks for the default is no conflict.
pub(super) fn note(fields: &mut Fields<'_>, unsupported: &mut Unsupported) {
    for key in RESERVATIONS {
        if optional(fields, key).is_some() {
            unsupported.note_conflict(fields, key, SPOT);
        }
    }
    let words = [
        ("capacity_reservation_preference", "open"),
        // The machine of a one-time request cannot be stopped, not even from within.
        ("shutdown_behavior", "stop"),
    ];
    for (key, word) in words {
        if optional(fields, key).as_deref() == Some(word) {
            unsupported.note_conflict(fields, key, SPOT);
        }
    }
    if optional(fields, "tenancy").is_some_and(|tenancy| tenancy != "default") {
        unsupported.note_conflict(fields, "tenancy", SPOT);
    }
    if is_placed(fields) {
        unsupported.note_conflict(fields, "placement", SPOT);
    }
    if !fields.blocks("license_specifications").is_empty() {
        unsupported.note_conflict(fields, "license_specifications", SPOT);
    }
    // To change it, the machine has to be stopped.
    if fields.tristate("ena_support") == Some(false) {
        unsupported.note_conflict(fields, "ena_support", SPOT);
    }
}

/// Whether `placement` asks for more than the default. What is wrong in it is told where it is read.
fn is_placed(fields: &mut Fields<'_>) -> bool {
    let Some(mut block) = fields.block("placement") else {
        return false;
    };
    let keys = ["host_resource_group_arn", "host_id"];
    keys.iter().any(|key| optional(&mut block, key).is_some())
        || optional(&mut block, "tenancy").is_some_and(|tenancy| tenancy != "default")
}
