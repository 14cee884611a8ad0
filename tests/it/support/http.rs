//! One HTTP request over a connection of its own, which is all that the lab's control APIs need.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// An answer of the lab.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first header of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body, of an answer that went well.
    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert!(
            self.status < 300,
            "the lab answered {}: {text}",
            self.status
        );
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("the lab answered no JSON: {error}: {text}"))
    }
}

/// Asks the server at `address`.
pub(crate) fn ask(address: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the lab listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    parse(received)
}

fn parse(mut received: Vec<u8>) -> Answer {
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("an answer has a head");
    let body = received.split_off(end + 4);
    let head = String::from_utf8_lossy(&received).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.expect("an answer has a status"),
        head,
        body,
    }
}
