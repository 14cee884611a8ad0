//! The image that comes out.

use serde_json::{Value, json};

use super::{accepted, refused};
use crate::plan::amazon::tests::plan;

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

#[test]
fn an_image_name_is_3_to_128_bytes_of_ec2_s_letters() {
    refused(&[
        (json!({"ami_name": null}), "ami_name must be specified"),
        (
            json!({"ami_name": "{{user `undeclared`}}"}),
            "ami_name must be specified",
        ),
        (
            json!({"ami_name": "ab"}),
            "ami_name must be between 3 and 128 characters long",
        ),
        (
            json!({"ami_name": "a".repeat(129)}),
            "ami_name must be between 3 and 128 characters long",
        ),
        (json!({"ami_name": "éa"}), "AMIName should only contain"),
        (
            json!({"ami_name": "web {{isotime}}"}),
            "clean_resource_name",
        ),
    ]);
    assert!(
        !plan(json!({"ami_name": "éa"})).reports("between 3 and 128"),
        "two letters, three bytes"
    );
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
        (
            json!({"ami_users": ["1"], "encrypt_boot": true}),
            "Cannot share AMI encrypted with default KMS key",
        ),
        (
            json!({"ami_org_arns": ["1"], "encrypt_boot": true}),
            "Cannot share AMI encrypted with default KMS key",
        ),
        (
            json!({"ami_ou_arns": ["1"], "encrypt_boot": true}),
            "Cannot share AMI encrypted with default KMS key",
        ),
        (
            json!({"ami_users": ["1"], "encrypt_boot": true, "kms_key_id": KEY, "ami_regions": ["eu-west-1"], "region_kms_key_ids": default}),
            "Cannot share AMI encrypted with default KMS key for other regions",
        ),
        (
            json!({"snapshot_users": "1", "encrypt_boot": true}),
            "Cannot share snapshot encrypted with default KMS key",
        ),
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
    const ALSO: &str =
        "If you have set either region_kms_key_ids or kms_key_id, encrypt_boot must also be true";
    refused(&[
        (json!({"kms_key_id": KEY}), ALSO),
        (json!({"kms_key_id": KEY, "encrypt_boot": false}), ALSO),
        (
            json!({"ami_regions": ["eu-west-1"], "region_kms_key_ids": {"eu-west-1": KEY}}),
            ALSO,
        ),
        (
            json!({"kms_key_id": "bogus!", "encrypt_boot": true}),
            "\"bogus!\" is not a valid KMS Key Id.",
        ),
    ]);
    accepted(&[
        json!({"kms_key_id": KEY, "encrypt_boot": "true"}),
        json!({"ami_regions": ["eu-west-1"], "region_kms_key_ids": {"eu-west-1": ""}}),
    ]);
}

#[test]
fn what_becomes_of_the_image_is_consistent() {
    let at = |entry: Value| json!({"ami_regions": ["eu-west-1"], "fast_launch": {"region_launch_templates": [entry]}});
    refused(&[
        (
            json!({"imds_support": "v1.0"}),
            "The only valid imds_support values are",
        ),
        (
            json!({"deprecate_at": "tomorrow"}),
            "deprecate_at is not a valid time: \"tomorrow\". Expect time format",
        ),
        (
            json!({"fast_launch": {"max_parallel_launches": 5}}),
            "max_parallel_launches must be >= 6",
        ),
        (
            json!({"fast_launch": {"target_resource_count": -1}}),
            "target_resource_count must be >= 1",
        ),
        (
            json!({"fast_launch": {"template_id": "a", "template_name": "b"}}),
            "cannot both be specified",
        ),
        (
            json!({"fast_launch": {"template_version": 1}}),
            "needs a template_id or a template_name",
        ),
        (
            json!({"fast_launch": {"template_id": "a", "template_version": -1}}),
            "must be at least 1",
        ),
        (at(json!({})), "region must be specified"),
        (
            at(json!({"region": "ap-south-1", "template_id": "a"})),
            "will not be copied to region ap-south-1",
        ),
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
fn late_tags_are_checked_for_syntax_only() {
    refused(&[(
        json!({"tags": {"Base": "{{ bogus }}"}}),
        "function \"bogus\" not defined",
    )]);
    let settings = plan(json!({"tags": {"Base": "{{ .SourceAMI }}"}})).settings();
    assert_eq!(settings.image.tags["Base"], "{{ .SourceAMI }}");
}
