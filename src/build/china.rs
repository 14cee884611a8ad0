//! China's regions take no tags in the launch: volumes and network interfaces get theirs once they are there.
//! The machine's own come with its launch (`cloud/ec2.rs`), since they lead back to it.

use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::patiently;
use crate::cloud::instance::Instance;
use crate::cloud::{Cloud, Tags, VolumeId};

/// Tags what came with the machine. As in Packer, a network interface without tags fails no build.
pub(super) async fn tag<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    instance: &Instance,
    texts: &Texts,
) -> Result<(), BuildError> {
    if !cx.region.is_china() {
        return Ok(());
    }
    let volumes = instance.volumes.iter().map(|(_, volume)| volume);
    let volumes: Vec<String> = volumes.map(VolumeId::to_string).collect();
    tag_all(cx, &volumes, &texts.volume_tags).await?;
    let interfaces = &instance.network_interfaces;
    match tag_all(cx, interfaces, &texts.run_tags).await {
        Err(stopped @ BuildError::Stopped(_)) => Err(stopped),
        Err(error) => {
            cx.ui.error(&format!(
                "the network interface stays without tags: {error}"
            ));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn tag_all<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    ids: &[String],
    tags: &Tags,
) -> Result<(), BuildError> {
    if ids.is_empty() || tags.is_empty() {
        return Ok(());
    }
    let what = format!("the tags of {}", ids.join(", "));
    patiently::change(cx, "Error tagging source instance", &what, || {
        cx.cloud.create_tags(cx.region, ids, tags)
    })
    .await
}
