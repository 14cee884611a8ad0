//! What a build used of EC2, for an estimate of what it cost.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cx::Cx;
use super::launch::Machine;
use super::{fast_devices, fast_volume};
use crate::cloud::image::{BlockDevice, Image};

/// A machine with its volumes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// What it was launched as; `None` where EC2 had several to choose from.
    pub(crate) instance_type: Option<String>,
    /// How it was bought.
    pub(crate) market: Market,
    /// What the bill calls its system, where EC2 says.
    pub(crate) platform: Option<String>,
    /// From the launch until it was told to go.
    pub(crate) lived: Duration,
    /// Its volumes.
    pub(crate) volumes: Vec<UsedVolume>,
}

/// How a machine is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Market {
    /// At the price of the list.
    OnDemand,
    /// For less.
    Spot,
}

/// A volume of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UsedVolume {
    /// GiB, where template or image say.
    pub(crate) gib: Option<u32>,
    /// `gp3`, …, where template or image say.
    pub(crate) kind: Option<String>,
}

/// What the machine has come to by now.
pub(super) fn of<C, D>(cx: &Cx<'_, C, D>, machine: &Machine) -> Usage {
    let launch = &cx.settings.launch;
    let choice = launch.spot.as_ref().map(|spot| &*spot.instance_types);
    Usage {
        instance_type: match choice {
            Some([]) | None => Some(launch.instance_type.clone()),
            Some([one]) => Some(one.clone()),
            Some(_) => None,
        },
        market: match launch.spot {
            Some(_) => Market::Spot,
            None => Market::OnDemand,
        },
        platform: machine.source.traits.platform_details.clone(),
        lived: machine.launched.elapsed(),
        volumes: volumes(
            &machine.source,
            &fast_volume::launched(cx.settings, &machine.source),
        ),
    }
}

/// The GiB of an image's volumes; `None` where EC2 does not say.
pub(super) fn size(image: &Image) -> Option<u32> {
    let volumes = image.block_devices.iter();
    let sizes = volumes.filter_map(|device| device.ebs.as_ref()?.volume_size);
    let all: i32 = sizes.sum();
    u32::try_from(all).ok().filter(|all| *all > 0)
}

/// The volumes with which it was launched: the source's as the template's mappings change them, and those.
fn volumes(source: &Image, launched: &[BlockDevice]) -> Vec<UsedVolume> {
    let devices = fast_devices::mapped(source, launched).into_iter();
    let volumes = devices.filter_map(|device| device.ebs);
    volumes
        .map(|ebs| UsedVolume {
            gib: ebs.volume_size.and_then(|gib| u32::try_from(gib).ok()),
            kind: ebs.volume_type,
        })
        .collect()
}
