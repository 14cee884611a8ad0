//! The SSH server that ansible logs in to. The only file that names `russh`.
//!
//! It passes commands on to the machine as they are, `scp` included, and runs `sftp_command` for the SFTP subsystem. As with
//! Packer's adapter, a terminal and variables that the client asks for are granted and mean nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::{PublicKey, decode_secret_key};
use russh::server::{Auth, Config, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Disconnect};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::AnsibleError;
use super::pass::{Client, Pass};
use crate::remote::{Exit, Output, Piped, RemoteError, Terminal};
use crate::report::ui::Ui;
use crate::secret::Secret;

/// Pieces on their way in each direction; whoever sends waits after that.
const QUEUE: usize = 64;

/// The number of standard error among a channel's extended data (RFC 4254, section 5.2).
const STDERR: u32 = 1;

/// What ssh itself ends with where the connection is at fault; ansible calls such a host unreachable.
const UNREACHABLE: u32 = 255;

/// The server.
pub(super) struct Server {
    config: Arc<Config>,
    guest: Guest,
}

/// What one connection may do; it becomes the handler of that connection.
struct Guest {
    key: PublicKey,
    pass: Pass,
    /// Ends when the proxy is dropped.
    closing: watch::Receiver<()>,
    /// Sessions that were opened and not yet told what to run.
    waiting: HashMap<ChannelId, Channel<Msg>>,
}

impl Server {
    /// A server with `host_key` that lets `client` in, until `closing` ends.
    pub(super) fn new(
        host_key: &Secret,
        client: &Client,
        pass: Pass,
        closing: watch::Receiver<()>,
    ) -> Result<Self, AnsibleError> {
        let host_key = decode_secret_key(host_key.expose(), None)
            .map_err(|error| AnsibleError::HostKey(error.to_string()))?;
        let key = match client {
            Client::Private(key) => decode_secret_key(key.expose(), None)
                .map(|key| key.public_key().clone())
                .map_err(|error| AnsibleError::MakeKey(error.to_string()))?,
            Client::Public(text) => PublicKey::from_openssh(text)
                .map_err(|error| AnsibleError::AuthorizedKey(error.to_string()))?,
        };
        let config = Config {
            keys: vec![host_key],
            // A task may be silent for hours.
            inactivity_timeout: None,
            auth_rejection_time: Duration::from_millis(100),
            nodelay: true,
            ..Config::default()
        };
        let guest = Guest {
            key,
            pass,
            closing,
            waiting: HashMap::new(),
        };
        Ok(Self {
            config: Arc::new(config),
            guest,
        })
    }

