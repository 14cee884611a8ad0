//! What `RunInstances` sends. Pure.

use aws_sdk_ec2::operation::run_instances::builders::RunInstancesInputBuilder;
use aws_sdk_ec2::types;

use super::instance::{MetadataOptions, RunInstance, ShutdownBehavior};
use super::launch_terms::{CapacityReservation, LaunchTerms};
use super::request::{block_device, merged, specifications, unless_empty};
use super::{Region, Tags};
use crate::ledger::Claim;

/// `RunInstances` for exactly one instance.
pub(crate) fn run_instance(
    region: &Region,
    claim: &Claim,
    request: &RunInstance,
) -> RunInstancesInputBuilder {
    let tags = (
        merged(claim, &request.instance_tags),
        merged(claim, &request.volume_tags),
    );
    common(region, request, tags).client_token(claim.token().as_str())
}

/// The same as a dry run: without a claim, since nothing comes of it.
pub(crate) fn try_run_instance(region: &Region, request: &RunInstance) -> RunInstancesInputBuilder {
    common(
        region,
        request,
        (request.instance_tags.clone(), request.volume_tags.clone()),
    )
    .dry_run(true)
}

fn common(region: &Region, request: &RunInstance, tags: (Tags, Tags)) -> RunInstancesInputBuilder {
    let profile = request.iam_instance_profile.as_ref().map(|name| {
        types::IamInstanceProfileSpecification::builder()
            .name(name)
            .build()
    });
    let builder = RunInstancesInputBuilder::default()
        .min_count(1)
        .max_count(1)
        .image_id(request.image.as_str())
        .instance_type(request.instance_type.as_str().into())
        .set_key_name(request.key_name.as_ref().map(ToString::to_string))
        .set_iam_instance_profile(profile)
        .set_user_data(
            request
                .user_data
                .as_ref()
                .map(|data| data.expose().to_owned()),
        )
        .set_block_device_mappings(unless_empty(
            request.block_devices.iter().map(block_device).collect(),
        ))
        .set_placement(placement(request))
        .set_ebs_optimized(request.ebs_optimized.then_some(true))
        .set_metadata_options(request.metadata.as_ref().map(metadata))
        .instance_initiated_shutdown_behavior(shutdown(request.shutdown_behavior))
        .set_credit_specification(request.credit_specification.map(credits))
        .set_tag_specifications(tag_specifications(region, tags));
    network(on_terms(builder, &request.terms), request)
}

/// `None` where nothing is asked for.
fn placement(request: &RunInstance) -> Option<types::Placement> {
    let terms = &request.terms;
    let wishes = [
        &request.availability_zone,
        &terms.host_id,
        &terms.host_resource_group_arn,
        &terms.tenancy,
    ];
    if wishes.into_iter().all(Option::is_none) {
        return None;
    }
    let placement = types::Placement::builder()
        .set_availability_zone(request.availability_zone.clone())
        .set_host_id(terms.host_id.clone())
        .set_host_resource_group_arn(terms.host_resource_group_arn.clone())
        .set_tenancy(terms.tenancy.as_deref().map(Into::into));
    Some(placement.build())
}

fn on_terms(builder: RunInstancesInputBuilder, terms: &LaunchTerms) -> RunInstancesInputBuilder {
    let license = |arn: &String| {
        types::LicenseConfigurationRequest::builder()
            .license_configuration_arn(arn)
            .build()
    };
    let enclave = terms.nitro_enclave.then(|| {
        types::EnclaveOptionsRequest::builder()
            .enabled(true)
            .build()
    });
    builder
        .set_license_specifications(unless_empty(
            terms.license_configurations.iter().map(license).collect(),
        ))
        .set_enclave_options(enclave)
        .capacity_reservation_specification(capacity(&terms.capacity_reservation))
}

/// Always sent: without it EC2 takes any open reservation.
fn capacity(reservation: &CapacityReservation) -> types::CapacityReservationSpecification {
    let target = types::CapacityReservationTarget::builder;
    let builder = types::CapacityReservationSpecification::builder();
    match reservation {
        CapacityReservation::None => {
            builder.capacity_reservation_preference(types::CapacityReservationPreference::None)
        }
        CapacityReservation::Open => {
            builder.capacity_reservation_preference(types::CapacityReservationPreference::Open)
        }
        CapacityReservation::Id(id) => {
            builder.capacity_reservation_target(target().capacity_reservation_id(id).build())
        }
        CapacityReservation::GroupArn(arn) => builder.capacity_reservation_target(
            target()
                .capacity_reservation_resource_group_arn(arn)
                .build(),
        ),
    }
    .build()
}

