//! What the calls of [`super::lifecycle_calls`] send, and what their answers mean. Pure.

use aws_sdk_ec2::operation::describe_launch_templates::builders::DescribeLaunchTemplatesInputBuilder;
use aws_sdk_ec2::operation::enable_fast_launch::builders::EnableFastLaunchInputBuilder;
use aws_sdk_ec2::operation::modify_instance_attribute::builders::ModifyInstanceAttributeInputBuilder;
use aws_sdk_ec2::types;

use super::InstanceId;
use super::lifecycle::{
    EnableFastLaunch, FastLaunchState, LaunchTemplate, NetworkSupport, TemplateName, Toggle,
};

/// `ModifyInstanceAttribute`.
pub(crate) fn network_support(
    instance: &InstanceId,
    support: NetworkSupport,
) -> ModifyInstanceAttributeInputBuilder {
    let builder = ModifyInstanceAttributeInputBuilder::default().instance_id(instance.as_str());
    match support {
        NetworkSupport::Sriov => {
            builder.sriov_net_support(types::AttributeValue::builder().value("simple").build())
        }
        NetworkSupport::Ena(toggle) => builder.ena_support(
            types::AttributeBooleanValue::builder()
                .value(toggle == Toggle::On)
                .build(),
        ),
    }
}

/// `DescribeLaunchTemplates`.
pub(crate) fn launch_templates(name: &TemplateName) -> DescribeLaunchTemplatesInputBuilder {
    let builder = DescribeLaunchTemplatesInputBuilder::default();
    match name {
        TemplateName::Id(id) => builder.launch_template_ids(id),
        TemplateName::Name(name) => builder.launch_template_names(name),
    }
}

/// `EnableFastLaunch`.
pub(crate) fn enable_fast_launch(request: &EnableFastLaunch) -> EnableFastLaunchInputBuilder {
    let template = request.template.as_ref().map(|(id, version)| {
        types::FastLaunchLaunchTemplateSpecificationRequest::builder()
            .launch_template_id(id)
            .version(version.to_string())
            .build()
    });
    let snapshots = request.target_resource_count.map(|count| {
        types::FastLaunchSnapshotConfigurationRequest::builder()
            .target_resource_count(count)
            .build()
    });
    EnableFastLaunchInputBuilder::default()
        .image_id(request.image.as_str())
        .set_launch_template(template)
        .set_snapshot_configuration(snapshots)
        .set_max_parallel_launches(request.max_parallel_launches)
}

/// A launch template; `None` where EC2 does not name it.
pub(crate) fn launch_template(template: &types::LaunchTemplate) -> Option<LaunchTemplate> {
    Some(LaunchTemplate {
        id: template.launch_template_id()?.to_owned(),
        latest_version: template.latest_version_number().unwrap_or_default(),
    })
}

/// How far fast launch is. States: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableFastLaunch.html>.
pub(crate) fn fast_launch_state(
    item: &types::DescribeFastLaunchImagesSuccessItem,
) -> FastLaunchState {
    let reason = || {
        item.state_transition_reason()
            .filter(|reason| !reason.is_empty())
            .unwrap_or("EC2 gives no reason")
            .to_owned()
    };
    match item.state() {
        Some(types::FastLaunchStateCode::Enabled) => FastLaunchState::Enabled,
        Some(
            types::FastLaunchStateCode::EnabledFailed | types::FastLaunchStateCode::EnablingFailed,
        ) => FastLaunchState::Failed(reason()),
        Some(
            types::FastLaunchStateCode::Disabling | types::FastLaunchStateCode::DisablingFailed,
        ) => FastLaunchState::Disabling,
        _ => FastLaunchState::Enabling,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::ImageId;

    #[test]
    fn a_launch_template_goes_with_its_version() {
        let request = EnableFastLaunch {
            image: ImageId::new("ami-1"),
            template: Some(("lt-1".to_owned(), 7)),
            max_parallel_launches: Some(6),
            target_resource_count: Some(2),
        };
        let sent = enable_fast_launch(&request).build().unwrap();
        let template = sent.launch_template().unwrap();
        assert_eq!(template.launch_template_id(), Some("lt-1"));
        assert_eq!(template.version(), Some("7"));
        assert_eq!(sent.max_parallel_launches(), Some(6));
        let snapshots = sent.snapshot_configuration().unwrap();
        assert_eq!(snapshots.target_resource_count(), Some(2));
    }

    #[test]
    fn what_the_template_leaves_open_is_not_sent() {
        let request = EnableFastLaunch {
            image: ImageId::new("ami-1"),
            template: None,
            max_parallel_launches: None,
            target_resource_count: None,
        };
        let sent = enable_fast_launch(&request).build().unwrap();
        assert!(sent.launch_template().is_none() && sent.snapshot_configuration().is_none());
        assert_eq!(sent.max_parallel_launches(), None);
    }

    #[test]
    fn a_failure_of_fast_launch_has_ec2s_reason() {
        let item = types::DescribeFastLaunchImagesSuccessItem::builder()
            .state(types::FastLaunchStateCode::EnablingFailed)
            .state_transition_reason("no default VPC")
            .build();
        assert_eq!(
            fast_launch_state(&item),
            FastLaunchState::Failed("no default VPC".to_owned())
        );
    }

    #[test]
    fn enhanced_networking_is_set_one_attribute_at_a_time() {
        let id = InstanceId::new("i-1");
        let off = network_support(&id, NetworkSupport::Ena(Toggle::Off));
        let off = off.build().unwrap();
        assert_eq!(off.ena_support().and_then(|ena| ena.value()), Some(false));
        assert!(off.sriov_net_support().is_none());
        let sriov = network_support(&id, NetworkSupport::Sriov).build().unwrap();
        let value = sriov.sriov_net_support().and_then(|sriov| sriov.value());
        assert_eq!(value, Some("simple"));
        assert!(sriov.ena_support().is_none());
    }
}
