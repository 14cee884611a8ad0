//! `use_create_image`: the surrogate volume takes the place of the stopped machine's root.

use std::time::Duration;

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::error::BuildError;
use super::launch::{self, Machine};
use crate::cloud::error::Refusal;
use crate::cloud::volume::{Attachment, AttachmentState, OnTermination, Volume, VolumeState};
use crate::cloud::{Cloud, CloudError, InstanceId, VolumeId};
use crate::ledger::{Kind, Order};
use crate::plan::amazon::recipe::Surrogate;
use crate::wait::{self, Pace, Patience, Polled};

/// How long a volume may take to come off or on: somewhat more than Packer's forty looks, five seconds apart.
const MOVE: Duration = Duration::from_secs(300);
/// A root that Packer takes off too, whatever the template calls its own.
const USUAL_ROOT: &str = "/dev/sda1";

/// Takes off the old root and what is no part of the image, and puts the surrogate where the root was.
pub(super) async fn root<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    surrogate: &Surrogate,
) -> Result<(), BuildError> {
    let volumes = volumes(cx, machine).await?;
    let root = &surrogate.root;
    let source = volume_at(&volumes, &root.source)?;
    let mut leaving = Vec::new();
    for (device, volume) in &volumes {
        let (verb, comes_off) = if surrogate.omitted.contains(device) {
            ("Detaching Omitted", true)
        } else if [root.name.as_str(), &root.source, USUAL_ROOT].contains(&device.as_str()) {
            ("Detaching Root", true)
        } else {
            ("Skip Detach of", false)
        };
        cx.ui.say(&format!(
            "{verb} EBS Device Name: {device}, Volume ID: {volume}"
        ));
        if comes_off {
            adopt(cx, device, volume)?;
            leaving.push(volume);
        }
    }
    try_join_all(leaving.into_iter().map(|volume| detach(cx, volume))).await?;
    cx.ui.say(&format!(
        "Attaching Root EBS Device Name {}, Volume ID: {source}",
        root.name
    ));
    attach(cx, &source, &machine.id, &root.name).await?;
    // A volume that was off and on again is one that stays, until EC2 is told otherwise.
    let fate = fate(cx, &root.source);
    cx.cloud
        .set_on_termination(cx.region, &machine.id, &root.name, fate)
        .await
        .map_err(BuildError::call(format!(
            "restore the `delete_on_termination` of `{}`",
            root.name
        )))
}

/// The machine's volumes by device, as EC2 shows them now.
pub(super) async fn volumes<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
) -> Result<Vec<(String, VolumeId)>, BuildError> {
    let described = launch::describe(cx.cloud, cx.region, &machine.id)
        .await
        .map_err(BuildError::call("describe the instance's volumes"))?;
    Ok(described.map_or_else(Vec::new, |instance| instance.volumes))
}

/// The volume of a device.
pub(super) fn volume_at(
    volumes: &[(String, VolumeId)],
    device: &str,
) -> Result<VolumeId, BuildError> {
    let found = volumes.iter().find(|(name, _)| name == device);
    let missing = || BuildError::NoVolume(device.to_owned());
    found.map(|(_, volume)| volume.clone()).ok_or_else(missing)
}

/// Whether the template lets the volume of a device go with the machine.
fn fate<C, D>(cx: &Cx<'_, C, D>, device: &str) -> OnTermination {
    let launched = cx.settings.launch.block_devices.iter();
    let mut ebs = launched
        .filter(|launched| launched.device_name == device)
        .filter_map(|launched| launched.ebs.as_ref());
    if ebs.any(|ebs| ebs.delete_on_termination == Some(false)) {
        OnTermination::Keep
    } else {
        OnTermination::Delete
    }
}

/// A volume that comes off does not go with the machine any more, so it is written down first; but for one that the
/// template wants to outlive the machine: that is the user's.
fn adopt<C, D>(cx: &Cx<'_, C, D>, device: &str, volume: &VolumeId) -> Result<(), BuildError> {
    if fate(cx, device) == OnTermination::Keep {
        return Ok(());
    }
    let order = Order::new(Kind::Volume, cx.region, format!("of {device}"));
    cx.ledger
        .adopt(order, volume.as_str())
        .map_err(BuildError::Journal)
}

async fn detach<C: Cloud, D>(cx: &Cx<'_, C, D>, id: &VolumeId) -> Result<(), BuildError> {
    until_moved(
        cx,
        id,
        &format!("volume {id} to come off"),
        |volume| {
            let attached = volume
                .attachment
                .as_ref()
                .is_some_and(|attachment| attachment.state == AttachmentState::Attached);
            match volume.state {
                VolumeState::Available => Next::Done,
                VolumeState::InUse if attached => Next::Call,
                _ => Next::Wait,
            }
        },
        || cx.cloud.detach_volume(cx.region, id),
    )
    .await
}

async fn attach<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &VolumeId,
    machine: &InstanceId,
    device: &str,
) -> Result<(), BuildError> {
    let wanted = Attachment {
        instance: machine.clone(),
        device: device.to_owned(),
        state: AttachmentState::Attached,
    };
    until_moved(
        cx,
        id,
        &format!("volume {id} to be attached"),
        |volume| match (&volume.attachment, volume.state) {
            (Some(attachment), _) if *attachment == wanted => Next::Done,
            (None, VolumeState::Available) => Next::Call,
            _ => Next::Wait,
        },
        || cx.cloud.attach_volume(cx.region, id, machine, device),
    )
    .await
}

/// What a look at a volume asks for.
enum Next {
    Done,
    Call,
    Wait,
}

/// Looks, calls where a look says so, and looks again: a call whose answer was lost is seen by its effect.
async fn until_moved<C, D, F, Fut>(
    cx: &Cx<'_, C, D>,
    id: &VolumeId,
    what: &str,
    next: impl Fn(&Volume) -> Next,
    call: F,
) -> Result<(), BuildError>
where
    C: Cloud,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<(), CloudError>>,
{
    let budget = cx.settings.launch.polling.budget().unwrap_or(MOVE);
    let progress = cx.progress(what);
    let wait = cx.wait(what, Pace::BRISK, Patience::Total(budget), &progress);
    let moved = wait::until(&wait, || async {
        let found = cx
            .cloud
            .volumes(cx.region, std::slice::from_ref(id))
            .await?;
        let Some(volume) = found.into_iter().next() else {
            return Ok(Polled::PENDING);
        };
        if volume.state == VolumeState::Lost {
            return Ok(Polled::Failed("the volume is gone or broken".to_owned()));
        }
        match next(&volume) {
            Next::Done => return Ok(Polled::Ready(())),
            Next::Wait => return Ok(Polled::PENDING),
            Next::Call => {}
        }
        match call().await {
            // EC2 knows more of it than the look before: it is on its way already.
            Err(error) if error.is(Refusal::WrongState) || error.is(Refusal::InUse) => {
                Ok(Polled::PENDING)
            }
            answer => answer.map(|()| Polled::PENDING),
        }
    });
    moved
        .await
        .map_err(BuildError::wait("cannot swap the root volume"))
}
