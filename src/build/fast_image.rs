//! The parts of an image that is registered like the machine's source image.

use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::launch::Machine;
use super::register::{self, Parts};
use super::{devices, fast_devices, fast_volume, snapshots, swap};
use crate::cloud::Cloud;
use crate::cloud::image::Image;
use crate::cloud::lifecycle::{NetworkSupport, Toggle};
use crate::plan::amazon::recipe::Registration;

/// Makes the snapshots of the stopped machine, and waits until all are complete.
pub(super) async fn parts<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    texts: &Texts,
) -> Result<Parts, BuildError> {
    let source = &machine.source;
    let volumes = swap::volumes(cx, machine).await?;
    // Read anew: a provisioner may have changed them.
    let uefi_data = fast_volume::uefi_data(cx, machine).await?;
    let taken = fast_devices::taken(source, &cx.settings.launch.block_devices, &volumes);
    let description = snapshots::description(None);
    let made =
        register::snapshots(cx, (taken, &volumes), (description, &texts.snapshot_tags)).await?;
    let own = &cx.settings.image.block_devices;
    Ok(Parts {
        root: source.root_device_name.clone().unwrap_or_default(),
        registration: registration(source, uefi_data),
        imds_support: source.traits.imds_support.clone(),
        network_support: network_support(source, &cx.settings.launch.network_support),
        devices: fast_devices::changed(made.devices, own),
        spared: devices::named_snapshots(own),
        took: made.took,
    })
}

fn registration(source: &Image, uefi_data: Option<String>) -> Registration {
    Registration {
        architecture: source.architecture.clone(),
        virtualization_type: source.virtualization_type.clone(),
        boot_mode: source.traits.boot_mode.clone(),
        uefi_data,
        tpm_support: source.traits.tpm_support.clone(),
        snapshot_description: None,
    }
}

/// The source's enhanced networking, as the template changed it on the machine.
fn network_support(source: &Image, switched: &[NetworkSupport]) -> Vec<NetworkSupport> {
    let mut support = Vec::new();
    if source.traits.sriov_support || switched.contains(&NetworkSupport::Sriov) {
        support.push(NetworkSupport::Sriov);
    }
    let toggled = switched.iter().find_map(|one| match one {
        NetworkSupport::Ena(toggle) => Some(*toggle == Toggle::On),
        NetworkSupport::Sriov => None,
    });
    if toggled.unwrap_or(source.traits.ena_support) {
        support.push(NetworkSupport::Ena(Toggle::On));
    }
    support
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::build::tests::fixture::source;

    #[test]
    fn an_image_is_registered_with_everything_that_its_source_hands_on() {
        let mut source = source();
        source.traits.tpm_support = Some("v2.0".to_owned());
        source.architecture = "arm64".to_owned();
        let wanted = Registration {
            architecture: "arm64".to_owned(),
            virtualization_type: "hvm".to_owned(),
            boot_mode: Some("uefi-preferred".to_owned()),
            uefi_data: Some("data".to_owned()),
            tpm_support: Some("v2.0".to_owned()),
            snapshot_description: None,
        };
        assert_eq!(registration(&source, Some("data".to_owned())), wanted);
    }

    #[test]
    fn enhanced_networking_is_the_sources_unless_the_template_switched_it() {
        let (on, off) = (
            NetworkSupport::Ena(Toggle::On),
            NetworkSupport::Ena(Toggle::Off),
        );
        let mut source = source();
        assert_eq!(network_support(&source, &[]), [on]);
        assert_eq!(network_support(&source, &[off]), []);
        source.traits.ena_support = false;
        source.traits.sriov_support = true;
        assert_eq!(network_support(&source, &[]), [NetworkSupport::Sriov]);
        assert_eq!(network_support(&source, &[on]), [NetworkSupport::Sriov, on]);
    }
}
