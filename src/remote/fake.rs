//! A scripted machine for tests: it writes down what it was asked and answers by rules.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::dial::AttemptSink;
use super::{
    ConnectError, Dial, DirectoryPart, Exit, KeyError, KeyPair, Meter, Output, OutputSink, PipeEnd,
    Piped, Pipes, Remote, RemoteError, ResolvedLogin, Target, Upload,
};
use crate::plan::communicator::KeyType;
use crate::secret::Secret;
use crate::stop::Stop;

/// What the machine was asked, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Run(String),
    /// A command beside others, with all its input.
    Pipe(String, Vec<u8>),
    Upload(String, Vec<u8>),
    UploadDirectory(String, DirectoryPart),
    Download(String),
    DownloadDirectory(String),
    HangUp,
}

/// One answer to a command.
pub(crate) struct Answer {
    pub(crate) output: Vec<Output>,
    pub(crate) exit: Result<Exit, RemoteError>,
}

/// The machine. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct FakeRemote {
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Mutex<VecDeque<(String, Answer)>>>,
    broken_uploads: Arc<Mutex<u32>>,
}

impl FakeRemote {
    /// The next command that contains `part` gets `answer`; others end with 0.
    pub(crate) fn answer(&self, part: &str, answer: Answer) {
        self.answers
            .lock()
            .unwrap()
            .push_back((part.to_owned(), answer));
    }

    /// The next command that contains `part` ends with `status`.
    pub(crate) fn status(&self, part: &str, status: i32) {
        self.answer(
            part,
            Answer {
                output: Vec::new(),
                exit: Ok(Exit::Status(status)),
            },
        );
    }

    /// The next `count` uploads find the connection broken.
    pub(crate) fn break_uploads(&self, count: u32) {
        *self.broken_uploads.lock().unwrap() = count;
    }

    /// All that was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The commands alone.
    pub(crate) fn commands(&self) -> Vec<String> {
        let commands = self.asked().into_iter().filter_map(|asked| match asked {
            Asked::Run(command) => Some(command),
            _ => None,
        });
        commands.collect()
    }

    fn answer_to(&self, command: &str) -> Option<Answer> {
        let mut answers = self.answers.lock().unwrap();
        let position = answers
            .iter()
            .position(|(part, _)| command.contains(part.as_str()))?;
        answers.remove(position).map(|(_, answer)| answer)
    }

    fn note(&self, asked: Asked) {
        self.asked.lock().unwrap().push(asked);
    }
}

impl Remote for FakeRemote {
    async fn run(&mut self, command: &str, output: OutputSink<'_>) -> Result<Exit, RemoteError> {
        self.note(Asked::Run(command.to_owned()));
        let Some(answer) = self.answer_to(command) else {
            return Ok(Exit::Status(0));
        };
        answer.output.into_iter().for_each(output);
        answer.exit
    }

    async fn upload(&mut self, upload: &Upload, destination: &str) -> Result<(), RemoteError> {
        let bytes = match upload {
            Upload::Bytes(bytes, _) => bytes.clone(),
            Upload::File(path) => {
                std::fs::read(path).map_err(|error| RemoteError::local(path, error))?
            }
        };
        self.note(Asked::Upload(destination.to_owned(), bytes));
        let mut broken = self.broken_uploads.lock().unwrap();
        if *broken > 0 {
            *broken -= 1;
            return Err(RemoteError::Disconnected {
                doing: "uploading".into(),
                source: None,
            });
        }
        Ok(())
    }

    async fn upload_directory(
        &mut self,
        _source: &Path,
        destination: &str,
        part: DirectoryPart,
    ) -> Result<(), RemoteError> {
        self.note(Asked::UploadDirectory(destination.to_owned(), part));
        Ok(())
    }

    async fn download(&mut self, source: &str, destination: &Path) -> Result<(), RemoteError> {
        self.note(Asked::Download(source.to_owned()));
        std::fs::write(destination, b"fetched")
            .map_err(|error| RemoteError::local(destination, error))
    }

    async fn download_directory(
        &mut self,
        source: &str,
        _destination: &Path,
    ) -> Result<(), RemoteError> {
        self.note(Asked::DownloadDirectory(source.to_owned()));
        Ok(())
    }

    fn meter(&self) -> Meter {
        Meter::default()
    }

    fn pipes(&self) -> Arc<dyn Pipes> {
        Arc::new(self.clone())
    }

    async fn hang_up(&mut self) {
        self.note(Asked::HangUp);
    }
}

impl Pipes for FakeRemote {
    fn run(self: Arc<Self>, mut piped: Piped) -> PipeEnd {
        Box::pin(async move {
            let mut input = Vec::new();
            while let Some(bytes) = piped.input.recv().await {
                input.extend(bytes);
            }
            let answer = self.answer_to(&piped.command);
            self.note(Asked::Pipe(piped.command, input));
            let Some(answer) = answer else {
                return Ok(Exit::Status(0));
            };
            for piece in answer.output {
                drop(piped.output.send(piece).await);
            }
            answer.exit
        })
    }
}

/// Opens the same [`FakeRemote`] every time.
#[derive(Clone, Default)]
pub(crate) struct FakeDialer {
    /// The machine.
    pub(crate) remote: FakeRemote,
}

impl Dial for FakeDialer {
    type Remote = FakeRemote;

    async fn dial(
        &self,
        _: &Target,
        _: &ResolvedLogin,
        stop: &Stop,
        _: AttemptSink<'_>,
    ) -> Result<FakeRemote, ConnectError> {
        if stop.requested().is_some() {
            Err(ConnectError::Stopped)
        } else {
            Ok(self.remote.clone())
        }
    }

    /// Always the same one, which nothing logs in with.
    async fn make_key(&self, _: KeyType) -> Result<KeyPair, KeyError> {
        Ok(KeyPair {
            public_key: "ssh-ed25519 AAAA".to_owned(),
            private_key: Secret::new("a private key"),
        })
    }
}
