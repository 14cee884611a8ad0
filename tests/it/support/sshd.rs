//! An OpenSSH server on a loopback port, which lets the user of the tests in: a machine without an account behind it.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::lab::wait_until;

/// It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Sshd {
    child: Child,
    directory: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Sshd {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().display();
        for key in ["host", "client"] {
            let made = Command::new("ssh-keygen")
                .args([
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    &format!("{path}/{key}"),
                ])
                .status();
            assert!(made.unwrap().success());
        }
        let port = free_port();
        let settings = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {path}/host\nPidFile none\nAuthorizedKeysFile {path}/client.pub\n\
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n"
        );
        std::fs::write(directory.path().join("settings"), settings).unwrap();
        std::fs::create_dir_all("/run/sshd").unwrap();
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f", &format!("{path}/settings")])
            .stderr(Stdio::null())
            .spawn()
            .expect("OpenSSH's server is installed");
        wait_until("sshd", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self {
            child,
            directory,
            port,
        }
    }

    /// The private key that it lets in.
    pub(crate) fn key(&self) -> PathBuf {
        self.directory.path().join("client")
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
