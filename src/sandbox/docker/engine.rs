//! The engine's API: the only file that names its client. Every answer has its time.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use bollard::models::{ContainerSummary, FilesystemChange, ImageInspect};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, ContainerArchiveInfoOptionsBuilder,
    CreateContainerOptionsBuilder, CreateImageOptionsBuilder, DownloadFromContainerOptionsBuilder,
    ListContainersOptionsBuilder, RemoveContainerOptionsBuilder, UploadToContainerOptionsBuilder,
    WaitContainerOptions,
};
use bollard::{API_DEFAULT_VERSION, Docker, body_try_stream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::engine_error::EngineError;
use super::engine_types::{About, Attached, Command, Input, Kind, Planned, Printed};

/// For an answer; creating a container takes an engine under load several seconds.
pub(super) const PATIENCE: u64 = 60;

/// For the first answer of all: whoever asks whether there is an engine does not wait long.
const FIRST_PATIENCE: u64 = 3;

/// For the end of a container: longer than any sandbox lives.
const LIFE: u64 = 7 * 24 * 3600;

/// Of one piece of a command's output.
const PIECE: usize = 64 * 1024;

/// The client. Clones are the same one; each call has a connection of its own.
#[derive(Clone)]
pub(super) struct Engine {
    docker: Docker,
}

impl Engine {
    /// Connects, and agrees on a version.
    pub(super) async fn connect(socket: &Path) -> Result<Self, EngineError> {
        let path = socket.to_string_lossy();
        let docker = Docker::connect_with_unix(&path, PATIENCE, API_DEFAULT_VERSION)?;
        let docker = within(FIRST_PATIENCE, docker.negotiate_version()).await?;
        Ok(Self { docker })
    }

    /// What it is.
    pub(super) async fn about(&self) -> Result<About, EngineError> {
        let version = within(FIRST_PATIENCE, self.docker.version()).await?;
        let components = version.components.unwrap_or_default();
        let is_podman = components.iter().any(|part| part.name.contains("Podman"));
        let product = if is_podman { "Podman" } else { "Docker" };
        Ok(About {
            name: format!("{product} {}", version.version.unwrap_or_default()),
            architecture: version.arch,
        })
    }

    /// An image that the engine has.
    pub(super) async fn image(&self, name: &str) -> Result<Option<ImageInspect>, EngineError> {
        found(within(PATIENCE, self.docker.inspect_image(name)).await)
    }

    /// Fetches an image; each item is a word on how far that is.
    pub(super) fn pull(
        &self,
        name: &str,
    ) -> impl Stream<Item = Result<String, EngineError>> + use<'_> {
        let options = CreateImageOptionsBuilder::new().from_image(name).build();
        let words = self.docker.create_image(Some(options), None, None);
        words
            .map_ok(|info| info.status.unwrap_or_default())
            .map_err(EngineError::from)
    }

    /// Creates a container; returns its id.
    pub(super) async fn create(&self, planned: Planned) -> Result<String, EngineError> {
        let options = CreateContainerOptionsBuilder::new()
            .name(&planned.name)
            .build();
        let created = self.docker.create_container(Some(options), planned.body);
        Ok(within(PATIENCE, created).await?.id)
    }

    /// Attaches to the first process, which may not run yet.
    pub(super) async fn attach(&self, container: &str) -> Result<Attached, EngineError> {
        let options = AttachContainerOptionsBuilder::new()
            .stream(true)
            .stdin(true)
            .stdout(true)
            .stderr(true)
            .build();
        let attached = self.docker.attach_container(container, Some(options));
        let attached = within(PATIENCE, attached).await?;
        Ok(Attached {
            output: printed(attached.output),
            input: attached.input,
        })
    }

    /// Starts a container.
    pub(super) async fn start(&self, container: &str) -> Result<(), EngineError> {
        let options = None::<bollard::query_parameters::StartContainerOptions>;
        within(PATIENCE, self.docker.start_container(container, options)).await
    }

    /// Waits for the end of a container; returns its status.
    pub(super) async fn wait(&self, container: &str) -> Result<i64, EngineError> {
        let patient = self.docker.clone().with_timeout(Duration::from_secs(LIFE));
        let mut ends = Box::pin(patient.wait_container(container, None::<WaitContainerOptions>));
        match ends.next().await {
            Some(Ok(end)) => Ok(end.status_code),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => Ok(code),
            Some(Err(error)) => Err(error.into()),
            None => Err(EngineError::Broken(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Whether the memory limit was met in a container since it started; `None` where it is gone.
    pub(super) async fn is_out_of_memory(&self, id: &str) -> Result<Option<bool>, EngineError> {
        let options = None::<bollard::query_parameters::InspectContainerOptions>;
        let inspected = within(PATIENCE, self.docker.inspect_container(id, options)).await;
        let state = found(inspected)?.and_then(|container| container.state);
        Ok(state.map(|state| state.oom_killed == Some(true)))
    }

    /// When a container last ended, in seconds since 1970; `None` where it is gone or never ran.
    pub(super) async fn ended(&self, id: &str) -> Result<Option<u64>, EngineError> {
        let options = None::<bollard::query_parameters::InspectContainerOptions>;
        let inspected = within(PATIENCE, self.docker.inspect_container(id, options)).await;
        let state = found(inspected)?.and_then(|container| container.state);
        let ended = state
            .and_then(|state| state.finished_at)
            .unwrap_or_default();
        let parsed = OffsetDateTime::parse(&ended, &Rfc3339).ok();
        Ok(parsed.and_then(|ended| u64::try_from(ended.unix_timestamp()).ok()))
    }

    /// Kills a container and removes it with all that belongs to it; one that is gone is fine. 409: it is being removed, or
    /// another one still has its network.
    pub(super) async fn remove(&self, container: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        let removed = self.docker.remove_container(container, Some(options));
        match within(PATIENCE, removed).await {
            Err(EngineError::Refused { status: 404, .. }) => Ok(()),
            other => other,
        }
    }

    /// Kills a container, and leaves it there.
    pub(super) async fn kill(&self, container: &str) -> Result<(), EngineError> {
        let options = None::<bollard::query_parameters::KillContainerOptions>;
        match within(PATIENCE, self.docker.kill_container(container, options)).await {
            Err(error) if error.is_gone() => Ok(()),
            other => other,
        }
    }

    /// All containers with a label, stopped ones too.
    pub(super) async fn labelled(&self, label: &str) -> Result<Vec<ContainerSummary>, EngineError> {
        let filters = HashMap::from([("label", vec![label])]);
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&filters)
            .build();
        within(PATIENCE, self.docker.list_containers(Some(options))).await
    }

    /// Runs a command as root.
    pub(super) async fn run(
        &self,
        container: &str,
        words: &[&str],
        input: Input,
    ) -> Result<Command, EngineError> {
        let options = CreateExecOptions {
            attach_stdin: Some(input == Input::Ours),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            user: Some("0:0".to_owned()),
            cmd: Some(words.iter().map(|word| (*word).to_owned()).collect()),
            ..CreateExecOptions::default()
        };
        let id = within(PATIENCE, self.docker.create_exec(container, options))
            .await?
            .id;
        let start = StartExecOptions {
            output_capacity: Some(PIECE),
            ..StartExecOptions::default()
        };
        match within(PATIENCE, self.docker.start_exec(&id, Some(start))).await? {
            StartExecResults::Attached { output, input } => Ok(Command {
                id,
                attached: Attached {
                    output: printed(output),
                    input,
                },
            }),
            StartExecResults::Detached => Err(odd("a command that is not attached")),
        }
    }

    /// The status of a command; `None` while it runs.
    pub(super) async fn status(&self, command: &str) -> Result<Option<i64>, EngineError> {
        let inspected = within(PATIENCE, self.docker.inspect_exec(command)).await?;
        let ended = inspected.running != Some(true);
        Ok(inspected.exit_code.filter(|_| ended))
    }

    /// Unpacks a tar stream below a directory of a container, as root.
    pub(super) async fn unpack(
        &self,
        container: &str,
        directory: &str,
        archive: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static,
    ) -> Result<(), EngineError> {
        let options = UploadToContainerOptionsBuilder::new()
            .path(directory)
            .build();
        let body = body_try_stream(archive.map_ok(Into::into));
        let unpacked = self
            .docker
            .upload_to_container(container, Some(options), body);
        within(PATIENCE, unpacked).await
    }

    /// The tar stream of what is at a path of a container, whole; `None` where nothing is, or more than `most` bytes.
    pub(super) async fn pack(
        &self,
        container: &str,
        path: &str,
        most: usize,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let options = DownloadFromContainerOptionsBuilder::new()
            .path(path)
            .build();
        let mut pieces = Box::pin(
            self.docker
                .download_from_container(container, Some(options)),
        );
        let mut whole = Vec::new();
        while let Some(piece) = within(PATIENCE, async { Ok(pieces.next().await) }).await? {
            let Some(piece) = found(piece.map_err(EngineError::from))? else {
                return Ok(None);
            };
            if whole.len() + piece.len() > most {
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole))
    }

    /// What is at a path of a container.
    pub(super) async fn kind(&self, container: &str, path: &str) -> Result<Kind, EngineError> {
        let options = ContainerArchiveInfoOptionsBuilder::new().path(path).build();
        let info = self
            .docker
            .get_container_archive_info(container, Some(options));
        let Some(info) = found(within(PATIENCE, info).await)? else {
            return Ok(Kind::Nothing);
        };
        // The bits of Go's os.FileMode.
        Ok(match info.file_mode {
            mode if mode & (1 << 31) != 0 => Kind::Directory,
            mode if mode & (1 << 27) != 0 => Kind::Link,
            _ => Kind::File,
        })
    }

    /// Paths that are not as in the image.
    pub(super) async fn changes(&self, id: &str) -> Result<Vec<FilesystemChange>, EngineError> {
        let changes = within(PATIENCE, self.docker.container_changes(id)).await?;
        Ok(changes.unwrap_or_default())
    }
}

async fn within<T>(
    seconds: u64,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, EngineError> {
    // The client's own calls are large.
    match tokio::time::timeout(Duration::from_secs(seconds), Box::pin(answer)).await {
        Ok(answer) => answer.map_err(EngineError::from),
        Err(_) => Err(EngineError::Silent(seconds)),
    }
}

fn found<T>(answer: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(EngineError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn printed(
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>,
) -> Pin<Box<dyn Stream<Item = Result<Printed, EngineError>> + Send>> {
    let pieces = output.map_ok(|piece| match piece {
        LogOutput::StdErr { message } => Printed::Stderr(message.to_vec()),
        other => Printed::Stdout(other.into_bytes().to_vec()),
    });
    Box::pin(pieces.map_err(EngineError::from))
}

fn odd(words: &str) -> EngineError {
    EngineError::Odd(io::Error::other(words.to_owned()))
}
