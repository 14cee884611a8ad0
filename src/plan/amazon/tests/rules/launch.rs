//! The build machine.

use serde_json::{Value, json};

use super::{accepted, refused};

#[test]
fn a_block_device_follows_its_volume_type() {
    fn device(keys: Value) -> Value {
        let mut device = json!({"device_name": "/dev/sdf"});
        device
            .as_object_mut()
            .unwrap()
            .extend(keys.as_object().unwrap().clone());
        json!({"launch_block_device_mappings": [device]})
    }
    refused(&[
        (
            json!({"ami_block_device_mappings": [{"volume_size": 8}]}),
            "The `device_name` must be specified",
        ),
        (
            device(json!({"kms_key_id": "x", "encrypted": false})),
            "must also have `encrypted: true` when setting a kms_key_id",
        ),
        (
            device(json!({"volume_type": "io1", "volume_size": 10, "iops": 510})),
            "the maximum ratio of provisioned IOPS",
        ),
        (
            device(json!({"volume_type": "io2", "volume_size": 1, "iops": 501})),
            "is 500:1 for io2 volumes",
        ),
        (
            device(json!({"volume_type": "io1", "volume_size": 10, "iops": 99})),
            "IOPS must be between 100 and 64000",
        ),
        (
            device(json!({"volume_type": "gp3", "throughput": 124})),
            "Throughput must be between 125 and 1000",
        ),
        (
            device(json!({"volume_type": "gp3", "iops": 16001})),
            "IOPS must be between 3000 and 16000",
        ),
        (
            device(json!({"volume_type": "gp2", "throughput": 125})),
            "Throughput is only valid for gp3 volumes",
        ),
        (
            device(json!({"bogus": 1})),
            "unknown configuration key: '\"launch_block_device_mappings[0].bogus\"'",
        ),
    ]);
    accepted(&[
        device(json!({"kms_key_id": "x"})),
        device(json!({"volume_type": "io1", "volume_size": 10, "iops": 509})),
        device(json!({"volume_type": "io1", "iops": 99})),
        device(json!({"volume_type": "gp3"})),
        device(json!({"volume_type": "gp3", "iops": 3000, "throughput": 1000})),
        device(json!({"volume_type": "gp2", "volume_size": 20, "iops": 300})),
    ]);
}

