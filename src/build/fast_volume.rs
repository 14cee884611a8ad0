//! `fast_build_volume`: the machine's root is faster than that of the image. `CreateImage` would give the image the volume's own
//! speed, and no mapping changes that (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html>), so the
//! image is registered of snapshots. What a registered image cannot have is refused before anything is made.

use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use super::fast_devices;
use super::fast_speed::{FastVolume, Speed};
use super::launch::Machine;
use crate::cloud::Cloud;
use crate::cloud::image::{BlockDevice, EbsSettings as Ebs, Image};
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::EbsSettings;

/// The only platform of which an image can be registered: all others are billed by a code that `RegisterImage` does not take.
const PLATFORM: &str = "Linux/UNIX";
/// The same as an operation.
const OPERATION: &str = "RunInstances";

/// Refuses a template or a source image with which it cannot be had.
pub(super) fn check(settings: &EbsSettings, source: &Image) -> Result<(), BuildError> {
    if !matches!(settings.recipe, Recipe::FastVolume) {
        return Ok(());
    }
    let root = source.root_device_name.clone().unwrap_or_default();
    let launched = mapping(&settings.launch.block_devices, &root);
    let is_open = |ebs: &Ebs| (&ebs.volume_type, ebs.iops, ebs.throughput) == (&None, None, None);
    if launched.is_some_and(|device| !device.ebs.as_ref().is_some_and(is_open)) {
        return Err(BuildError::RootSpeedGiven(root));
    }
    if root_settings(source).is_some() && speed(settings, source).is_none() {
        return Ok(());
    }
    let reasons = obstacles(source);
    if reasons.is_empty() {
        return Ok(());
    }
    Err(BuildError::NotRegistrable {
        image: source.id.clone(),
        reasons: reasons.join("; "),
    })
}

/// How fast the root of the machine is; `None` where it is not asked for, or the source's own is no slower.
pub(super) fn speed(settings: &EbsSettings, source: &Image) -> Option<Speed> {
    if !matches!(settings.recipe, Recipe::FastVolume) {
        return None;
    }
    let own = root_settings(source)?;
    let launched = &settings.launch.block_devices;
    let name = source.root_device_name.as_deref()?;
    let launched = mapping(launched, name).and_then(|device| device.ebs.as_ref());
    let size = launched.map_or(own.volume_size, |launched| {
        fast_devices::over(own, launched).volume_size
    });
    Speed::of_size(size).above(own)
}

/// The devices that the machine is launched with.
pub(super) fn launched(settings: &EbsSettings, source: &Image) -> Vec<BlockDevice> {
    let mut devices = settings.launch.block_devices.clone();
    let (Some(speed), Some(own), Some(root)) = (
        speed(settings, source),
        root_settings(source),
        &source.root_device_name,
    ) else {
        return devices;
    };
    let fast = |launched: &Ebs| Ebs {
        volume_type: Some("gp3".to_owned()),
        iops: Some(speed.iops),
        throughput: Some(speed.throughput),
        // As the source has it: the fields that a launch leaves out come from the image, but for a type of their own.
        volume_size: fast_devices::over(own, launched).volume_size,
        delete_on_termination: launched.delete_on_termination.or(own.delete_on_termination),
        ..launched.clone()
    };
    match devices
        .iter_mut()
        .find(|device| device.device_name == *root)
    {
        Some(device) => device.ebs = device.ebs.as_ref().map(fast),
        None => devices.push(BlockDevice {
            device_name: root.clone(),
            ebs: Some(fast(&Ebs::default())),
            ..BlockDevice::default()
        }),
    }
    devices
}

/// The machine's UEFI variables, which its image has to have. `None` where it has none.
pub(super) async fn uefi_data<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
) -> Result<Option<String>, BuildError> {
    if !machine.instance.boots_by_uefi {
        return Ok(None);
    }
    cx.cloud
        .uefi_data(cx.region, &machine.id)
        .await
        .map_err(BuildError::call(format!(
            "read the UEFI variables of `{}`, which `fast_build_volume` puts into the image",
            machine.id
        )))
}

/// Asks for what will be asked at the end, so that a missing permission costs no provisioning; and says how fast the root is.
pub(super) async fn begin<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
) -> Result<(), BuildError> {
    if !matches!(cx.settings.recipe, Recipe::FastVolume) {
        return Ok(());
    }
    let Some(Speed { iops, throughput }) = speed(cx.settings, &machine.source) else {
        cx.ui.message(
            "fast_build_volume changes nothing: the root volume of the source image is as fast itself",
        );
        return Ok(());
    };
    cx.ui.message(&format!(
        "Fast build volume: gp3 with {iops} IOPS and {throughput} MiB/s"
    ));
    uefi_data(cx, machine).await.map(drop)
}

/// What it came to, once the machine may go; said, and for the report.
pub(super) fn told<C, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    snapshots: Option<Duration>,
) -> Option<FastVolume> {
    let told = FastVolume {
        speed: speed(cx.settings, &machine.source)?,
        lived: machine.launched.elapsed(),
        snapshots: snapshots?,
    };
    cx.ui.message(&told.to_string());
    Some(told)
}

/// What keeps an image like this one from being registered.
fn obstacles(source: &Image) -> Vec<String> {
    let traits = &source.traits;
    let mut reasons = Vec::new();
    if traits.platform_details.as_deref() != Some(PLATFORM) {
        let platform = traits.platform_details.as_deref().unwrap_or("unknown");
        reasons.push(format!(
            "its platform is `{platform}`, and only `{PLATFORM}` can be registered without its billing code being lost"
        ));
    }
    let operation = traits.usage_operation.as_deref().unwrap_or(OPERATION);
    if operation != OPERATION {
        reasons.push(format!("it is billed as `{operation}`"));
    }
    if !traits.product_codes.is_empty() {
        let codes = traits.product_codes.join(", ");
        reasons.push(format!("it has product codes: `{codes}`"));
    }
    if source.virtualization_type != "hvm" {
        let kind = &source.virtualization_type;
        reasons.push(format!("its virtualization type is `{kind}`, not `hvm`"));
    }
    if root_settings(source).is_none() {
        reasons.push("its root device is not among its EBS volumes".to_owned());
    }
    reasons
}

fn root_settings(source: &Image) -> Option<&Ebs> {
    let name = source.root_device_name.as_deref()?;
    mapping(&source.block_devices, name)?.ebs.as_ref()
}

fn mapping<'d>(devices: &'d [BlockDevice], name: &str) -> Option<&'d BlockDevice> {
    devices.iter().find(|device| device.device_name == name)
}

#[cfg(test)]
mod unit;
