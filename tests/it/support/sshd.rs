//! A machine for the `null` builder: an OpenSSH server of this user's, on a loopback port.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::lab::wait_until;

/// It ends, and its files go, when it is dropped.
#[derive(Debug)]
pub(crate) struct Sshd {
    child: Child,
    directory: tempfile::TempDir,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Sshd {
    /// Starts one that lets the key `user` in its directory in, as `root`.
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["host", "user"] {
            keygen(&["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(directory.path().join(name))
                .status()
                .unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let path = directory.path().display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {path}/host\nPidFile none\nAuthorizedKeysFile {path}/user.pub\n\
             StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             AllowTcpForwarding yes\nSubsystem sftp internal-sftp\n"
        );
        std::fs::write(directory.path().join("config"), config).unwrap();
        std::fs::create_dir_all("/run/sshd").unwrap();
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(directory.path().join("config"))
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
        self.directory.path().join("user")
    }

    /// The path of a file of that name in a directory that goes with the server.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn keygen(arguments: &[&str]) -> Command {
    let mut command = Command::new("ssh-keygen");
    command.args(arguments).stdout(Stdio::null());
    command
}
