//! Asks a container what is at many paths at once.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;

use super::engine::Engine;
use super::engine_error::EngineError;
use super::engine_types::{Input, Printed};
use super::inside::{PROGRAM, Role};

/// For an answer about all of them.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest line of an answer: five numbers.
const LINE: usize = 128;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    /// With the bits of its type.
    pub(super) mode: u32,
    pub(super) user: u32,
    pub(super) group: u32,
    pub(super) size: u64,
    /// When its content last changed, in seconds since 1970.
    pub(super) time: i64,
}

/// What we put into a container, by its path.
pub(super) type Prepared = BTreeMap<String, Attributes>;

impl Attributes {
    /// Whether it is a directory.
    pub(super) fn is_directory(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }

    /// Bytes of a plain file, and 0 of anything else.
    pub(super) fn bytes(&self) -> u64 {
        match self.mode & libc::S_IFMT {
            libc::S_IFREG => self.size,
            _ => 0,
        }
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            mode: words.next()?.parse().ok()?,
            user: words.next()?.parse().ok()?,
            group: words.next()?.parse().ok()?,
            size: words.next()?.parse().ok()?,
            time: words.next()?.parse().ok()?,
        })
    }
}

/// What is at each of the paths, in their order; `None` where nothing is, or where the answer is none: what runs there may lie.
pub(super) async fn look(
    engine: &Engine,
    container: &str,
    paths: &[&str],
) -> Result<Vec<Option<Attributes>>, EngineError> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let asked = ask(engine, container, paths);
    let answer = tokio::time::timeout(PATIENCE, asked)
        .await
        .map_err(|_| EngineError::Silent(PATIENCE.as_secs()))??;
    let text = String::from_utf8_lossy(&answer);
    let mut lines = text.lines().map(Attributes::read);
    Ok(paths.iter().map(|_| lines.next().flatten()).collect())
}

async fn ask(engine: &Engine, container: &str, paths: &[&str]) -> Result<Vec<u8>, EngineError> {
    let words = [PROGRAM, Role::Look.word()];
    let mut attached = engine.run(container, &words, Input::Ours).await?.attached;
    let mut question = Vec::new();
    for path in paths {
        question.extend_from_slice(path.as_bytes());
        question.push(0);
    }
    question.push(0);
    let asking = async {
        // It may be gone already; then its answer is short.
        let _unread = attached.input.write_all(&question).await;
        let _unread = attached.input.flush().await;
        std::future::pending::<()>().await;
    };
    let most = paths.len() * LINE;
    let mut answer = Vec::new();
    let answering = async {
        while let Some(piece) = attached.output.next().await {
            if let Printed::Stdout(bytes) = piece? {
                answer.extend_from_slice(&bytes);
            }
            if answer.len() > most {
                break;
            }
        }
        Ok::<_, EngineError>(())
    };
    tokio::select! {
        () = asking => {}
        answered = answering => answered?,
    }
    Ok(answer)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_line_is_read_and_anything_else_is_nothing() {
        let read = Attributes::read("33188 0 42 1024 1700000000").unwrap();
        assert_eq!((read.group, read.bytes()), (42, 1024));
        assert!(!read.is_directory());
        for line in ["-", "", "33188 0 42", "33188 0 42 -1 7", "::set-output"] {
            assert_eq!(Attributes::read(line), None, "{line}");
        }
    }
}
