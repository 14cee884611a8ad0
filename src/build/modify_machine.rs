//! Switches enhanced networking on the stopped machine, which its image takes over.

use super::cx::Cx;
use super::error::BuildError;
use super::patiently;
use crate::cloud::lifecycle::{NetworkSupport, Toggle};
use crate::cloud::{Cloud, InstanceId};

/// Does what `sriov_support` and `ena_support` ask for.
pub(super) async fn modify<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &InstanceId,
) -> Result<(), BuildError> {
    if cx.settings.launch.spot.is_some() {
        // It was not stopped, so it cannot be changed. An image that is registered is told by itself.
        return Ok(());
    }
    for support in &cx.settings.launch.network_support {
        let (say, doing) = words(*support);
        cx.ui.say(say);
        let what = format!("the attributes of instance {id}");
        patiently::change(cx, doing, &what, || {
            cx.cloud.modify_network_support(cx.region, id, *support)
        })
        .await?;
    }
    Ok(())
}

/// Packer's words: what is done, and what failed.
fn words(support: NetworkSupport) -> (&'static str, &'static str) {
    match support {
        NetworkSupport::Sriov => (
            "Enabling Enhanced Networking (SR-IOV)...",
            "Error enabling Enhanced Networking (SR-IOV)",
        ),
        NetworkSupport::Ena(Toggle::On) => (
            "Enabling Enhanced Networking (ENA)...",
            "Error enabling Enhanced Networking (ENA)",
        ),
        NetworkSupport::Ena(Toggle::Off) => (
            "Disabling Enhanced Networking (ENA)...",
            "Error disabling Enhanced Networking (ENA)",
        ),
    }
}
