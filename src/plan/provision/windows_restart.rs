//! `windows-restart`: a Windows machine is restarted and waited for.

use crate::template::document::Node;
use crate::template::duration::GoDuration;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

use super::checks;

/// Packer's five minutes.
const RESTART_TIMEOUT: GoDuration = GoDuration(300 * 1_000_000_000);

/// Keys that exist while Windows has a restart pending.
const REGISTRY_KEYS: [&str; 3] = [
    r"HKLM:SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
    r"HKLM:SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\PackagesPending",
    r"HKLM:Software\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootInProgress",
];

/// The settings, defaults applied.
#[derive(Clone, Debug)]
pub(crate) struct WindowsRestartSettings {
    /// What restarts the machine.
    pub(crate) restart_command: String,
    /// What has to run before the machine counts as restarted, besides the check that always runs.
    pub(crate) restart_check_command: Option<String>,
    /// How long the restart may take.
    pub(crate) restart_timeout: GoDuration,
    /// The registry keys that have to be gone; none where the registry is not asked.
    pub(crate) registry_keys: Vec<String>,
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, problems: &Problems) -> WindowsRestartSettings {
    let mut fields = Fields::new(node, problems, "");
    let mut registry_keys = fields.strings("registry_keys");
    if !fields.bool("check_registry") {
        registry_keys.clear();
    } else if registry_keys.is_empty() {
        registry_keys = REGISTRY_KEYS.map(str::to_owned).to_vec();
    }
    let settings = WindowsRestartSettings {
        restart_command: checks::non_empty(&mut fields, "restart_command")
            .unwrap_or_else(|| r#"shutdown /r /f /t 0 /c "packer restart""#.to_owned()),
        restart_check_command: checks::non_empty(&mut fields, "restart_check_command"),
        restart_timeout: fields
            .duration("restart_timeout")
            .filter(|limit| !limit.is_zero())
            .unwrap_or(RESTART_TIMEOUT),
        registry_keys,
    };
    fields.finish();
    settings
}
