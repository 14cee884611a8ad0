//! Every rule of the builder: what is refused, in Packer's words, and what stands just beside it and is not.

use serde_json::{Value, json};

use super::{Outcome, plan};

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// Each fragment is refused with a message that holds the text.
fn refused(cases: &[(Value, &str)]) {
    for (fragment, text) in cases {
        let outcome = plan(fragment.clone());
        let messages: Vec<_> = outcome.errors.iter().map(|problem| &problem.message).collect();
        assert!(outcome.reports(text), "{fragment}\n  wanted: {text}\n  got: {messages:#?}");
        assert!(outcome.settings.is_none(), "{fragment} has settings in spite of {messages:?}");
    }
}

/// Each fragment passes.
fn accepted(cases: &[Value]) {
    for fragment in cases {
        let Outcome { settings, errors, .. } = plan(fragment.clone());
        assert!(errors.is_empty() && settings.is_some(), "{fragment}: {errors:#?}");
    }
}

#[test]
fn access_key_and_secret_key_go_together() {
    refused(&[
        (json!({"access_key": "AKIA"}), "`access_key` and `secret_key` must both be either set or not set"),
        (json!({"secret_key": "s"}), "`access_key` and `secret_key` must both be either set or not set"),
        (json!({"access_key": "AKIA", "secret_key": ""}), "must both be either set or not set"),
    ]);
    accepted(&[json!({}), json!({"access_key": "", "secret_key": ""}), json!({"access_key": "a", "secret_key": "b", "token": "c"})]);
}

#[test]
fn vault_and_keys_exclude_each_other() {
    refused(&[(
        json!({"vault_aws_engine": {"name": "x"}, "access_key": "a", "secret_key": "b"}),
        "If you have set vault_aws_engine, you must not set the access_key or secret_key",
    )]);
    accepted(&[json!({"vault_aws_engine": {"name": ""}, "access_key": "a", "secret_key": "b"})]);
}

#[test]
fn an_image_name_is_3_to_128_bytes_of_ec2_s_letters() {
    refused(&[
        (json!({"ami_name": null}), "ami_name must be specified"),
        (json!({"ami_name": "{{user `undeclared`}}"}), "ami_name must be specified"),
        (json!({"ami_name": "ab"}), "ami_name must be between 3 and 128 characters long"),
        (json!({"ami_name": "a".repeat(129)}), "ami_name must be between 3 and 128 characters long"),
        (json!({"ami_name": "éa"}), "AMIName should only contain"),
        (json!({"ami_name": "web {{isotime}}"}), "clean_resource_name"),
    ]);
    assert!(!plan(json!({"ami_name": "éa"})).reports("between 3 and 128"), "two letters, three bytes");
    accepted(&[
        json!({"ami_name": "abc"}),
        json!({"ami_name": "a".repeat(128)}),
        json!({"ami_name": "a()[] ./-'@_Z9"}),
        json!({"ami_name": "web {{isotime | clean_resource_name}}"}),
    ]);
}

#[test]
fn regions_and_their_keys_match() {
    refused(&[
        (
            json!({"encrypt_boot": true, "ami_regions": ["us-west-2"], "region_kms_key_ids": {"eu-west-1": ""}}),
            "Region eu-west-1 is in region_kms_key_ids but not in ami_regions",
        ),
        (
            json!({"encrypt_boot": true, "ami_regions": ["us-west-2"], "region_kms_key_ids": {"eu-west-1": ""}}),
            "Region us-west-2 is in ami_regions but not in region_kms_key_ids",
        ),
    ]);
    accepted(&[
        json!({"encrypt_boot": true, "ami_regions": ["us-east-1", "eu-west-1"], "region_kms_key_ids": {"us-east-1": "", "eu-west-1": KEY}}),
        json!({"encrypt_boot": true, "ami_regions": ["eu-west-1"], "region_kms_key_ids": {}}),
    ]);
}

