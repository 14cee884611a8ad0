//! What the calls about volumes send. Pure.

use aws_sdk_ec2::operation::create_snapshot::builders::CreateSnapshotInputBuilder;
use aws_sdk_ec2::operation::modify_instance_attribute::builders::ModifyInstanceAttributeInputBuilder;
use aws_sdk_ec2::operation::register_image::builders::RegisterImageInputBuilder;
use aws_sdk_ec2::types;

use super::lifecycle::{NetworkSupport, Toggle};
use super::request::{block_device, merged, specifications, takes_image_tags, unless_empty};
use super::volume::{CreateSnapshot, OnTermination, RegisterImage};
use super::{InstanceId, Region};
use crate::ledger::Claim;

/// `CreateSnapshot`. It has no client token; the tags lead to what it made, and every region takes them.
pub(crate) fn create_snapshot(
    claim: &Claim,
    request: &CreateSnapshot,
) -> CreateSnapshotInputBuilder {
    CreateSnapshotInputBuilder::default()
        .volume_id(request.volume.as_str())
        .description(&request.description)
        .set_tag_specifications(specifications([(
            types::ResourceType::Snapshot,
            merged(claim, &request.tags),
        )]))
}

/// `RegisterImage`. It has no client token; the image's name is unique instead. Only the image is tagged by it: the
/// snapshots have their tags already.
pub(crate) fn register_image(
    region: &Region,
    claim: &Claim,
    request: &RegisterImage,
) -> RegisterImageInputBuilder {
    let tags = takes_image_tags(region)
        .then(|| {
            specifications([(
                types::ResourceType::Image,
                merged(claim, &request.image_tags),
            )])
        })
        .flatten();
    let has = |wanted| request.network_support.contains(&wanted);
    RegisterImageInputBuilder::default()
        .name(&request.name)
        .architecture(request.architecture.as_str().into())
        .root_device_name(&request.root_device_name)
        .virtualization_type(&request.virtualization_type)
        .set_block_device_mappings(unless_empty(
            request.block_devices.iter().map(block_device).collect(),
        ))
        .set_boot_mode(request.boot_mode.as_deref().map(Into::into))
        .set_uefi_data(request.uefi_data.clone())
        .set_tpm_support(request.tpm_support.as_deref().map(Into::into))
        .set_imds_support(request.imds_support.as_deref().map(Into::into))
        .set_sriov_net_support(has(NetworkSupport::Sriov).then(|| "simple".to_owned()))
        .set_ena_support(has(NetworkSupport::Ena(Toggle::On)).then_some(true))
        .set_tag_specifications(tags)
}

/// `ModifyInstanceAttribute` of one device.
pub(crate) fn on_termination(
    instance: &InstanceId,
    device: &str,
    fate: OnTermination,
) -> ModifyInstanceAttributeInputBuilder {
    let ebs = types::EbsInstanceBlockDeviceSpecification::builder()
        .delete_on_termination(fate == OnTermination::Delete)
        .build();
    ModifyInstanceAttributeInputBuilder::default()
        .instance_id(instance.as_str())
        .block_device_mappings(
            types::InstanceBlockDeviceMappingSpecification::builder()
                .device_name(device)
                .ebs(ebs)
                .build(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Tags;

    fn claim() -> Claim {
        Claim::for_tests(
            "b-1-7",
            Tags::from([("ami-build:row".to_owned(), "7".to_owned())]),
        )
    }

    fn request() -> RegisterImage {
        RegisterImage {
            name: "web-1".to_owned(),
            image_tags: Tags::from([("Name".to_owned(), "web".to_owned())]),
            ..RegisterImage::default()
        }
    }

    #[test]
    fn a_registered_image_has_its_tags_from_the_start() {
        let sent = register_image(&Region::new("eu-west-1"), &claim(), &request());
        let tags = sent.get_tag_specifications().clone().unwrap();
        assert_eq!(tags.len(), 1, "RegisterImage tags no snapshots");
        assert_eq!(tags[0].resource_type(), Some(&types::ResourceType::Image));
        let keys: Vec<_> = tags[0].tags().iter().filter_map(types::Tag::key).collect();
        assert_eq!(keys, ["Name", "ami-build:row"]);
    }

    #[test]
    fn what_the_image_supports_is_sent_where_it_is_known() {
        let region = Region::new("eu-west-1");
        let sent = register_image(&region, &claim(), &request());
        assert_eq!(
            (sent.get_imds_support(), sent.get_uefi_data()),
            (&None, &None)
        );
        let request = RegisterImage {
            imds_support: Some("v2.0".to_owned()),
            uefi_data: Some("data".to_owned()),
            ..request()
        };
        let sent = register_image(&region, &claim(), &request);
        assert_eq!(
            *sent.get_imds_support(),
            Some(types::ImdsSupportValues::V20)
        );
        assert_eq!(sent.get_uefi_data().as_deref(), Some("data"));
    }

    #[test]
    fn enhanced_networking_is_switched_on_and_never_off() {
        let region = Region::new("eu-west-1");
        let with = |network_support| {
            let request = RegisterImage {
                network_support,
                ..request()
            };
            let sent = register_image(&region, &claim(), &request);
            (
                *sent.get_ena_support(),
                sent.get_sriov_net_support().clone(),
            )
        };
        let on = vec![NetworkSupport::Sriov, NetworkSupport::Ena(Toggle::On)];
        assert_eq!(with(on), (Some(true), Some("simple".to_owned())));
        assert_eq!(with(vec![NetworkSupport::Ena(Toggle::Off)]), (None, None));
    }

    #[test]
    fn where_images_take_no_tags_none_are_sent() {
        for region in ["cn-north-1", "us-gov-west-1"] {
            let sent = register_image(&Region::new(region), &claim(), &request());
            assert!(sent.get_tag_specifications().is_none(), "{region}");
        }
    }

    #[test]
    fn a_snapshot_can_be_found_again_by_its_tags() {
        let request = CreateSnapshot {
            volume: crate::cloud::VolumeId::new("vol-1"),
            description: "of vol-1".to_owned(),
            tags: Tags::new(),
        };
        let sent = create_snapshot(&claim(), &request);
        let tags = sent.get_tag_specifications().clone().unwrap();
        assert_eq!(tags[0].tags()[0].value(), Some("7"));
    }
}