#[test]
fn metadata_options_take_ec2_s_words() {
    refused(&[
        (
            json!({"metadata_options": {"http_endpoint": "x"}}),
            "http_endpoint requires either",
        ),
        (
            json!({"metadata_options": {"http_tokens": "x"}}),
            "http_tokens requires either",
        ),
        (
            json!({"metadata_options": {"instance_metadata_tags": "x"}}),
            "instance_metadata_tags requires either",
        ),
        (
            json!({"metadata_options": {"http_put_response_hop_limit": 65}}),
            "http_put_response_hop_limit requires a number between 1 and 64",
        ),
        (
            json!({"metadata_options": {"http_put_response_hop_limit": -1}}),
            "between 1 and 64",
        ),
    ]);
    accepted(&[
        json!({"metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 64}}),
    ]);
}

#[test]
fn the_source_image_is_named_or_filtered_with_an_owner() {
    refused(&[
        (
            json!({"source_ami": null}),
            "A source_ami or source_ami_filter must be specified",
        ),
        (
            json!({"source_ami": null}),
            "your source AMI filter must declare an owner",
        ),
        (
            json!({"source_ami": null, "source_ami_filter": {"filters": {"name": "x"}}}),
            "must declare an owner",
        ),
        (
            json!({"source_ami_filter": {"bogus": 1}}),
            "unknown configuration key: '\"source_ami_filter.bogus\"'",
        ),
    ]);
    accepted(&[
        json!({"source_ami": null, "source_ami_filter": {"owners": "self,amazon"}}),
        json!({"source_ami_filter": {"filters": {"name": "x"}}}),
    ]);
}

#[test]
fn an_instance_type_comes_from_one_place() {
    refused(&[
        (
            json!({"instance_type": null}),
            "either instance_type or spot_instance_types must be specified",
        ),
        (
            json!({"spot_instance_types": ["t3.micro"]}),
            "either instance_type or spot_instance_types must be specified, not both",
        ),
    ]);
    accepted(&[
        json!({"instance_type": null, "spot_instance_types": ["t3.micro"], "spot_price": "auto"}),
    ]);
}

#[test]
fn spot_keys_need_a_spot_instance() {
    refused(&[
        (
            json!({"spot_tags": {"a": "b"}}),
            "spot_tags should not be set when not requesting a spot instance",
        ),
        (
            json!({"spot_price": "0", "fleet_tags": {}}),
            "fleet_tags should not be set",
        ),
        (
            json!({"spot_tag": [{"key": "a", "value": "b"}]}),
            "spot_tags should not be set",
        ),
        (
            json!({"block_duration_minutes": 61}),
            "block_duration_minutes must be multiple of 60",
        ),
        (
            json!({"spot_allocation_strategy": "bogus"}),
            "spot_allocation_strategy",
        ),
        (
            json!({"spot_price": "1", "ena_support": true}),
            "Spot instances do not support modification",
        ),
        (
            json!({"spot_price": "1", "sriov_support": true}),
            "Spot instances do not support modification",
        ),
    ]);
    accepted(&[
        json!({"spot_price": "auto", "spot_tags": {"a": "b"}, "spot_allocation_strategy": "capacity-optimized"}),
        json!({"spot_price": "1", "ena_support": false}),
        json!({"block_duration_minutes": 120}),
    ]);
}

#[test]
fn launch_keys_take_ec2_s_values() {
    refused(&[
        (
            json!({"user_data": "x", "user_data_file": "here.sh"}),
            "Only one of user_data or user_data_file can be specified.",
        ),
        (
            json!({"user_data_file": "nope.sh"}),
            "user_data_file not found: nope.sh",
        ),
        (
            json!({"security_group_id": "a", "security_group_ids": ["b"]}),
            "Only one of security_group_id or security_group_ids",
        ),
        (
            json!({"temporary_security_group_source_cidrs": "1.2.3.4"}),
            "invalid CIDR address: 1.2.3.4",
        ),
        (
            json!({"shutdown_behavior": "x"}),
            "shutdown_behavior only accepts 'stop' or 'terminate' values",
        ),
        (
            json!({"instance_type": "m5.large", "enable_unlimited_credits": true}),
            "m5.large is not within the supported types",
        ),
        (
            json!({"instance_type": "t2.micro", "enable_unlimited_credits": true, "spot_price": "1"}),
            "Unlimited credits cannot be used in conjunction with Spot Instances",
        ),
    ]);
    accepted(&[
        json!({"enable_t2_unlimited": true}),
        json!({"shutdown_behavior": "terminate"}),
    ]);
}

#[test]
fn placement_is_consistent() {
    refused(&[
        (
            json!({"placement": {"tenancy": "host"}, "tenancy": "host"}),
            "only one of placement.tenancy and tenancy",
        ),
        (json!({"tenancy": "bogus"}), "Unknown tenancy type bogus"),
        (
            json!({"placement": {"tenancy": "bogus"}}),
            "Unknown tenancy type bogus",
        ),
        (
            json!({"placement": {"host_id": "h", "host_resource_group_arn": "a"}}),
            "only one of placement.host_id",
        ),
        (
            json!({"placement": {"host_id": "h", "tenancy": "dedicated"}}),
            "placement.tenancy must be `host`",
        ),
        (
            json!({"capacity_reservation_id": "a", "capacity_reservation_group_arn": "b"}),
            "mutually exclusive, only one should be used",
        ),
        (
            json!({"capacity_reservation_id": "a", "capacity_reservation_preference": "open"}),
            "mutually exclusive, only one should be set",
        ),
        (
            json!({"capacity_reservation_preference": "x"}),
            "only accepts 'none' or 'open'",
        ),
        (
            json!({"enable_nitro_enclave": true}),
            "burstable instance types: t3.micro",
        ),
        (
            json!({"enable_nitro_enclave": true, "instance_type": "c5.xlarge", "spot_price": "1"}),
            "with Spot Instances",
        ),
    ]);
    accepted(&[
        json!({"placement": {"host_id": "h", "tenancy": "host"}}),
        json!({"tenancy": "dedicated"}),
        json!({"enable_nitro_enclave": true, "instance_type": "c5.xlarge"}),
    ]);
}
