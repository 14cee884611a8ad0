//! From our types to the SDK's: what each call sends. Pure.

use aws_sdk_ec2::operation::copy_image::builders::CopyImageInputBuilder;
use aws_sdk_ec2::operation::create_image::builders::CreateImageInputBuilder;
use aws_sdk_ec2::operation::describe_instance_type_offerings::builders::DescribeInstanceTypeOfferingsInputBuilder;
use aws_sdk_ec2::operation::modify_image_attribute::builders::ModifyImageAttributeInputBuilder;
use aws_sdk_ec2::operation::modify_snapshot_attribute::builders::ModifySnapshotAttributeInputBuilder;
use aws_sdk_ec2::types;

use super::image::{
    BlockDevice, CopyImage, CreateImage, EbsSettings, ImageAttribute, SnapshotAttribute,
};
use super::network::{Filters, Ingress};
use super::{ImageId, Region, SnapshotId, Tags};
use crate::ledger::Claim;

/// `CreateImage`. It has no client token; the image's name is unique instead.
pub(crate) fn create_image(
    region: &Region,
    claim: &Claim,
    request: &CreateImage,
) -> CreateImageInputBuilder {
    let tags = if takes_image_tags(region) {
        specifications([
            (
                types::ResourceType::Image,
                merged(claim, &request.image_tags),
            ),
            (
                types::ResourceType::Snapshot,
                merged(claim, &request.snapshot_tags),
            ),
        ])
    } else {
        None
    };
    CreateImageInputBuilder::default()
        .instance_id(request.instance.as_str())
        .name(&request.name)
        .set_block_device_mappings(unless_empty(
            request.block_devices.iter().map(block_device).collect(),
        ))
        .set_tag_specifications(tags)
}

/// `CopyImage`, for the target region. The tags are all in the call, or made afterwards where the region takes none there:
/// with `CopyImageTags` beside them the same keys would come twice, and those of an intermediate image once too often.
pub(crate) fn copy_image(
    region: &Region,
    claim: &Claim,
    request: &CopyImage,
) -> CopyImageInputBuilder {
    let tags = if takes_image_tags(region) {
        specifications([
            (
                types::ResourceType::Image,
                merged(claim, &request.image_tags),
            ),
            (
                types::ResourceType::Snapshot,
                merged(claim, &request.snapshot_tags),
            ),
        ])
    } else {
        None
    };
    CopyImageInputBuilder::default()
        .client_token(claim.token().as_str())
        .source_region(request.source_region.as_str())
        .source_image_id(request.source.as_str())
        .name(&request.name)
        .set_encrypted(request.encrypted)
        .set_kms_key_id(request.kms_key_id.clone().filter(|key| !key.is_empty()))
        .set_snapshot_copy_completion_duration_minutes(request.completion_minutes)
        .set_tag_specifications(tags)
}

/// `ModifyImageAttribute`.
pub(crate) fn modify_image(
    image: &ImageId,
    attribute: &ImageAttribute,
) -> ModifyImageAttributeInputBuilder {
    let builder = ModifyImageAttributeInputBuilder::default().image_id(image.as_str());
    let permission = types::LaunchPermission::builder;
    match attribute {
        ImageAttribute::Description(text) => {
            builder.description(types::AttributeValue::builder().value(text).build())
        }
        ImageAttribute::LaunchUsers(users) => builder.launch_permission(add_launchers(
            users
                .iter()
                .map(|user| permission().user_id(user).build())
                .collect(),
        )),
        ImageAttribute::LaunchGroups(groups) => builder.launch_permission(add_launchers(
            groups
                .iter()
                .map(|group| permission().group(group.as_str().into()).build())
                .collect(),
        )),
        ImageAttribute::LaunchOrganizations(arns) => builder.launch_permission(add_launchers(
            arns.iter()
                .map(|arn| permission().organization_arn(arn).build())
                .collect(),
        )),
        ImageAttribute::LaunchOrganizationalUnits(arns) => {
            builder.launch_permission(add_launchers(
                arns.iter()
                    .map(|arn| permission().organizational_unit_arn(arn).build())
                    .collect(),
            ))
        }
        ImageAttribute::ProductCodes(codes) => builder.set_product_codes(Some(codes.clone())),
        ImageAttribute::ImdsSupport(version) => {
            builder.imds_support(types::AttributeValue::builder().value(version).build())
        }
    }
}

/// `ModifySnapshotAttribute`.
pub(crate) fn modify_snapshot(
    snapshot: &SnapshotId,
    attribute: &SnapshotAttribute,
) -> ModifySnapshotAttributeInputBuilder {
    let permission = types::CreateVolumePermission::builder;
    let permissions = match attribute {
        SnapshotAttribute::VolumeUsers(users) => users
            .iter()
            .map(|user| permission().user_id(user).build())
            .collect(),
        SnapshotAttribute::VolumeGroups(groups) => groups
            .iter()
            .map(|group| permission().group(group.as_str().into()).build())
            .collect(),
    };
    ModifySnapshotAttributeInputBuilder::default()
        .snapshot_id(snapshot.as_str())
        .attribute(types::SnapshotAttributeName::CreateVolumePermission)
        .create_volume_permission(
            types::CreateVolumePermissionModifications::builder()
                .set_add(Some(permissions))
                .build(),
        )
}

