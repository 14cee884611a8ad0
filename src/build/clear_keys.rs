//! `ssh_clear_authorized_keys`: takes the temporary key out of the image-to-be.

use super::access::{Access, Key};
use super::cx::Cx;
use crate::remote::Remote;

/// Runs Packer's two commands (packer-plugin-sdk, `commonsteps/step_cleanup_temp_keys.go`). A failure is logged, no more: the
/// key is useless once its pair is deleted.
pub(super) async fn clear<C, D>(cx: &Cx<'_, C, D>, remote: &mut impl Remote, access: &Access) {
    let wanted = cx.ssh().is_some_and(|ssh| ssh.clear_authorized_keys);
    let (true, Key::Temporary { name, .. }) = (wanted, &access.key) else {
        return;
    };
    cx.ui
        .say("Trying to remove ephemeral keys from authorized_keys files");
    let commands = [
        format!("sed -i.bak '/ {name}$/d' ~/.ssh/authorized_keys; rm ~/.ssh/authorized_keys.bak"),
        format!(
            "sudo sed -i.bak '/ {name}$/d' /root/.ssh/authorized_keys; sudo rm /root/.ssh/authorized_keys.bak"
        ),
    ];
    for command in commands {
        if let Err(error) = remote.run(&command, &mut |_| {}).await {
            log::warn!("cannot clean up authorized_keys: {error}");
        }
    }
}
