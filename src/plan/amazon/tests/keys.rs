//! All keys of the builder are known, and the template's key is found whatever its case.

use serde_json::{Map, Value, json};

use super::plan;

/// Packer's 148 keys of `amazon-ebs`, without the eight that it sets itself.
pub(super) const KEYS: &str = "
    access_key secret_key token profile shared_credentials_file region assume_role mfa_code custom_endpoint_ec2
    insecure_skip_tls_verify max_retries decode_authorization_messages skip_credential_validation skip_metadata_api_check
    vault_aws_engine aws_polling
    ami_name ami_description ami_virtualization_type ami_users ami_groups ami_org_arns ami_ou_arns ami_product_codes ami_regions
    skip_region_validation snapshot_copy_duration_minutes tags tag snapshot_tags snapshot_tag ena_support sriov_support
    force_deregister force_delete_snapshot encrypt_boot kms_key_id region_kms_key_ids skip_save_build_region imds_support
    deprecate_at snapshot_users snapshot_groups deregistration_protection
    source_ami source_ami_filter instance_type associate_public_ip_address availability_zone subnet_id subnet_filter vpc_id vpc_filter
    security_group_id security_group_ids security_group_filter temporary_security_group_source_cidrs
    temporary_security_group_source_public_ip ebs_optimized enable_nitro_enclave enable_unlimited_credits enable_t2_unlimited
    capacity_reservation_preference capacity_reservation_id capacity_reservation_group_arn placement tenancy license_specifications
    iam_instance_profile skip_profile_validation temporary_iam_instance_profile_policy_document user_data user_data_file
    metadata_options shutdown_behavior disable_stop_instance run_tags run_tag spot_price spot_instance_types spot_allocation_strategy
    spot_tags spot_tag fleet_tags fleet_tag spot_price_auto_product block_duration_minutes windows_password_timeout ssh_interface
    session_manager_port pause_before_ssm
    communicator pause_before_connecting ssh_host ssh_port ssh_username ssh_password ssh_keypair_name temporary_key_pair_name
    temporary_key_pair_type temporary_key_pair_bits ssh_ciphers ssh_key_exchange_algorithms ssh_clear_authorized_keys
    ssh_private_key_file ssh_certificate_file ssh_pty ssh_timeout ssh_wait_timeout ssh_handshake_attempts ssh_agent_auth
    ssh_disable_agent_forwarding ssh_bastion_host ssh_bastion_port ssh_bastion_username ssh_bastion_password ssh_bastion_agent_auth
    ssh_bastion_interactive ssh_bastion_private_key_file ssh_bastion_certificate_file ssh_file_transfer_method ssh_proxy_host
    ssh_proxy_port ssh_proxy_username ssh_proxy_password ssh_keep_alive_interval ssh_read_write_timeout ssh_remote_tunnels
    ssh_local_tunnels ssh_public_key ssh_private_key winrm_username winrm_password winrm_host winrm_port winrm_timeout winrm_use_ssl
    winrm_insecure winrm_no_proxy winrm_use_ntlm
    skip_create_ami skip_ami_run_tags ami_block_device_mappings launch_block_device_mappings run_volume_tags run_volume_tag
    no_ephemeral fast_launch
";

#[test]
fn every_key_of_packers_is_known() {
    let keys: Map<String, Value> = KEYS
        .split_whitespace()
        .map(|key| (key.to_owned(), json!("")))
        .collect();
    assert_eq!(keys.len(), 148);
    let outcome = plan(Value::Object(keys));
    let unknown: Vec<_> = outcome
        .errors
        .iter()
        .filter(|problem| problem.message.contains("unknown"))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn any_other_key_is_unknown() {
    let outcome = plan(json!({"pause_before_ssh": "1m", "instance_typ": "x"}));
    assert!(outcome.reports("unknown configuration key: '\"pause_before_ssh\"'"));
    assert!(outcome.reports("unknown configuration key: '\"instance_typ\"'"));
    assert!(
        outcome
            .errors
            .iter()
            .any(|problem| problem.hint.as_deref() == Some("did you mean `instance_type`?"))
    );
}

#[test]
fn a_key_that_was_renamed_says_how_to_fix_it() {
    assert!(
        plan(json!({"shutdown_behaviour": "stop"})).reports(
            "Deprecated configuration key: 'shutdown_behaviour'. Please call `packer fix`"
        )
    );
}

#[test]
fn keys_are_found_whatever_their_case() {
    let settings = plan(json!({"Instance_Type": "m5.large", "instance_type": null})).settings();
    assert_eq!(settings.launch.instance_type, "m5.large");
}
