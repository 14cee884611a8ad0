//! Makes the first image: of the stopped machine, or of snapshots of its volumes.

use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::launch::Machine;
use super::register::Parts;
use super::replace::{self, Old};
use super::{devices, image_wait, register, unique};
use crate::cloud::error::Refusal;
use crate::cloud::image::{BlockDevice, CreateImage, Image};
use crate::cloud::{Cloud, CloudError, ImageId, InstanceId};
use crate::ledger::{Kind, Order};
use crate::report::ui::Ui;
use crate::wait::{self, Pace, Patience, Polled};

/// For so long CreateImage is repeated while EC2 says that the machine is in no state for it: Packer's fifteen minutes.
const MACHINE_SETTLES: Duration = Duration::from_secs(900);

/// The first image, available.
#[derive(Clone, Debug)]
pub(super) struct Frozen {
    /// The image.
    pub(super) image: Image,
    /// The name of its copies.
    pub(super) name: String,
    /// What it is for.
    pub(super) role: Role,
    /// Images that have the name now and have to make room.
    pub(super) old: Vec<Old>,
    /// How long the snapshots took, where they were not `CreateImage`'s.
    pub(super) snapshots_took: Option<Duration>,
}

/// What the first image is made of.
pub(super) enum Origin<'a> {
    /// `CreateImage` of the machine.
    Machine {
        /// Which.
        id: &'a InstanceId,
        /// Changes to its devices, and additions.
        devices: Vec<BlockDevice>,
    },
    /// `RegisterImage` of snapshots.
    Snapshots(Box<Parts>),
}

/// What becomes of the first image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the result in the build region.
    Final,
    /// It is only copied from, under another name: the result is encrypted, lives elsewhere, or takes the place of an old
    /// image, which goes only once there is a new one (EC2 never has two images of one name).
    Intermediate,
}

/// Makes the image and waits until it is available.
pub(super) async fn image<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    origin: &Origin<'_>,
    texts: &Texts,
) -> Result<Frozen, BuildError> {
    let old = replace::remember(cx).await?;
    let role = role(cx, machine, &old).await?;
    let name = match role {
        Role::Final => cx.settings.image.name.clone(),
        Role::Intermediate => unique::random_name(),
    };
    let id = make(cx, origin, (name, role), texts).await?;
    cx.ui.message(&format!("AMI: {id}"));
    cx.observer.image_started(cx.region, &id);
    cx.ui.say("Waiting for AMI to become ready...");
    let image = image_wait::available(cx, cx.region, &id).await?;
    let snapshots_took = match origin {
        Origin::Machine { .. } => None,
        Origin::Snapshots(parts) => Some(parts.took),
    };
    Ok(Frozen {
        image,
        name: cx.settings.image.name.clone(),
        role,
        old,
        snapshots_took,
    })
}

/// Where an old image has the name, the new one is made under another and copied, so that the old one goes only once there is
/// a new one. But a copy of an encrypted image has the default key and not its own: there the old one goes first, as in Packer.
async fn role<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    old: &[Old],
) -> Result<Role, BuildError> {
    let settings = &cx.settings.image;
    if settings.encryption.encrypt_boot == Some(true) || settings.skip_save_build_region {
        return Ok(Role::Intermediate);
    }
    if old.iter().all(|old| old.region != *cx.region) {
        return Ok(Role::Final);
    }
    if replace::would_change_the_key(cx, machine).await? {
        replace::deregister(cx, cx.region, old).await?;
        return Ok(Role::Final);
    }
    Ok(Role::Intermediate)
}

/// Packer's words for `skip_create_ami`.
pub(super) fn say_skipped(ui: &Ui) {
    ui.say("Skipping AMI creation...");
    ui.say("Skipping AMI region copy...");
    ui.say("Skipping Enable AMI deprecation...");
    ui.say("Skipping Enable AMI deregistration protection...");
    ui.say("Skipping AMI modify attributes...");
    ui.say("Skipping AMI create tags...");
}

/// The final tags go into the creating call; an image that does not stay needs only ours.
async fn make<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    origin: &Origin<'_>,
    (name, role): (String, Role),
    texts: &Texts,
) -> Result<ImageId, BuildError> {
    let (image_tags, snapshot_tags) = match role {
        Role::Final => (texts.image_tags.clone(), texts.snapshot_tags.clone()),
        Role::Intermediate => Default::default(),
    };
    match origin {
        Origin::Machine { id, devices } => {
            cx.ui
                .say(&format!("Creating AMI {name} from instance {id}"));
            say_run_tags(cx);
            let request = CreateImage {
                instance: (*id).clone(),
                name,
                block_devices: devices.clone(),
                image_tags,
                snapshot_tags,
            };
            create(cx, request).await
        }
        Origin::Snapshots(parts) => {
            cx.ui.say("Registering the AMI...");
            say_run_tags(cx);
            register::image(cx, parts, name, image_tags).await
        }
    }
}

fn say_run_tags<C, D>(cx: &Cx<'_, C, D>) {
    cx.ui.message(if cx.settings.image.skip_run_tags {
        "Skipping attaching run tags to AMI..."
    } else {
        "Attaching run tags to AMI..."
    });
}

/// Repeats the call while the machine is in no state for it: a refusal made nothing. What may have made something is final.
async fn create<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    request: CreateImage,
) -> Result<ImageId, BuildError> {
    let progress = cx.progress("the instance to be ready for its image");
    let wait = cx.wait(
        "the instance to be ready for its image",
        Pace::BRISK,
        Patience::Total(MACHINE_SETTLES),
        &progress,
    );
    let created = wait::until(&wait, || async {
        match create_once(cx, &request).await {
            Err(error) if error.is(Refusal::WrongState) => Ok(Polled::PENDING),
            answer => Ok::<_, CloudError>(Polled::Ready(answer)),
        }
    });
    created
        .await
        .map_err(BuildError::wait("cannot create the AMI"))?
        .map_err(BuildError::call("create the AMI"))
}

async fn create_once<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    request: &CreateImage,
) -> Result<ImageId, CloudError> {
    let (cloud, region, request) = (cx.cloud.clone(), cx.region.clone(), request.clone());
    let order = Order::new(Kind::Image, cx.region, &request.name)
        .sparing(devices::named_snapshots(&request.block_devices));
    cx.ledger
        .create(order, |claim| async move {
            cloud.create_image(&region, &claim, &request).await
        })
        .await
}
