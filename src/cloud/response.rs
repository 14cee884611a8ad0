//! From the SDK's types to ours: what each Describe call tells. Pure.

use aws_sdk_ec2::primitives::DateTime;
use aws_sdk_ec2::types;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use time::OffsetDateTime;

use super::image::{
    BlockDevice, EbsSettings, Image, ImageState, ImageTraits, SecurityGroup, Snapshot,
    SnapshotState,
};
use super::instance::{Instance, InstanceState};
use super::network::{Subnet, Vpc};
use super::volume::{Attachment, AttachmentState, Volume, VolumeState};
use super::{GroupId, ImageId, InstanceId, SnapshotId, SubnetId, Tags, VolumeId, VpcId};

/// An image. EC2's description promises the fields that are empty here when missing.
pub(crate) fn image(image: &types::Image) -> Image {
    Image {
        id: ImageId::new(image.image_id().unwrap_or_default()),
        name: image.name().unwrap_or_default().to_owned(),
        creation_date: image.creation_date().unwrap_or_default().to_owned(),
        owner_id: image.owner_id().unwrap_or_default().to_owned(),
        owner_alias: image.image_owner_alias().map(str::to_owned),
        state: image_state(image.state()),
        state_reason: image.state_reason().and_then(reason),
        root_device_type: image
            .root_device_type()
            .map(types::DeviceType::as_str)
            .unwrap_or_default()
            .to_owned(),
        root_device_name: image.root_device_name().map(str::to_owned),
        virtualization_type: image
            .virtualization_type()
            .map(types::VirtualizationType::as_str)
            .unwrap_or_default()
            .to_owned(),
        architecture: image
            .architecture()
            .map(types::ArchitectureValues::as_str)
            .unwrap_or_default()
            .to_owned(),
        block_devices: image
            .block_device_mappings()
            .iter()
            .map(block_device)
            .collect(),
        is_protected: image.deregistration_protection().is_some_and(is_protected),
        traits: image_traits(image),
        tags: tags(image.tags()),
    }
}

fn image_traits(image: &types::Image) -> ImageTraits {
    let codes = image.product_codes().iter();
    ImageTraits {
        ena_support: image.ena_support().unwrap_or_default(),
        sriov_support: text(image.sriov_net_support()).is_some(),
        boot_mode: text(image.boot_mode().map(types::BootModeValues::as_str)),
        tpm_support: text(image.tpm_support().map(types::TpmSupportValues::as_str)),
        imds_support: text(image.imds_support().map(types::ImdsSupportValues::as_str)),
        platform_details: text(image.platform_details()),
        usage_operation: text(image.usage_operation()),
        product_codes: codes
            .filter_map(|code| text(code.product_code_id()))
            .collect(),
    }
}

/// EC2 says `disabled`, or names a kind of protection.
fn is_protected(word: &str) -> bool {
    !word.is_empty() && word != "disabled"
}

fn image_state(state: Option<&types::ImageState>) -> ImageState {
    match state {
        Some(types::ImageState::Pending | types::ImageState::Transient) => ImageState::Pending,
        Some(types::ImageState::Available) => ImageState::Available,
        Some(types::ImageState::Failed | types::ImageState::Error | types::ImageState::Invalid) => {
            ImageState::Failed
        }
        _ => ImageState::Other,
    }
}

fn block_device(device: &types::BlockDeviceMapping) -> BlockDevice {
    BlockDevice {
        device_name: device.device_name().unwrap_or_default().to_owned(),
        virtual_name: device.virtual_name().map(str::to_owned),
        no_device: device.no_device().is_some(),
        ebs: device.ebs().map(ebs),
    }
}

fn ebs(ebs: &types::EbsBlockDevice) -> EbsSettings {
    EbsSettings {
        delete_on_termination: ebs.delete_on_termination(),
        encrypted: ebs.encrypted(),
        kms_key_id: ebs.kms_key_id().map(str::to_owned),
        iops: ebs.iops(),
        throughput: ebs.throughput(),
        snapshot_id: ebs
            .snapshot_id()
            .filter(|id| !id.is_empty())
            .map(SnapshotId::new),
        volume_size: ebs.volume_size(),
        volume_type: ebs.volume_type().map(|kind| kind.as_str().to_owned()),
    }
}

