//! The proxy: keys, a port on the loopback interface, and the server behind it.

use std::fs;
use std::io;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::pass::{Client, Pass};
use super::ssh_server::Server;
use super::{AnsibleError, keys};
use crate::plan::provision::AnsibleProxySettings;
use crate::provision::ProvisionContext;
use crate::provision::temporary_file::TemporaryFile;
use crate::secret::Secret;

/// Ports that are tried from `local_port` on.
const PORTS: u16 = 10;

/// A proxy that serves. It ends, with all that runs through it, when this is dropped.
pub(super) struct Proxy {
    /// Where it listens.
    pub(super) port: u16,
    /// The private key that may log in; `None` where the user has it.
    pub(super) key_file: Option<TemporaryFile>,
    _open: watch::Sender<()>,
}

/// Starts it.
pub(super) async fn start(
    settings: &AnsibleProxySettings,
    pass: Pass,
    cx: &ProvisionContext,
) -> Result<Proxy, AnsibleError> {
    cx.ui.message("Setting up proxy adapter for Ansible....");
    let host_key = match &settings.host_key_file {
        Some(path) => Secret::new(
            fs::read_to_string(cx.local_path(path))
                .map_err(|error| AnsibleError::HostKey(error.to_string()))?,
        ),
        None => keys::make(settings.key_type)?,
    };
    let (client, key_file) = client(settings, cx)?;
    let (open, closing) = watch::channel(());
    let server = Server::new(&host_key, &client, pass, closing)?;
    let listener = listen(settings.local_port, cx).await?;
    let port = listener
        .local_addr()
        .map_err(|_| AnsibleError::NoPort)?
        .port();
    log::debug!("the SSH proxy listens on 127.0.0.1:{port}");
    tokio::spawn(server.serve(listener));
    Ok(Proxy {
        port,
        key_file,
        _open: open,
    })
}

fn client(
    settings: &AnsibleProxySettings,
    cx: &ProvisionContext,
) -> Result<(Client, Option<TemporaryFile>), AnsibleError> {
    if let Some(path) = &settings.authorized_key_file {
        let failed = |why: String| AnsibleError::AuthorizedKey(format!("{path}: {why}"));
        let text =
            fs::read_to_string(cx.local_path(path)).map_err(|error| failed(error.to_string()))?;
        let key = keys::authorized(&text).ok_or_else(|| failed("no key in it".to_owned()))?;
        return Ok((Client::Public(key), None));
    }
    let key = keys::make(settings.key_type)?;
    let directory = cx.temporary_directory();
    let file = TemporaryFile::write(directory, "ansible-key", key.expose().as_bytes())
        .map_err(AnsibleError::KeyFile)?;
    Ok((Client::Private(key), Some(file)))
}

/// The first free port; the system's choice for 0.
async fn listen(first: u16, cx: &ProvisionContext) -> Result<TcpListener, AnsibleError> {
    let tries = if first == 0 { 1 } else { PORTS };
    for port in (first..=u16::MAX).take(usize::from(tries)) {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => cx.ui.say(&in_gos_words(port, &error)),
        }
    }
    Err(AnsibleError::NoPort)
}

fn in_gos_words(port: u16, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => "address already in use".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    format!("listen tcp 127.0.0.1:{port}: bind: {why}")
}
