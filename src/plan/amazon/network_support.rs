//! `ena_support` and `sriov_support`: enhanced networking, switched on the stopped instance.

use crate::cloud::lifecycle::{NetworkSupport, Toggle};
use crate::template::fields::Fields;

/// What the keys are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The machine, whose image takes it over.
    Machine,
    /// The image of a surrogate: it is registered, whatever its machine is, or made of a machine that is no spot instance.
    Surrogate,
}

/// What is switched, in Packer's order. A spot instance cannot be stopped and so not be changed.
pub(super) fn read(
    fields: &mut Fields<'_>,
    spot_price: &str,
    target: Target,
) -> Vec<NetworkSupport> {
    let ena = fields.tristate("ena_support");
    let sriov = fields.bool("sriov_support");
    if target == Target::Machine && !["", "0"].contains(&spot_price) {
        refuse_on_spot(fields, ena, sriov.then_some("sriov_support"));
        return Vec::new();
    }
    let ena = ena.map(|on| if on { Toggle::On } else { Toggle::Off });
    let sriov = sriov.then_some(NetworkSupport::Sriov);
    sriov
        .into_iter()
        .chain(ena.map(NetworkSupport::Ena))
        .collect()
}

fn refuse_on_spot(fields: &Fields<'_>, ena: Option<bool>, sriov: Option<&str>) {
    if let Some(key) = (ena == Some(true)).then_some("ena_support").or(sriov) {
        fields.problem(
            key,
            "Spot instances do not support modification, which is required when either `ena_support` or `sriov_support` are set. \
             Please ensure you use an AMI that already has either SR-IOV or ENA enabled.",
        );
    }
}