/// Subnet and groups stand in a network interface as soon as the public address is set: EC2 takes them in one place only.
fn network(builder: RunInstancesInputBuilder, request: &RunInstance) -> RunInstancesInputBuilder {
    let subnet = request.subnet.as_ref().map(|id| id.as_str().to_owned());
    let groups = unless_empty(request.groups.iter().map(ToString::to_string).collect());
    match request.associate_public_ip_address {
        None => builder.set_subnet_id(subnet).set_security_group_ids(groups),
        Some(public) => builder.network_interfaces(
            types::InstanceNetworkInterfaceSpecification::builder()
                .device_index(0)
                .associate_public_ip_address(public)
                .delete_on_termination(true)
                .set_subnet_id(subnet)
                .set_groups(groups)
                .build(),
        ),
    }
}

fn metadata(options: &MetadataOptions) -> types::InstanceMetadataOptionsRequest {
    types::InstanceMetadataOptionsRequest::builder()
        .http_endpoint(options.http_endpoint.as_str().into())
        .http_tokens(options.http_tokens.as_str().into())
        .http_put_response_hop_limit(options.http_put_response_hop_limit)
        .set_instance_metadata_tags(options.tags_if_enabled().map(Into::into))
        .build()
}

fn shutdown(behavior: ShutdownBehavior) -> types::ShutdownBehavior {
    match behavior {
        ShutdownBehavior::Stop => types::ShutdownBehavior::Stop,
        ShutdownBehavior::Terminate => types::ShutdownBehavior::Terminate,
    }
}

fn credits(kind: &'static str) -> types::CreditSpecificationRequest {
    types::CreditSpecificationRequest::builder()
        .cpu_credits(kind)
        .build()
}

fn tag_specifications(
    region: &Region,
    (instance, volume): (Tags, Tags),
) -> Option<Vec<types::TagSpecification>> {
    if region.is_china() {
        return None;
    }
    specifications([
        (types::ResourceType::NetworkInterface, instance.clone()),
        (types::ResourceType::Instance, instance),
        (types::ResourceType::Volume, volume),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::request::tests::launch;

    fn sent(terms: LaunchTerms) -> RunInstancesInputBuilder {
        let request = RunInstance { terms, ..launch() };
        try_run_instance(&Region::new("eu-west-1"), &request)
    }

    #[test]
    fn reserved_capacity_stays_reserved_unless_the_template_asks_for_it() {
        let sent = sent(LaunchTerms::default()).build().unwrap();
        let capacity = sent.capacity_reservation_specification().unwrap();
        assert_eq!(
            capacity.capacity_reservation_preference(),
            Some(&types::CapacityReservationPreference::None)
        );
        assert!(sent.enclave_options().is_none() && sent.license_specifications.is_none());
    }

    #[test]
    fn tags_in_the_metadata_are_asked_for_only_where_the_template_does() {
        for (asked, sent) in [
            ("disabled", None),
            ("enabled", Some(types::InstanceMetadataTagsState::Enabled)),
        ] {
            let options = metadata(&MetadataOptions {
                http_endpoint: "enabled".to_owned(),
                http_tokens: "optional".to_owned(),
                http_put_response_hop_limit: 1,
                instance_metadata_tags: asked.to_owned(),
            });
            assert_eq!(options.instance_metadata_tags, sent);
        }
    }

    #[test]
    fn a_reservation_is_named_instead_of_preferred() {
        let terms = LaunchTerms {
            capacity_reservation: CapacityReservation::GroupArn("arn:group".to_owned()),
            ..LaunchTerms::default()
        };
        let sent = sent(terms).build().unwrap();
        let capacity = sent.capacity_reservation_specification().unwrap();
        assert!(capacity.capacity_reservation_preference().is_none());
        let target = capacity.capacity_reservation_target().unwrap();
        assert_eq!(
            target.capacity_reservation_resource_group_arn(),
            Some("arn:group")
        );
    }

    #[test]
    fn a_host_goes_into_the_placement() {
        let terms = LaunchTerms {
            host_id: Some("h-1".to_owned()),
            tenancy: Some("host".to_owned()),
            ..LaunchTerms::default()
        };
        let sent = sent(terms).build().unwrap();
        let placement = sent.placement().unwrap();
        assert_eq!(placement.host_id(), Some("h-1"));
        assert_eq!(placement.tenancy(), Some(&types::Tenancy::Host));
    }
}
