//! How ansible gets to the machine: which address, as whom, with which key.

use std::sync::Arc;

use nix::unistd::{User, getuid};

use super::AnsibleError;
use super::pass::Pass;
use super::proxy::{self, Proxy};
use crate::plan::provision::{AnsibleRoute, AnsibleSettings};
use crate::provision::ProvisionContext;
use crate::provision::temporary_file::TemporaryFile;
use crate::remote::Pipes;

/// A way that is open. It closes when this is dropped.
pub(super) struct Route {
    pub(super) host: String,
    pub(super) port: String,
    pub(super) user: String,
    key: Option<Key>,
    _proxy: Option<Proxy>,
}

/// The private key that ansible shows.
enum Key {
    /// The user's file.
    Given(String),
    /// One that goes with this value.
    Written(TemporaryFile),
}

impl Route {
    /// The file of the private key.
    pub(super) fn key_file(&self) -> Option<String> {
        self.key.as_ref().map(|key| match key {
            Key::Given(path) => path.clone(),
            Key::Written(file) => file.path().display().to_string(),
        })
    }
}

/// Opens the way that the template asks for, or the proxy where there is no other.
pub(super) async fn open(
    settings: &AnsibleSettings,
    pipes: Arc<dyn Pipes>,
    cx: &ProvisionContext,
) -> Result<Route, AnsibleError> {
    if settings.route == AnsibleRoute::Direct && can_go_directly(cx) {
        return direct(settings, cx);
    }
    let user = settings.user.clone().unwrap_or_else(|| local_user(cx));
    let pass = Pass {
        user: user.clone(),
        sftp_command: settings.proxy.sftp_command.clone(),
        pipes,
        ui: cx.ui.clone(),
    };
    let mut proxy = proxy::start(&settings.proxy, pass, cx).await?;
    Ok(Route {
        host: settings.proxy.host.clone(),
        port: proxy.port.to_string(),
        user,
        key: proxy.key_file.take().map(Key::Written),
        _proxy: Some(proxy),
    })
}

fn can_go_directly(cx: &ProvisionContext) -> bool {
    if value(cx, "Host").is_empty() {
        cx.ui.error("Warning: use_proxy is false, but instance does not have an IP address to give to Ansible. Falling back to use localhost proxy.");
        return false;
    }
    if value(cx, "ConnType") != "ssh" {
        cx.ui.error("Warning: use_proxy is false, but communicator is neither ssh nor winrm, so without the proxy ansible will not function. Falling back to localhost proxy.");
        return false;
    }
    true
}

fn direct(settings: &AnsibleSettings, cx: &ProvisionContext) -> Result<Route, AnsibleError> {
    cx.ui.message(
        "Not using Proxy adapter for Ansible run:\n\tUsing ssh keys from Packer communicator...",
    );
    let given = value(cx, "SSHPrivateKeyFile");
    let (text, by_agent) = (value(cx, "SSHPrivateKey"), value(cx, "SSHAgentAuth"));
    let key = if !given.is_empty() {
        Some(Key::Given(given.to_owned()))
    } else if by_agent == "true" || text.is_empty() {
        // Packer writes an empty file where the login is by password: no ssh can use that.
        None
    } else {
        let directory = cx.temporary_directory();
        let file = TemporaryFile::write(directory, "ansible-key", text.as_bytes())
            .map_err(AnsibleError::KeyFile)?;
        Some(Key::Written(file))
    };
    let user = settings.user.clone();
    Ok(Route {
        host: value(cx, "Host").to_owned(),
        port: value(cx, "Port").to_owned(),
        user: user.unwrap_or_else(|| value(cx, "User").to_owned()),
        key,
        _proxy: None,
    })
}

/// Who runs us. The proxy lets in whoever the inventory names: any name would do.
fn local_user(cx: &ProvisionContext) -> String {
    let named = User::from_uid(getuid())
        .ok()
        .flatten()
        .map(|user| user.name);
    let from_environment = || cx.child_environment.get("USER").cloned();
    named
        .or_else(from_environment)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "packer".to_owned())
}

fn value<'a>(cx: &'a ProvisionContext, key: &str) -> &'a str {
    cx.data.get(key).map_or("", String::as_str)
}
