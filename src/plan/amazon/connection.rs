//! EC2's own rules for the communicator: `ssh_interface`, the session manager, key pairs.

use super::launch_keys::Profile;
use crate::plan::communicator::Interface;
use crate::plan::communicator_keys::{CommunicatorKeys, Kind};
use crate::plan::unsupported::Unsupported;
use crate::template::fields::Fields;

pub(super) fn read(
    fields: &mut Fields<'_>,
    keys: &CommunicatorKeys,
    profile: Profile,
    unsupported: &mut Unsupported,
) -> Interface {
    let interface = interface(fields);
    // Both count with the session manager only, which is not done yet; the last one with WinRM.
    fields.integer("session_manager_port");
    fields.duration("pause_before_ssm");
    fields.duration("windows_password_timeout");
    if interface == Interface::SessionManager {
        session_manager(fields, keys, profile);
        unsupported.note(fields, "ssh_interface");
    }
    key_type(fields, keys);
    key_pair(fields, keys);
    if keys.kind == Kind::None && !keys.ssh.login.key_pair.is_empty() {
        unsupported.note(fields, "ssh_keypair_name");
    }
    interface
}

fn interface(fields: &mut Fields<'_>) -> Interface {
    match fields.text("ssh_interface").as_str() {
        "" => Interface::Automatic,
        "public_ip" => Interface::PublicIp,
        "private_ip" => Interface::PrivateIp,
        "public_dns" => Interface::PublicDns,
        "private_dns" => Interface::PrivateDns,
        "ipv6" => Interface::Ipv6,
        "session_manager" => Interface::SessionManager,
        other => {
            fields.problem_with_hint(
                "ssh_interface",
                format!("Unknown interface type: {other}"),
                "use `public_ip`, `private_ip`, `public_dns`, `private_dns`, `ipv6` or `session_manager`",
            );
            Interface::Automatic
        }
    }
}

fn session_manager(fields: &Fields<'_>, keys: &CommunicatorKeys, profile: Profile) {
    if keys.kind == Kind::WinRm {
        fields.problem(
            "ssh_interface",
            "session_manager connectivity is not supported with the \"winrm\" communicator; please use \"ssh\"",
        );
    }
    if profile == Profile::None {
        fields.problem(
            "ssh_interface",
            "no iam_instance_profile defined; session_manager connectivity requires a valid instance profile with \
             AmazonSSMManagedInstanceCore permissions. Alternatively a temporary_iam_instance_profile_policy_document can be used.",
        );
    }
}

fn key_type(fields: &Fields<'_>, keys: &CommunicatorKeys) {
    let kind = &keys.ssh.login.temporary_key_type;
    if !["", "rsa", "ed25519"].contains(&kind.as_str()) {
        fields.problem(
            "temporary_key_pair_type",
            format!(
                "temporary_key_pair_type requires either rsa or ed25519 as its value, not `{kind}`"
            ),
        );
    }
}

/// EC2 has only the public half of a key pair: somebody must have the other one.
fn key_pair(fields: &Fields<'_>, keys: &CommunicatorKeys) {
    const KEY: &str = "ssh_keypair_name";
    let login = &keys.ssh.login;
    if login.key_pair.is_empty() || !login.private_key_file.is_empty() {
        return;
    }
    if keys.kind == Kind::WinRm && keys.winrm.password.is_empty() {
        fields.problem(KEY, "ssh_private_key_file must be provided to retrieve the winrm password when using ssh_keypair_name.");
    } else if !login.agent_auth {
        fields.problem(KEY, "ssh_private_key_file must be provided or ssh_agent_auth enabled when ssh_keypair_name is specified.");
    }
}