#[test]
fn what_a_default_key_encrypts_is_not_shared() {
    let default = json!({"eu-west-1": ""});
    refused(&[
        (json!({"ami_users": ["1"], "encrypt_boot": true}), "Cannot share AMI encrypted with default KMS key"),
        (json!({"ami_org_arns": ["1"], "encrypt_boot": true}), "Cannot share AMI encrypted with default KMS key"),
        (json!({"ami_ou_arns": ["1"], "encrypt_boot": true}), "Cannot share AMI encrypted with default KMS key"),
        (
            json!({"ami_users": ["1"], "encrypt_boot": true, "kms_key_id": KEY, "ami_regions": ["eu-west-1"], "region_kms_key_ids": default}),
            "Cannot share AMI encrypted with default KMS key for other regions",
        ),
        (json!({"snapshot_users": "1", "encrypt_boot": true}), "Cannot share snapshot encrypted with default KMS key"),
        (
            json!({"snapshot_users": "1", "encrypt_boot": true, "kms_key_id": KEY, "ami_regions": ["eu-west-1"], "region_kms_key_ids": default}),
            "Cannot share snapshot encrypted with default KMS key",
        ),
    ]);
    accepted(&[
        json!({"ami_users": ["1"]}),
        json!({"ami_users": ["1"], "encrypt_boot": true, "kms_key_id": KEY}),
        json!({"ami_groups": ["all"], "encrypt_boot": true}),
    ]);
}

#[test]
fn a_kms_key_needs_encryption_and_the_form_of_one() {
    const ALSO: &str = "If you have set either region_kms_key_ids or kms_key_id, encrypt_boot must also be true";
    refused(&[
        (json!({"kms_key_id": KEY}), ALSO),
        (json!({"kms_key_id": KEY, "encrypt_boot": false}), ALSO),
        (json!({"ami_regions": ["eu-west-1"], "region_kms_key_ids": {"eu-west-1": KEY}}), ALSO),
        (json!({"kms_key_id": "bogus!", "encrypt_boot": true}), "\"bogus!\" is not a valid KMS Key Id."),
    ]);
    accepted(&[
        json!({"kms_key_id": KEY, "encrypt_boot": "true"}),
        json!({"ami_regions": ["eu-west-1"], "region_kms_key_ids": {"eu-west-1": ""}}),
    ]);
}

#[test]
fn a_block_device_follows_its_volume_type() {
    fn device(keys: Value) -> Value {
        let mut device = json!({"device_name": "/dev/sdf"});
        device.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        json!({"launch_block_device_mappings": [device]})
    }
    refused(&[
        (json!({"ami_block_device_mappings": [{"volume_size": 8}]}), "The `device_name` must be specified"),
        (device(json!({"kms_key_id": "x", "encrypted": false})), "must also have `encrypted: true` when setting a kms_key_id"),
        (device(json!({"volume_type": "io1", "volume_size": 10, "iops": 510})), "the maximum ratio of provisioned IOPS"),
        (device(json!({"volume_type": "io2", "volume_size": 1, "iops": 501})), "is 500:1 for io2 volumes"),
        (device(json!({"volume_type": "io1", "volume_size": 10, "iops": 99})), "IOPS must be between 100 and 64000"),
        (device(json!({"volume_type": "gp3", "throughput": 124})), "Throughput must be between 125 and 1000"),
        (device(json!({"volume_type": "gp3", "iops": 16001})), "IOPS must be between 3000 and 16000"),
        (device(json!({"volume_type": "gp2", "throughput": 125})), "Throughput is only valid for gp3 volumes"),
        (device(json!({"bogus": 1})), "unknown configuration key: '\"launch_block_device_mappings[0].bogus\"'"),
    ]);
    accepted(&[
        device(json!({"kms_key_id": "x"})),
        device(json!({"volume_type": "io1", "volume_size": 10, "iops": 509})),
        device(json!({"volume_type": "io1", "iops": 99})),
        device(json!({"volume_type": "gp3", "iops": 3000, "throughput": 1000})),
        device(json!({"volume_type": "gp2", "volume_size": 20, "iops": 300})),
    ]);
}

