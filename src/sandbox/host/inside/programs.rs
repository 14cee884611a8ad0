//! Programs of the sandbox that this side asks something: by now they may be anything, so they run as a provisioner's do.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::Arc;

use super::children::Children;
use super::login::Login;
use super::session;

/// The longest answer that is taken: a list of packages has a hundredth of it.
const LONGEST: u64 = 64 << 20;

/// The way to them.
#[derive(Clone)]
pub(super) struct Programs {
    children: Arc<Children>,
    root: Arc<Login>,
}

impl Programs {
    /// Programs run as root, with no more rights than a session of `login` may get.
    pub(super) fn new(children: Arc<Children>, login: &Login) -> Self {
        let root = Login {
            name: "root".to_owned(),
            user: 0,
            group: 0,
            groups: Vec::new(),
            home: "/root".into(),
            shell: "/bin/sh".into(),
            ..login.clone()
        };
        Self {
            children,
            root: Arc::new(root),
        }
    }

    /// What a command prints. What it complains is not heard.
    pub(super) fn printed(&self, command: &str) -> io::Result<Vec<u8>> {
        let (output, printed) = io::pipe()?;
        let (_end, told) = UnixStream::pair()?;
        let mut session = session::of(&self.root, command)?;
        session
            .stdin(Stdio::null())
            .stdout(OwnedFd::from(printed))
            .stderr(Stdio::null());
        // Whoever waits for processes waits for this one too.
        self.children.start(session, told);
        let mut bytes = Vec::new();
        File::from(OwnedFd::from(output))
            .take(LONGEST)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