fn add_launchers(
    permissions: Vec<types::LaunchPermission>,
) -> types::LaunchPermissionModifications {
    types::LaunchPermissionModifications::builder()
        .set_add(Some(permissions))
        .build()
}

/// `DescribeInstanceTypeOfferings` by zone.
pub(crate) fn offerings(instance_type: &str) -> DescribeInstanceTypeOfferingsInputBuilder {
    DescribeInstanceTypeOfferingsInputBuilder::default()
        .location_type(types::LocationType::AvailabilityZone)
        .filters(
            types::Filter::builder()
                .name("instance-type")
                .values(instance_type)
                .build(),
        )
}

/// One entry of a block device mapping.
pub(crate) fn block_device(device: &BlockDevice) -> types::BlockDeviceMapping {
    let builder = types::BlockDeviceMapping::builder().device_name(&device.device_name);
    if device.no_device {
        // EC2 takes the empty string for "this device not".
        return builder.no_device("").build();
    }
    match &device.virtual_name {
        Some(name) => builder.virtual_name(name).build(),
        None => builder.set_ebs(device.ebs.as_ref().map(ebs)).build(),
    }
}

fn ebs(settings: &EbsSettings) -> types::EbsBlockDevice {
    types::EbsBlockDevice::builder()
        .set_delete_on_termination(settings.delete_on_termination)
        .set_encrypted(settings.encrypted)
        .set_kms_key_id(settings.kms_key_id.clone())
        .set_iops(settings.iops)
        .set_throughput(settings.throughput)
        .set_snapshot_id(settings.snapshot_id.as_ref().map(ToString::to_string))
        .set_volume_size(settings.volume_size)
        .set_volume_type(settings.volume_type.as_deref().map(Into::into))
        .build()
}

/// A rule for one TCP port.
pub(crate) fn ingress(rule: &Ingress) -> types::IpPermission {
    let (v6, v4): (Vec<&String>, Vec<&String>) =
        rule.cidrs.iter().partition(|cidr| cidr.contains(':'));
    types::IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(i32::from(rule.port))
        .to_port(i32::from(rule.port))
        .set_ip_ranges(unless_empty(
            v4.into_iter()
                .map(|cidr| types::IpRange::builder().cidr_ip(cidr).build())
                .collect(),
        ))
        .set_ipv6_ranges(unless_empty(
            v6.into_iter()
                .map(|cidr| types::Ipv6Range::builder().cidr_ipv6(cidr).build())
                .collect(),
        ))
        .build()
}

/// The filters of a Describe call; `None` where there are none.
pub(crate) fn filters(filters: &Filters) -> Option<Vec<types::Filter>> {
    let filter = |(name, values): &(String, Vec<String>)| {
        types::Filter::builder()
            .name(name)
            .set_values(Some(values.clone()))
            .build()
    };
    unless_empty(filters.iter().map(filter).collect())
}

/// Tags as the SDK has them.
pub(crate) fn tags(tags: &Tags) -> Vec<types::Tag> {
    tags.iter()
        .map(|(key, value)| types::Tag::builder().key(key).value(value).build())
        .collect()
}

/// The tags of one kind of resource, in a region that takes tags in create calls (not China's: there Packer tags afterwards too).
pub(crate) fn tagged(
    region: &Region,
    kind: types::ResourceType,
    tags: Tags,
) -> Option<Vec<types::TagSpecification>> {
    if region.is_china() {
        None
    } else {
        specifications([(kind, tags)])
    }
}

/// Tag specifications of several kinds of resource; kinds without tags are left out, as EC2 demands.
pub(crate) fn specifications<const N: usize>(
    kinds: [(types::ResourceType, Tags); N],
) -> Option<Vec<types::TagSpecification>> {
    let specification = |(kind, set): (types::ResourceType, Tags)| {
        types::TagSpecification::builder()
            .resource_type(kind)
            .set_tags(Some(tags(&set)))
            .build()
    };
    unless_empty(
        kinds
            .into_iter()
            .filter(|(_, tags)| !tags.is_empty())
            .map(specification)
            .collect(),
    )
}

/// The request's tags, and the claim's over them: without those the thing could not be found again.
pub(crate) fn merged(claim: &Claim, own: &Tags) -> Tags {
    let mut all = own.clone();
    all.extend(claim.tags().clone());
    all
}

/// `None` for an empty list: EC2 refuses some empty lists.
pub(crate) fn unless_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    if list.is_empty() { None } else { Some(list) }
}

/// Packer sends no tags with `CreateImage` in these regions (`step_create_ami.go`): they refused them. Nor do we with the calls like it.
pub(crate) fn takes_image_tags(region: &Region) -> bool {
    !region.is_china() && !region.is_government()
}

#[cfg(test)]
pub(super) mod tests;