    /// Takes connections until the proxy is dropped.
    pub(super) async fn serve(self, listener: TcpListener) {
        let mut closing = self.guest.closing.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = closing.changed() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let guest = self.guest.anew();
                    tokio::spawn(receive(Arc::clone(&self.config), stream, guest));
                }
                Err(error) => {
                    log::debug!("the SSH proxy cannot take a connection: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

/// One connection to its end.
async fn receive(config: Arc<Config>, stream: TcpStream, guest: Guest) {
    let mut closing = guest.closing.clone();
    let _late_answers_are_slow_only = stream.set_nodelay(true);
    let running = tokio::select! {
        running = russh::server::run_stream(config, stream, guest) => running,
        _ = closing.changed() => return,
    };
    let mut running = match running {
        Ok(running) => running,
        Err(error) => return log::debug!("SSH proxy: failed to handshake: {error}"),
    };
    let handle = running.handle();
    tokio::select! {
        ended = &mut running => {
            if let Err(error) = ended {
                log::debug!("SSH proxy: a connection ended: {error}");
            }
        }
        _ = closing.changed() => {
            let goodbye = ("the build goes on".to_owned(), String::new());
            let _already_gone = handle
                .disconnect(Disconnect::ByApplication, goodbye.0, goodbye.1)
                .await;
        }
    }
}

impl Guest {
    fn anew(&self) -> Self {
        Self {
            key: self.key.clone(),
            pass: self.pass.clone(),
            closing: self.closing.clone(),
            waiting: HashMap::new(),
        }
    }

    fn knows(&self, user: &str, key: &PublicKey) -> Auth {
        if user == self.pass.user && key.key_data() == self.key.key_data() {
            Auth::Accept
        } else {
            log::debug!("SSH proxy: refused a key of `{user}`");
            Auth::reject()
        }
    }

    /// Runs `command` on the machine with the channel as its input and outputs.
    fn begin(&mut self, id: ChannelId, command: String, terminal: Terminal) -> bool {
        let Some(channel) = self.waiting.remove(&id) else {
            return false;
        };
        let (pass, mut closing) = (self.pass.clone(), self.closing.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = carry(channel, command, terminal, &pass) => {}
                // Dropping the work cuts the command's connection.
                _ = closing.changed() => {}
            }
        });
        true
    }
}

async fn carry(channel: Channel<Msg>, command: String, terminal: Terminal, pass: &Pass) {
    log::debug!("SSH proxy: runs {command}");
    let (from_client, to_client) = channel.split();
    let (input_sender, input) = mpsc::channel(QUEUE);
    let (output, output_receiver) = mpsc::channel(QUEUE);
    let piped = Piped {
        command,
        terminal,
        input,
        output,
    };
    let both = async {
        let running = Arc::clone(&pass.pipes).run(piped);
        let (exit, ()) = tokio::join!(running, print(output_receiver, &to_client));
        exit
    };
    let exit = tokio::select! {
        exit = both => exit,
        // The client went before the command was over.
        () = listen(from_client, input_sender) => return,
    };
    let status = tell(exit, &to_client, &pass.ui).await;
    let _client_may_be_gone = to_client.exit_status(status).await;
    let _client_may_be_gone = to_client.eof().await;
    let _client_may_be_gone = to_client.close().await;
}

/// Passes on what the client writes; returns when the client closes the channel.
async fn listen(mut from: ChannelReadHalf, input: mpsc::Sender<Vec<u8>>) {
    let mut input = Some(input);
    while let Some(message) = from.wait().await {
        match message {
            ChannelMsg::Data { data } => {
                if let Some(input) = &input {
                    let _command_may_be_over = input.send(data.to_vec()).await;
                }
            }
            ChannelMsg::Eof => input = None,
            ChannelMsg::Close => return,
            _ => {}
        }
    }
}

/// Passes on what the command prints.
async fn print(mut output: mpsc::Receiver<Output>, to: &ChannelWriteHalf<Msg>) {
    while let Some(piece) = output.recv().await {
        let sent = match piece {
            Output::Stdout(bytes) => to.data_bytes(bytes).await,
            Output::Stderr(bytes) => to.extended_data_bytes(STDERR, bytes).await,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// The exit status for the client, which is told in words what no status says.
async fn tell(exit: Result<Exit, RemoteError>, to: &ChannelWriteHalf<Msg>, ui: &Ui) -> u32 {
    let why = match exit {
        // Negative ones do not exist in SSH.
        Ok(Exit::Status(status)) => return status.unsigned_abs(),
        Ok(Exit::Disconnected) => "the connection to the machine went".to_owned(),
        Err(error) => {
            let text = crate::error::on_one_line(&error);
            ui.error(&text);
            text
        }
    };
    let _client_may_be_gone = to
        .extended_data_bytes(STDERR, format!("{why}\r\n").into_bytes())
        .await;
    UNREACHABLE
}

impl Handler for Guest {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(self.knows(user, offer.public_key))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(self.knows(user, key.public_key))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: russh::server::ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.waiting.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let command = String::from_utf8_lossy(data).into_owned();
        // Answered first: the command's output must not overtake the answer.
        if self.waiting.contains_key(&channel) && !command.is_empty() {
            session.channel_success(channel)?;
            self.begin(channel, command, Terminal::AsSet);
            Ok(())
        } else {
            session.channel_failure(channel)
        }
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        if self.waiting.contains_key(&channel) && name == "sftp" {
            session.channel_success(channel)?;
            self.begin(channel, self.pass.sftp_command.clone(), Terminal::Never);
            return Ok(());
        }
        self.pass
            .ui
            .error(&format!("unsupported subsystem requested: {name}"));
        session.channel_failure(channel)
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_failure(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        _value: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_success(channel)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _terminal: &str,
        _columns: u32,
        _rows: u32,
        _width: u32,
        _height: u32,
        _modes: &[(russh::Pty, u32)],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_success(channel)
    }
}
