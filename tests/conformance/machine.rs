//! A machine with sshd, which writes down what it is asked to run. It is this machine: the tests run as root, as CI does.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::sandbox::Sandbox;

/// It is stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Machine {
    directory: PathBuf,
    pub(crate) port: u16,
    server: Child,
}

impl Machine {
    /// Starts one, with its keys and its log in the sandbox.
    pub(crate) fn start(sandbox: &Sandbox) -> Self {
        let directory = sandbox.path("ssh");
        for key in ["host", "client"] {
            make_key(&directory.join(key));
        }
        let script = directory.join("log.sh");
        std::fs::write(&script, log_script(&directory)).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir_all("/run/sshd").expect("sshd's own directory: run as root");
        let port = free_port();
        std::fs::write(directory.join("config"), config(&directory, port)).unwrap();
        let server = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(directory.join("config"))
            .stderr(std::fs::File::create(directory.join("sshd.log")).unwrap())
            .stdin(Stdio::null())
            .spawn()
            .expect("sshd starts: run ./test");
        let machine = Self {
            directory,
            port,
            server,
        };
        machine.wait_until_ready();
        machine
    }

    /// The key that opens it.
    pub(crate) fn key(&self) -> PathBuf {
        self.directory.join("client")
    }

    /// The commands that it was asked to run, without those that move files: how files travel is not judged.
    pub(crate) fn asked(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.directory.join("commands")).unwrap_or_default();
        let lines = log
            .lines()
            .filter(|line| !line.is_empty() && !moves_a_file(line));
        lines.map(str::to_owned).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "a test has no stop signal")]
    fn wait_until_ready(&self) {
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = self.directory.join("sshd.log");
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "sshd does not start: {}",
                std::fs::read_to_string(log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn make_key(path: &Path) {
    let status = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .expect("ssh-keygen starts: run ./test");
    assert!(status.success(), "ssh-keygen: {status}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn log_script(directory: &Path) -> String {
    format!(
        "#!/bin/sh\nprintf '%s\\n' \"$SSH_ORIGINAL_COMMAND\" >> {}\nexec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n",
        directory.join("commands").display()
    )
}

fn config(directory: &Path, port: u16) -> String {
    let directory = directory.display();
    format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {directory}/host\nPidFile none\n\
         AuthorizedKeysFile {directory}/client.pub\nPermitRootLogin prohibit-password\nStrictModes no\nUsePAM no\n\
         ForceCommand {directory}/log.sh\nSubsystem sftp internal-sftp\n"
    )
}

fn moves_a_file(command: &str) -> bool {
    const STARTS: [&str; 7] = [
        "scp ",
        "/usr/bin/scp ",
        "sftp-server",
        "internal-sftp",
        "cat >",
        "tar ",
        "sh -c 'cat >",
    ];
    STARTS.iter().any(|start| command.starts_with(start))
}
