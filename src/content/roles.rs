//! What a key of a component has to do with an image's content. A key that is not in these tables counts by its value, so that a new
//! one can make a build too many but never an image too old.

/// What a key has to do with the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Its value counts.
    Text,
    /// Nothing, for this reason.
    LeftOut(&'static str),
    /// What lies at the path counts.
    Path(How),
    /// The same for a list of paths.
    Paths(How),
    /// Its value counts, and what lies at the paths in it that begin with `@`.
    Arguments,
}

/// What of a path counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The file or the directory, which has to be there.
    There,
    /// The same, where it is there.
    IfThere,
    /// The whole directory around the file, since the file refers to what is in it.
    Around,
}

const ASKING: &str = "it says who asks AWS and how, not what is asked for";
const SOURCE: &str = "the image that it leads to counts instead";
const AFTERWARDS: &str =
    "it is told to EC2 once the image is there, and brought in line on an image that is reused";
const WAITING: &str = "it says how long is waited";
const WAY: &str = "it is the way to the machine, which the machine does not hold";
const KEY: &str = "it opens the login, and what it opens is on the machine already";
const OLD: &str = "it is about another image, which has the name";

/// The keys of amazon builders that do not count by their values.
const BUILDER: &[(&str, Role)] = &[
    ("access_key", Role::LeftOut(ASKING)),
    ("secret_key", Role::LeftOut(ASKING)),
    ("token", Role::LeftOut(ASKING)),
    ("profile", Role::LeftOut(ASKING)),
    ("shared_credentials_file", Role::LeftOut(ASKING)),
    ("assume_role", Role::LeftOut(ASKING)),
    ("mfa_code", Role::LeftOut(ASKING)),
    ("vault_aws_engine", Role::LeftOut(ASKING)),
    ("custom_endpoint_ec2", Role::LeftOut(ASKING)),
    ("insecure_skip_tls_verify", Role::LeftOut(ASKING)),
    ("decode_authorization_messages", Role::LeftOut(ASKING)),
    ("max_retries", Role::LeftOut(ASKING)),
    ("skip_credential_validation", Role::LeftOut(ASKING)),
    ("skip_metadata_api_check", Role::LeftOut(ASKING)),
    ("skip_region_validation", Role::LeftOut(ASKING)),
    ("skip_profile_validation", Role::LeftOut(ASKING)),
    ("source_ami", Role::LeftOut(SOURCE)),
    ("source_ami_filter", Role::LeftOut(SOURCE)),
    ("ami_name", Role::LeftOut(AFTERWARDS)),
    ("ami_regions", Role::LeftOut(AFTERWARDS)),
    ("ami_users", Role::LeftOut(AFTERWARDS)),
    ("ami_groups", Role::LeftOut(AFTERWARDS)),
    ("ami_org_arns", Role::LeftOut(AFTERWARDS)),
    ("ami_ou_arns", Role::LeftOut(AFTERWARDS)),
    ("snapshot_users", Role::LeftOut(AFTERWARDS)),
    ("snapshot_groups", Role::LeftOut(AFTERWARDS)),
    ("snapshot_copy_duration_minutes", Role::LeftOut(AFTERWARDS)),
    ("tags", Role::LeftOut(AFTERWARDS)),
    ("tag", Role::LeftOut(AFTERWARDS)),
    ("snapshot_tags", Role::LeftOut(AFTERWARDS)),
    ("snapshot_tag", Role::LeftOut(AFTERWARDS)),
    ("deprecate_at", Role::LeftOut(AFTERWARDS)),
    ("deregistration_protection", Role::LeftOut(AFTERWARDS)),
    ("force_deregister", Role::LeftOut(OLD)),
    ("force_delete_snapshot", Role::LeftOut(OLD)),
    ("aws_polling", Role::LeftOut(WAITING)),
    ("ssh_timeout", Role::LeftOut(WAITING)),
    ("ssh_wait_timeout", Role::LeftOut(WAITING)),
    ("ssh_handshake_attempts", Role::LeftOut(WAITING)),
    ("ssh_keep_alive_interval", Role::LeftOut(WAITING)),
    ("ssh_read_write_timeout", Role::LeftOut(WAITING)),
    ("ssh_interface", Role::LeftOut(WAY)),
    ("ssh_bastion_agent_auth", Role::LeftOut(WAY)),
    ("ssh_bastion_certificate_file", Role::LeftOut(WAY)),
    ("ssh_bastion_host", Role::LeftOut(WAY)),
    ("ssh_bastion_interactive", Role::LeftOut(WAY)),
    ("ssh_bastion_password", Role::LeftOut(WAY)),
    ("ssh_bastion_port", Role::LeftOut(WAY)),
    ("ssh_bastion_private_key_file", Role::LeftOut(WAY)),
    ("ssh_bastion_username", Role::LeftOut(WAY)),
    ("ssh_proxy_host", Role::LeftOut(WAY)),
    ("ssh_proxy_password", Role::LeftOut(WAY)),
    ("ssh_proxy_port", Role::LeftOut(WAY)),
    ("ssh_proxy_username", Role::LeftOut(WAY)),
    ("ssh_certificate_file", Role::LeftOut(KEY)),
    ("ssh_private_key_file", Role::LeftOut(KEY)),
    ("user_data_file", Role::Path(How::There)),
];

