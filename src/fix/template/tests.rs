//! Fixed templates, each as Packer 1.6.6 prints it.

use super::*;

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[track_caller]
fn becomes(before: &str, after: &str) {
    assert_eq!(json(&fixed(before).unwrap()), json(after));
}

#[track_caller]
fn builder_becomes(before: &str, after: &str) {
    becomes(
        &format!(r#"{{"builders": [{before}]}}"#),
        &format!(r#"{{"builders": [{after}]}}"#),
    );
}

#[test]
fn what_needs_no_fixing_is_printed_with_its_keys_sorted() {
    assert_eq!(
        fixed(r#"{"builders": [{"type": "null", "communicator": "none"}], "a": [{}]} more"#)
            .unwrap(),
        "{\n  \"a\": [\n    {}\n  ],\n  \"builders\": [\n    {\n      \"communicator\": \"none\",\n      \"type\": \"null\"\n    }\n  ]\n}\n"
    );
}

#[test]
fn the_keys_of_the_amazon_builders_get_their_new_names() {
    builder_becomes(
        r#"{"type": "amazon-ebs", "shutdown_behaviour": "stop", "enhanced_networking": true, "ssh_private_ip": "1",
            "temporary_security_group_source_cidr": "10.0.0.0/8", "spot_price_auto_product": "x", "ssh_key_path": "k",
            "ssh_disable_agent": true, "ssh_wait_timeout": "5m", "ami_name": "a-{{ .CreateTime }}",
            "tags": {"n": "{{clean_ami_name `x`}}"}}"#,
        r#"{"type": "amazon-ebs", "shutdown_behavior": "stop", "ena_support": true, "ssh_interface": "private_ip",
            "temporary_security_group_source_cidrs": ["10.0.0.0/8"], "ssh_private_key_file": "k",
            "ssh_disable_agent_forwarding": true, "ssh_timeout": "5m", "ami_name": "a-{{timestamp}}",
            "tags": {"n": "{{clean_resource_name `x`}}"}}"#,
    );
}

#[test]
fn the_same_keys_of_another_builder_stay() {
    let builder = r#"{"type": "null", "enhanced_networking": true, "ssh_private_ip": true}"#;
    builder_becomes(builder, builder);
}

#[test]
fn a_checksum_is_gathered_into_one_text() {
    builder_becomes(
        r#"{"type": "qemu", "iso_md5": "abc", "disk_size": 512, "ssh_host_port_min": 1}"#,
        r#"{"type": "qemu", "iso_checksum": "md5:abc", "disk_size": "512M", "host_port_min": 1}"#,
    );
    builder_becomes(
        r#"{"type": "x", "iso_checksum_url": "u", "iso_checksum_type": "md5", "iso_checksum": "s"}"#,
        r#"{"type": "x", "iso_checksum": "file:u"}"#,
    );
    builder_becomes(
        r#"{"type": "x", "iso_checksum_type": "none"}"#,
        r#"{"type": "x"}"#,
    );
}

#[test]
fn a_renamed_builder_is_renamed_in_overrides_too() {
    becomes(
        r#"{"builders": [{"type": "virtualbox", "guest_additions_attach": true, "ssh_skip_nat_mapping": true}],
            "provisioners": [{"type": "shell", "override": {"virtualbox": {"inline": "x"}}}]}"#,
        r#"{"builders": [{"type": "virtualbox-iso", "guest_additions_mode": "attach", "skip_nat_mapping": true}],
            "provisioners": [{"type": "shell", "override": {"virtualbox-iso": {"inline": "x"}}}]}"#,
    );
}

#[test]
fn a_fixed_type_is_seen_by_the_fixers_after_it() {
    builder_becomes(
        r#"{"type": "vmware", "remote_type": "esx5"}"#,
        r#"{"type": "vmware-iso", "remote_type": "esx5", "disk_type_id": "zeroedthick", "skip_compaction": true}"#,
    );
}

#[test]
fn network_and_disk_of_vsphere_go_to_the_head_of_their_lists() {
    builder_becomes(
        r#"{"type": "vsphere-iso", "network": "n", "networkCard": "c", "network_adapters": [{"a": 1}], "disk_size": 5}"#,
        r#"{"type": "vsphere-iso", "network_adapters": [{"network": "n", "network_card": "c"}, {"a": 1}],
            "storage": [{"disk_size": 5}]}"#,
    );
}

#[test]
fn post_processors_are_fixed_in_sequences_too() {
    becomes(
        r#"{"builders": [{"type": "null", "login_email": "e"}], "post-processors": ["manifest",
            [{"type": "manifest", "filename": "m"}, {"type": "docker-tag", "tag": "a, b", "tags": ["b", "c"]},
             {"type": "vagrant", "aws": {"x": 1}}]]}"#,
        r#"{"builders": [{"type": "null"}], "post-processors": ["manifest",
            [{"type": "manifest", "output": "m"}, {"type": "docker-tag", "tags": ["a", "b", "c"]},
             {"type": "vagrant", "override": {"aws": {"x": 1}}}]]}"#,
    );
}

#[test]
fn without_post_processors_even_the_builders_keep_their_login_email() {
    let builder = r#"{"type": "docker", "login_email": "e"}"#;
    builder_becomes(builder, builder);
}

#[test]
fn powershell_loses_its_escapes_and_galaxy_gets_its_underscore() {
    becomes(
        r#"{"builders": [], "provisioners": [
            {"type": "powershell", "elevated_user": "a`$b``c`x", "environment_vars": ["A=`\"q`'"]},
            {"type": "ansible-local", "galaxycommand": "g"}]}"#,
        r#"{"builders": [], "provisioners": [
            {"type": "powershell", "elevated_user": "a$b`c`x", "environment_vars": ["A=\"q'"]},
            {"type": "ansible-local", "galaxy_command": "g"}]}"#,
    );
}

#[test]
fn a_template_without_builders_gets_null_and_a_lone_provisioner_a_list() {
    becomes(
        r#"{"provisioners": {"type": "shell"}}"#,
        r#"{"builders": null, "provisioners": [{"type": "shell"}]}"#,
    );
}

#[test]
fn what_cannot_be_fixed_says_so_in_packers_words() {
    for (text, error) in [
        ("", "Error parsing template: EOF"),
        ("{", "Error parsing template: unexpected EOF"),
        (
            "[]",
            "Error parsing template: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            r#"{"builders": {}}"#,
            "Error fixing: 'Builders': source data must be an array or slice, got map",
        ),
        (
            r#"{"builders": [{}]}"#,
            "Error fixing: builder 1: missing 'type'",
        ),
        (
            r#"{"builders": [{"type": "amazon-ebs", "ssh_private_ip": "maybe"}]}"#,
            "Error fixing: ssh_private_ip is not a boolean: \"maybe\"",
        ),
    ] {
        assert_eq!(fixed(text).unwrap_err().to_string(), error);
    }
}
