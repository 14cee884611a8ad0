//! `winrm_*`: decoded and checked; `build` refuses the communicator itself.

use crate::secret::Secret;
use crate::template::fields::Fields;

/// What other rules need of the WinRM keys.
pub(crate) struct WinRmKeys {
    /// `winrm_host`.
    pub(crate) host: String,
    /// `winrm_username`.
    pub(crate) username: String,
    /// `winrm_password`; empty where EC2 generates it.
    pub(crate) password: Secret,
}

impl WinRmKeys {
    /// Decodes them.
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        fields.integer("winrm_port");
        fields.duration("winrm_timeout");
        for key in ["winrm_use_ssl", "winrm_insecure", "winrm_no_proxy"] {
            fields.bool(key);
        }
        fields.tristate("winrm_use_ntlm");
        Self {
            host: fields.text("winrm_host"),
            username: fields.text("winrm_username"),
            password: Secret::new(fields.text("winrm_password")),
        }
    }

    /// Packer's one rule for them.
    pub(super) fn check(&self, fields: &Fields<'_>) {
        if self.username.is_empty() {
            fields.problem("winrm_username", "winrm_username must be specified.");
        }
    }
}
