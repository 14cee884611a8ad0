//! A line that is slow enough for half a packet to wait.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Carries to the port that it is told, in small packets at about 400 kB/s: by Python, since Rust's library sets neither the
/// size of a segment nor that of a buffer. On the loopback interface alone nothing is ever half sent.
const SLOW_LINE: &str = r#"
import socket, sys, threading, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
def carry(source, target, pause):
    count = 0
    while data := source.recv(4096):
        target.sendall(data)
        count += len(data)
        if count > 30000:
            time.sleep(pause)
    target.shutdown(socket.SHUT_WR)
while True:
    here, _ = listener.accept()
    there = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    threading.Thread(target=carry, args=(here, there, 0.01), daemon=True).start()
    threading.Thread(target=carry, args=(there, here, 0), daemon=True).start()
"#;

/// A line that ends with the test.
pub(super) struct SlowLine {
    child: Child,
    pub(super) port: u16,
}

impl SlowLine {
    /// A line to `port`.
    pub(super) fn to(port: u16) -> Self {
        let mut child = Command::new("python3")
            .args(["-c", SLOW_LINE, &port.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Self { child, port }
    }
}

impl Drop for SlowLine {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