/// An instance; `None` where it has no id or a state that we do not know.
pub(crate) fn instance(instance: &types::Instance) -> Option<Instance> {
    let volume = |device: &types::InstanceBlockDeviceMapping| {
        Some((
            device.device_name()?.to_owned(),
            VolumeId::new(device.ebs()?.volume_id()?),
        ))
    };
    let ipv6 = instance
        .network_interfaces()
        .iter()
        .flat_map(|interface| interface.ipv6_addresses())
        .find_map(|address| address.ipv6_address());
    Some(Instance {
        id: InstanceId::new(instance.instance_id()?),
        state: instance_state(instance.state()?.name()?)?,
        state_reason: instance.state_reason().and_then(reason),
        public_ip: text(instance.public_ip_address()),
        private_ip: text(instance.private_ip_address()),
        public_dns: text(instance.public_dns_name()),
        private_dns: text(instance.private_dns_name()),
        ipv6: text(ipv6),
        vpc: text(instance.vpc_id()).map(VpcId::new),
        volumes: instance
            .block_device_mappings()
            .iter()
            .filter_map(volume)
            .collect(),
        launched_at: instance.launch_time().and_then(moment),
        network_interfaces: instance
            .network_interfaces()
            .iter()
            .filter_map(|interface| text(interface.network_interface_id()))
            .collect(),
        boots_by_uefi: instance.current_instance_boot_mode()
            == Some(&types::InstanceBootModeValues::Uefi),
        tags: tags(instance.tags()),
    })
}

fn instance_state(name: &types::InstanceStateName) -> Option<InstanceState> {
    Some(match name {
        types::InstanceStateName::Pending => InstanceState::Pending,
        types::InstanceStateName::Running => InstanceState::Running,
        types::InstanceStateName::Stopping => InstanceState::Stopping,
        types::InstanceStateName::Stopped => InstanceState::Stopped,
        types::InstanceStateName::ShuttingDown => InstanceState::ShuttingDown,
        types::InstanceStateName::Terminated => InstanceState::Terminated,
        _ => return None,
    })
}

/// `code: message`, with what there is of the two.
fn reason(reason: &types::StateReason) -> Option<String> {
    match (text(reason.code()), text(reason.message())) {
        // EC2's message often begins with the code already.
        (Some(code), Some(message)) if message.starts_with(&code) => Some(message),
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (code, message) => code.or(message),
    }
}

/// A snapshot. Its progress comes as `42%`.
pub(crate) fn snapshot(snapshot: &types::Snapshot) -> Snapshot {
    let progress = snapshot
        .progress()
        .unwrap_or_default()
        .trim_end_matches('%');
    Snapshot {
        id: SnapshotId::new(snapshot.snapshot_id().unwrap_or_default()),
        progress: progress.parse().map_or(0, |percent: u8| percent.min(100)),
        state: match snapshot.state() {
            Some(types::SnapshotState::Completed) => SnapshotState::Completed,
            Some(types::SnapshotState::Error) => SnapshotState::Failed,
            _ => SnapshotState::Pending,
        },
        volume_size: snapshot.volume_size().unwrap_or_default(),
        description: snapshot.description().unwrap_or_default().to_owned(),
        tags: tags(snapshot.tags()),
    }
}

fn moment(at: &DateTime) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at.secs()).ok()
}

/// A volume.
pub(crate) fn volume(volume: &types::Volume) -> Volume {
    let attachment = |attachment: &types::VolumeAttachment| {
        Some(Attachment {
            instance: InstanceId::new(attachment.instance_id()?),
            device: attachment.device()?.to_owned(),
            state: match attachment.state() {
                Some(types::VolumeAttachmentState::Attached) => AttachmentState::Attached,
                _ => AttachmentState::Moving,
            },
        })
    };
    Volume {
        id: VolumeId::new(volume.volume_id().unwrap_or_default()),
        state: match volume.state() {
            Some(types::VolumeState::Available) => VolumeState::Available,
            Some(types::VolumeState::InUse) => VolumeState::InUse,
            Some(types::VolumeState::Creating) => VolumeState::Creating,
            _ => VolumeState::Lost,
        },
        encrypted: volume.encrypted().unwrap_or_default(),
        attachment: volume.attachments().iter().find_map(attachment),
        made_at: volume.create_time().and_then(moment),
    }
}

/// A VPC.
pub(crate) fn vpc(vpc: &types::Vpc) -> Vpc {
    Vpc {
        id: VpcId::new(vpc.vpc_id().unwrap_or_default()),
        is_default: vpc.is_default().unwrap_or_default(),
    }
}

/// A subnet.
pub(crate) fn subnet(subnet: &types::Subnet) -> Subnet {
    Subnet {
        id: SubnetId::new(subnet.subnet_id().unwrap_or_default()),
        vpc: VpcId::new(subnet.vpc_id().unwrap_or_default()),
        availability_zone: subnet.availability_zone().unwrap_or_default().to_owned(),
        free_addresses: subnet.available_ip_address_count().unwrap_or_default(),
    }
}

/// A security group.
pub(crate) fn group(group: &types::SecurityGroup) -> SecurityGroup {
    SecurityGroup {
        id: GroupId::new(group.group_id().unwrap_or_default()),
        name: group.group_name().unwrap_or_default().to_owned(),
        tags: tags(group.tags()),
    }
}

/// The console's text; `None` where there is none yet. It is whatever the machine wrote, so bytes that are no text are replaced.
pub(crate) fn console_text(base64: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(base64.trim()).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned()).filter(|text| !text.is_empty())
}

/// Tags of anything.
pub(crate) fn tags(tags: &[types::Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        })
        .collect()
}

/// EC2 answers with an empty string for some addresses that are not there.
fn text(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests;
