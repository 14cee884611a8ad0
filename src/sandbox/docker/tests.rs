//! The sandbox with a real engine, and the client with one that answers oddly.
//!
//! `AMI_BUILD_TEST_DOCKER` names the socket of an engine that has the images of `tests/sandbox/engine.sh`; `./test` sets it.
//! Where no engine can be started it is `none`, which every test says.

mod cleanup;
mod commands;
mod confinement;
mod odd_engine;
mod power;
mod transfers;
mod what_changed;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::remote::{Exit, Output, Remote as _};
use crate::sandbox::{Limits, Network, Order, SourceHint};
use crate::stop::Stop;

use super::{DockerRemote, DockerSandbox, DockerTerms, EngineHints};

/// Debian without sudo, as Docker's own images are, and one with sudo and systemd.
const PLAIN: &str = "ami-build-test:bookworm";
const FULL: &str = "ami-build-test:bookworm-systemd";

/// What whoever runs the tests set.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests are no part of the program"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The socket; `None` where there is no engine, and then the test is not run and says so.
fn socket() -> Option<PathBuf> {
    match setting("AMI_BUILD_TEST_DOCKER").as_deref() {
        Some("none") | None => {
            eprintln!(
                "NOT RUN: no engine of Docker's (AMI_BUILD_TEST_DOCKER); `./test` starts one where it can"
            );
            None
        }
        Some(socket) => Some(PathBuf::from(socket)),
    }
}

fn hints(socket: &Path) -> EngineHints {
    EngineHints {
        docker_host: Some(format!("unix://{}", socket.display())),
        ..EngineHints::default()
    }
}

/// For the program that was built beside the tests, which are no such program.
fn terms(socket: &Path, image: &str) -> DockerTerms {
    let test = std::env::current_exe().unwrap();
    let beside = test.parent().unwrap().parent().unwrap().join("ami-build");
    let program = setting("AMI_BUILD_TEST_PROGRAM").map_or(beside, PathBuf::from);
    assert!(program.exists(), "build {} first", program.display());
    DockerTerms::new(Some(image.to_owned()), hints(socket)).with_program(&program)
}

fn order() -> Order {
    Order {
        user: "ubuntu".into(),
        network: Network::AsHost,
        limits: Limits {
            time: Duration::from_secs(300),
            memory: 512 << 20,
            processes: 256,
        },
        source: SourceHint::default(),
    }
}

async fn open(image: &str) -> Option<DockerSandbox> {
    open_as(image, &order()).await
}

async fn open_as(image: &str, order: &Order) -> Option<DockerSandbox> {
    let terms = terms(&socket()?, image);
    let opened = DockerSandbox::open(order, &terms, &|_| {}, &Stop::never()).await;
    Some(opened.unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error))))
}

/// What a command printed, both outputs, and how it ended.
async fn run(remote: &mut DockerRemote, command: &str) -> (String, Exit) {
    let mut bytes = Vec::new();
    let mut sink = |output| match output {
        Output::Stdout(piece) | Output::Stderr(piece) => bytes.extend(piece),
    };
    let exit = remote.run(command, &mut sink).await;
    let exit = exit.unwrap_or_else(|error| panic!("{command}: {error}"));
    (String::from_utf8_lossy(&bytes).trim().to_owned(), exit)
}

/// The same, and it has to end well.
async fn said(remote: &mut DockerRemote, command: &str) -> String {
    let (words, exit) = run(remote, command).await;
    assert_eq!(exit, Exit::Status(0), "{command}: {words}");
    words
}