const SCRIPTS: &[(&str, Role)] = &[
    ("script", Role::Path(How::There)),
    ("scripts", Role::Paths(How::There)),
];

/// The keys of provisioners that do not count by their values alone.
const PROVISIONERS: &[(&str, &[(&str, Role)])] = &[
    ("shell", SCRIPTS),
    ("shell-local", SCRIPTS),
    ("powershell", SCRIPTS),
    ("windows-shell", SCRIPTS),
    (
        "file",
        &[
            ("source", Role::Path(How::There)),
            ("sources", Role::Paths(How::There)),
        ],
    ),
    (
        "ansible",
        &[
            ("playbook_file", Role::Path(How::Around)),
            ("inventory_file", Role::Path(How::IfThere)),
            ("inventory_directory", Role::Path(How::IfThere)),
            ("galaxy_file", Role::Path(How::There)),
            ("roles_path", Role::Path(How::IfThere)),
            ("collections_path", Role::Path(How::IfThere)),
            ("extra_arguments", Role::Arguments),
            ("ssh_host_key_file", Role::LeftOut(WAY)),
            ("ssh_authorized_key_file", Role::LeftOut(WAY)),
        ],
    ),
    (
        "ansible-local",
        &[
            ("playbook_file", Role::Path(How::There)),
            ("playbook_files", Role::Paths(How::There)),
            ("playbook_dir", Role::Path(How::There)),
            ("playbook_paths", Role::Paths(How::There)),
            ("role_paths", Role::Paths(How::There)),
            ("collection_paths", Role::Paths(How::There)),
            ("group_vars", Role::Path(How::There)),
            ("host_vars", Role::Path(How::There)),
            ("inventory_file", Role::Path(How::There)),
            ("galaxy_file", Role::Path(How::There)),
        ],
    ),
    (
        "chef-solo",
        &[
            ("config_template", Role::Path(How::There)),
            ("cookbook_paths", Role::Paths(How::There)),
            ("roles_path", Role::Path(How::There)),
            ("data_bags_path", Role::Path(How::There)),
            ("environments_path", Role::Path(How::There)),
            ("encrypted_data_bag_secret_path", Role::Path(How::There)),
        ],
    ),
    (
        "puppet-masterless",
        &[
            ("manifest_file", Role::Path(How::There)),
            ("manifest_dir", Role::Path(How::There)),
            ("module_paths", Role::Paths(How::There)),
            ("hiera_config_path", Role::Path(How::There)),
        ],
    ),
    (
        "salt-masterless",
        &[
            ("local_state_tree", Role::Path(How::There)),
            ("local_pillar_roots", Role::Path(How::There)),
            ("minion_config", Role::Path(How::There)),
            ("grains_file", Role::Path(How::There)),
        ],
    ),
    (
        "goss",
        &[
            ("tests", Role::Paths(How::IfThere)),
            ("goss_file", Role::Path(How::IfThere)),
            ("vars_file", Role::Path(How::IfThere)),
            ("local_binary", Role::Path(How::IfThere)),
        ],
    ),
];

/// What a builder's key has to do with the content, whatever its case.
pub(super) fn of_builder(key: &str) -> Role {
    find(BUILDER, key)
}

/// The same of a provisioner's key.
pub(super) fn of_provisioner(kind: &str, key: &str) -> Role {
    let table = PROVISIONERS.iter().find(|(name, _)| *name == kind);
    table.map_or(Role::Text, |(_, keys)| find(keys, key))
}

fn find(table: &[(&str, Role)], key: &str) -> Role {
    let found = table
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map_or(Role::Text, |(_, role)| *role)
}