#[test]
fn metadata_options_take_ec2_s_words() {
    refused(&[
        (json!({"metadata_options": {"http_endpoint": "x"}}), "http_endpoint requires either"),
        (json!({"metadata_options": {"http_tokens": "x"}}), "http_tokens requires either"),
        (json!({"metadata_options": {"instance_metadata_tags": "x"}}), "instance_metadata_tags requires either"),
        (json!({"metadata_options": {"http_put_response_hop_limit": 65}}), "http_put_response_hop_limit requires a number between 1 and 64"),
        (json!({"metadata_options": {"http_put_response_hop_limit": -1}}), "between 1 and 64"),
    ]);
    accepted(&[json!({"metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 64}})]);
}

#[test]
fn the_source_image_is_named_or_filtered_with_an_owner() {
    refused(&[
        (json!({"source_ami": null}), "A source_ami or source_ami_filter must be specified"),
        (json!({"source_ami": null}), "your source AMI filter must declare an owner"),
        (json!({"source_ami": null, "source_ami_filter": {"filters": {"name": "x"}}}), "must declare an owner"),
        (json!({"source_ami_filter": {"bogus": 1}}), "unknown configuration key: '\"source_ami_filter.bogus\"'"),
    ]);
    accepted(&[
        json!({"source_ami": null, "source_ami_filter": {"owners": "self,amazon"}}),
        json!({"source_ami_filter": {"filters": {"name": "x"}}}),
    ]);
}

#[test]
fn an_instance_type_comes_from_one_place() {
    refused(&[
        (json!({"instance_type": null}), "either instance_type or spot_instance_types must be specified"),
        (json!({"spot_instance_types": ["t3.micro"]}), "either instance_type or spot_instance_types must be specified, not both"),
    ]);
    accepted(&[json!({"instance_type": null, "spot_instance_types": ["t3.micro"], "spot_price": "auto"})]);
}

#[test]
fn spot_keys_need_a_spot_instance() {
    refused(&[
        (json!({"spot_tags": {"a": "b"}}), "spot_tags should not be set when not requesting a spot instance"),
        (json!({"spot_price": "0", "fleet_tags": {}}), "fleet_tags should not be set"),
        (json!({"spot_tag": [{"key": "a", "value": "b"}]}), "spot_tags should not be set"),
        (json!({"block_duration_minutes": 61}), "block_duration_minutes must be multiple of 60"),
        (json!({"spot_allocation_strategy": "bogus"}), "spot_allocation_strategy"),
        (json!({"spot_price": "1", "ena_support": true}), "Spot instances do not support modification"),
        (json!({"spot_price": "1", "sriov_support": true}), "Spot instances do not support modification"),
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
        (json!({"user_data": "x", "user_data_file": "here.sh"}), "Only one of user_data or user_data_file can be specified."),
        (json!({"user_data_file": "nope.sh"}), "user_data_file not found: nope.sh"),
        (json!({"security_group_id": "a", "security_group_ids": ["b"]}), "Only one of security_group_id or security_group_ids"),
        (json!({"temporary_security_group_source_cidrs": "1.2.3.4"}), "invalid CIDR address: 1.2.3.4"),
        (json!({"shutdown_behavior": "x"}), "shutdown_behavior only accepts 'stop' or 'terminate' values"),
        (json!({"instance_type": "m5.large", "enable_unlimited_credits": true}), "m5.large is not within the supported types"),
        (
            json!({"instance_type": "t2.micro", "enable_unlimited_credits": true, "spot_price": "1"}),
            "Unlimited credits cannot be used in conjunction with Spot Instances",
        ),
    ]);
    accepted(&[json!({"enable_t2_unlimited": true}), json!({"shutdown_behavior": "terminate"})]);
}

#[test]
fn placement_is_consistent() {
    refused(&[
        (json!({"placement": {"tenancy": "host"}, "tenancy": "host"}), "only one of placement.tenancy and tenancy"),
        (json!({"tenancy": "bogus"}), "Unknown tenancy type bogus"),
        (json!({"placement": {"tenancy": "bogus"}}), "Unknown tenancy type bogus"),
        (json!({"placement": {"host_id": "h", "host_resource_group_arn": "a"}}), "only one of placement.host_id"),
        (json!({"placement": {"host_id": "h", "tenancy": "dedicated"}}), "placement.tenancy must be `host`"),
        (json!({"capacity_reservation_id": "a", "capacity_reservation_group_arn": "b"}), "mutually exclusive, only one should be used"),
        (json!({"capacity_reservation_id": "a", "capacity_reservation_preference": "open"}), "mutually exclusive, only one should be set"),
        (json!({"capacity_reservation_preference": "x"}), "only accepts 'none' or 'open'"),
        (json!({"enable_nitro_enclave": true}), "burstable instance types: t3.micro"),
        (json!({"enable_nitro_enclave": true, "instance_type": "c5.xlarge", "spot_price": "1"}), "with Spot Instances"),
    ]);
    accepted(&[
        json!({"placement": {"host_id": "h", "tenancy": "host"}}),
        json!({"tenancy": "dedicated"}),
        json!({"enable_nitro_enclave": true, "instance_type": "c5.xlarge"}),
    ]);
}

#[test]
fn what_becomes_of_the_image_is_consistent() {
    let at = |entry: Value| json!({"ami_regions": ["eu-west-1"], "fast_launch": {"region_launch_templates": [entry]}});
    refused(&[
        (json!({"imds_support": "v1.0"}), "The only valid imds_support values are"),
        (json!({"deprecate_at": "tomorrow"}), "deprecate_at is not a valid time: \"tomorrow\". Expect time format"),
        (json!({"fast_launch": {"max_parallel_launches": 5}}), "max_parallel_launches must be >= 6"),
        (json!({"fast_launch": {"target_resource_count": -1}}), "target_resource_count must be >= 1"),
        (json!({"fast_launch": {"template_id": "a", "template_name": "b"}}), "cannot both be specified"),
        (json!({"fast_launch": {"template_version": 1}}), "needs a template_id or a template_name"),
        (json!({"fast_launch": {"template_id": "a", "template_version": -1}}), "must be at least 1"),
        (at(json!({})), "region must be specified"),
        (at(json!({"region": "ap-south-1", "template_id": "a"})), "will not be copied to region ap-south-1"),
        (
            json!({"fast_launch": {"region_launch_templates": [{"region": "us-east-1"}, {"region": "us-east-1"}]}}),
            "region us-east-1 has more than one launch template",
        ),
    ]);
    accepted(&[
        json!({"imds_support": "v2.0", "deprecate_at": "2030-01-02T03:04:05Z"}),
        at(json!({"region": "eu-west-1", "template_id": "a", "template_version": 2})),
        json!({"fast_launch": {"max_parallel_launches": 6, "enable_fast_launch": true}}),
    ]);
}

#[test]
fn the_way_to_the_machine_is_consistent() {
    let session = |keys: Value| {
        let mut fragment = json!({"ssh_interface": "session_manager", "iam_instance_profile": "p"});
        fragment.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        fragment
    };
    refused(&[
        (json!({"temporary_key_pair_type": "dsa"}), "temporary_key_pair_type requires either rsa or ed25519"),
        (json!({"ssh_interface": "x"}), "Unknown interface type: x"),
        (session(json!({"communicator": "winrm", "winrm_username": "a"})), "is not supported with the \"winrm\" communicator"),
        (session(json!({"iam_instance_profile": ""})), "no iam_instance_profile defined"),
        (json!({"ssh_keypair_name": "k"}), "ssh_private_key_file must be provided or ssh_agent_auth enabled"),
        (json!({"ssh_keypair_name": "k", "ssh_password": "p"}), "ssh_private_key_file must be provided or ssh_agent_auth enabled"),
        (
            json!({"ssh_keypair_name": "k", "communicator": "winrm", "winrm_username": "a"}),
            "ssh_private_key_file must be provided to retrieve the winrm password",
        ),
        (json!({"ssh_username": null}), "An ssh_username must be specified"),
    ]);
    accepted(&[
        session(json!({})),
        json!({"ssh_keypair_name": "k", "ssh_agent_auth": true}),
        json!({"ssh_username": null, "communicator": "none"}),
        json!({"ssh_interface": "ipv6"}),
    ]);
}

#[test]
fn every_problem_is_reported_at_once_and_in_its_place() {
    let outcome = plan(json!({"ami_name": "a", "instance_type": null, "ssh_username": null, "ssh_interface": "x"}));
    for text in ["between 3 and 128", "either instance_type", "An ssh_username", "Unknown interface"] {
        assert!(outcome.reports(text), "{text}");
    }
    let name = outcome.errors.iter().find(|problem| problem.message.starts_with("ami_name")).unwrap();
    assert_eq!(name.place.as_ref().unwrap().pointer, "/ami_name");
}

#[test]
fn late_tags_are_checked_for_syntax_only() {
    refused(&[(json!({"tags": {"Base": "{{ bogus }}"}}), "function \"bogus\" not defined")]);
    let settings = plan(json!({"tags": {"Base": "{{ .SourceAMI }}"}})).settings();
    assert_eq!(settings.image.tags["Base"], "{{ .SourceAMI }}");
}
