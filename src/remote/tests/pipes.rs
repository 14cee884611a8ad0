//! Commands beside each other, each with an input of its own.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::slow_line::SlowLine;
use super::*;
use crate::remote::{PipeEnd, Piped, Pipes, Terminal};

/// A command whose ends are ours.
struct Held {
    end: PipeEnd,
    input: mpsc::Sender<Vec<u8>>,
    output: mpsc::Receiver<Output>,
}

fn begin(pipes: &Arc<dyn Pipes>, command: &str) -> Held {
    let (input, from) = mpsc::channel(4);
    let (to, output) = mpsc::channel(4);
    let piped = Piped {
        command: command.to_owned(),
        terminal: Terminal::AsSet,
        input: from,
        output: to,
    };
    Held {
        end: Arc::clone(pipes).run(piped),
        input,
        output,
    }
}

/// Gives it `input` in pieces and takes all that it prints.
async fn converse(held: Held, input: Vec<u8>) -> (Vec<u8>, Vec<u8>, Exit) {
    let Held {
        end,
        input: sender,
        mut output,
    } = held;
    let writing = async move {
        for piece in input.chunks(10_000) {
            if sender.send(piece.to_vec()).await.is_err() {
                // The command is over.
                return;
            }
        }
    };
    let reading = async move {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        while let Some(piece) = output.recv().await {
            match piece {
                Output::Stdout(bytes) => out.extend(bytes),
                Output::Stderr(bytes) => err.extend(bytes),
            }
        }
        (out, err)
    };
    let (exit, (), (out, err)) = tokio::join!(end, writing, reading);
    (out, err, exit.unwrap())
}

#[tokio::test]
async fn input_outputs_and_status_travel_and_the_input_has_an_end() {
    let server = Server::start(KeyType::Ed25519);
    let pipes = server.connect().await.pipes();
    let command = "tr a-z A-Z; echo err >&2; exit 3";
    let (out, err, exit) = converse(begin(&pipes, command), b"hello".to_vec()).await;
    assert_eq!((out, err), (b"HELLO".to_vec(), b"err\n".to_vec()));
    assert_eq!(exit, Exit::Status(3));
}

#[tokio::test]
async fn megabytes_go_both_ways_at_once() {
    let server = Server::start(KeyType::Ed25519);
    let pipes = server.connect().await.pipes();
    let bytes: Vec<u8> = (0..8_000_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let (out, _, exit) = converse(begin(&pipes, "cat"), bytes.clone()).await;
    assert!(
        out == bytes,
        "{} of {} bytes came back",
        out.len(),
        bytes.len()
    );
    assert_eq!(exit, Exit::Status(0));
}

#[tokio::test]
async fn commands_run_beside_each_other_and_beside_the_remote_itself() {
    let server = Server::start(KeyType::Ed25519);
    let mut remote = server.connect().await;
    let pipes = remote.pipes();
    let waiting = begin(&pipes, "read line; echo \"first $line\"");
    let (first, ()) = tokio::join!(waiting.end, async {
        let (out, ..) = converse(begin(&pipes, "echo second"), Vec::new()).await;
        assert_eq!(out, b"second\n");
        assert_eq!(run(&mut remote, "echo third").await.0, "third\n");
        waiting.input.send(b"now\n".to_vec()).await.unwrap();
    });
    assert_eq!(first.unwrap(), Exit::Status(0));
}

#[tokio::test]
async fn a_command_that_does_not_read_does_not_hold_up_who_writes() {
    let server = Server::start(KeyType::Ed25519);
    let pipes = server.connect().await.pipes();
    let (out, _, exit) = converse(begin(&pipes, "echo done"), vec![0; 4_000_000]).await;
    assert_eq!((out, exit), (b"done\n".to_vec(), Exit::Status(0)));
}

#[tokio::test]
async fn an_idle_connection_that_was_cut_is_replaced() {
    let server = Server::start(KeyType::Ed25519);
    let pipes = server.connect().await.pipes();
    // The shell's parent serves this connection alone.
    let cut = "(sleep 0.2; kill $PPID) >/dev/null 2>&1 </dev/null & exit 0";
    let _cut = converse(begin(&pipes, cut), Vec::new()).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let (out, ..) = converse(begin(&pipes, "echo again"), Vec::new()).await;
    assert_eq!(out, b"again\n");
}

#[tokio::test]
async fn a_connection_that_goes_while_a_command_runs_is_told_from_a_status() {
    let server = Server::start(KeyType::Ed25519);
    let pipes = server.connect().await.pipes();
    let (_, _, exit) = converse(begin(&pipes, "kill -KILL $PPID; sleep 5"), Vec::new()).await;
    assert_eq!(exit, Exit::Disconnected);
}

#[tokio::test]
async fn a_command_that_leaves_half_a_packet_unread_ends_and_its_connection_can_be_used_again() {
    let server = Server::start(KeyType::Ed25519);
    server.wait_until_it_listens().await;
    let slow = SlowLine::to(server.port);
    let target = Target::new("127.0.0.1", &settings(slow.port));
    let pipes = server.connect_as(&target).await.pipes();
    let command = "head -c 100000 >/dev/null; exit 3";
    let patience = Duration::from_secs(60);
    let held = begin(&pipes, command);
    let ended = tokio::time::timeout(patience, converse(held, vec![0; 5_000_000])).await;
    assert_eq!(ended.expect("the command is over").2, Exit::Status(3));
    let held = begin(&pipes, "echo again");
    let again = tokio::time::timeout(patience, converse(held, Vec::new())).await;
    assert_eq!(again.expect("the connection works").0, b"again\n");
}

#[tokio::test]
async fn a_command_that_closes_its_outputs_still_gets_all_its_input() {
    let server = Server::start(KeyType::Ed25519);
    let pipes = server.connect().await.pipes();
    let command = format!("exec >/dev/null 2>&1; cat > {}", server.text("input"));
    let talk = converse(begin(&pipes, &command), vec![1; 5_000_000]);
    let ended = tokio::time::timeout(Duration::from_secs(60), talk).await;
    assert_eq!(ended.expect("the input has an end").2, Exit::Status(0));
    assert_eq!(fs::metadata(server.path("input")).unwrap().len(), 5_000_000);
}
