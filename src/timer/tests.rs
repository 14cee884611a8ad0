//! The task against a scripted machine, in virtual time.

use std::sync::Arc;
use std::time::Duration;

use super::{Lifetime, Released, Timer, Way};
use crate::remote::fake::{Answer, Asked, FakeRemote};
use crate::remote::{Exit, Output, RemoteError, Terminal};
use crate::report::console::tests::console;
use crate::report::console::{Form, Reader};
use crate::report::ui::{Grouping, Ui};

const MINUTE: Duration = Duration::from_secs(60);

/// A machine whose timer is set to half an hour.
struct Bench {
    machine: FakeRemote,
    timer: Timer,
    said: Box<dyn Fn() -> String>,
}

fn bench(machine: FakeRemote) -> Bench {
    let (console, captured) = console(Form::Human, Reader::Plain);
    let ui = Ui::new(console, "amazon-ebs", 0, Grouping::BySteps);
    let lifetime = Lifetime::read("TIMER", None).unwrap();
    let timer = Timer::new(lifetime);
    let way = Way {
        pipes: Arc::new(machine.clone()),
        pty: Terminal::Never,
    };
    timer.start(way, &ui);
    Bench {
        machine,
        timer,
        said: Box::new(move || captured.text()),
    }
}

impl Bench {
    /// The first line of each order, in order.
    fn orders(&self) -> Vec<String> {
        let orders = self.machine.asked().into_iter().map(|asked| match asked {
            Asked::Pipe(_, input) => String::from_utf8(input).unwrap(),
            other => panic!("{other:?}"),
        });
        let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
        orders.map(first).collect()
    }
}

fn answers(machine: &FakeRemote, words: &str, count: usize) {
    for _ in 0..count {
        let line = format!("ami-build-timer: {words}\n").into_bytes();
        machine.answer(
            "sh -s",
            Answer {
                output: vec![Output::Stdout(line)],
                exit: Ok(Exit::Status(0)),
            },
        );
    }
}

fn silence(machine: &FakeRemote, count: usize) {
    for _ in 0..count {
        let broken = RemoteError::Disconnected {
            doing: "running a command".to_owned(),
            source: None,
        };
        machine.answer(
            "sh -s",
            Answer {
                output: Vec::new(),
                exit: Err(broken),
            },
        );
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_every_two_minutes_and_released_once() {
    let machine = FakeRemote::default();
    answers(&machine, "held unit", 1);
    answers(&machine, "renewed", 5);
    answers(&machine, "released", 1);
    let bench = bench(machine);
    tokio::time::sleep(MINUTE * 11).await;
    assert_eq!(bench.timer.release().await, Released::Yes);
    assert_eq!(bench.timer.release().await, Released::Yes);
    let mut expected = vec!["order=hold"; 6];
    expected.push("order=release");
    assert_eq!(bench.orders(), expected);
    assert_eq!((bench.said)(), "");
}

#[tokio::test(start_paused = true)]
async fn renewals_that_fail_are_told_long_before_the_machine_ends_and_so_is_their_end() {
    let machine = FakeRemote::default();
    answers(&machine, "held process", 1);
    silence(&machine, 34);
    answers(&machine, "renewed", 1);
    let bench = bench(machine);
    tokio::time::sleep(MINUTE * 14).await;
    assert_eq!((bench.said)(), "", "it is too early to worry anybody");
    tokio::time::sleep(MINUTE * 6).await;
    let said = (bench.said)();
    let told = "the machine's timer could not be renewed for 15m00s (the machine cannot be reached: the connection broke while running a command). Unless it can be, the machine ends itself in 15m00s.";
    assert_eq!(said.matches("Warning").count(), 1, "{said}");
    assert!(said.contains(told), "{said}");
    assert!(
        said.contains("The machine's timer is renewed again."),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_machine_without_root_is_told_once_and_left_alone() {
    let machine = FakeRemote::default();
    answers(&machine, "none root", 1);
    let bench = bench(machine);
    tokio::time::sleep(MINUTE * 60).await;
    assert_eq!(bench.timer.release().await, Released::Yes);
    assert_eq!(bench.orders(), ["order=hold"]);
    let said = (bench.said)();
    let told = "The machine has no timer of its own: its user is not root, and sudo wants a password or is not there. Should this program be killed for good, only a sweep ends the machine.";
    assert!(said.contains(told), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_shell_that_does_not_understand_is_asked_three_times() {
    let bench = bench(FakeRemote::default());
    tokio::time::sleep(MINUTE * 60).await;
    assert_eq!(bench.orders().len(), 3);
    assert!((bench.said)().contains("does not understand"));
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_is_dropped_is_neither_renewed_nor_released() {
    let machine = FakeRemote::default();
    answers(&machine, "held unit", 1);
    let Bench { machine, timer, .. } = bench(machine);
    tokio::time::sleep(MINUTE).await;
    drop(timer);
    tokio::time::sleep(MINUTE * 60).await;
    assert_eq!(machine.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_does_not_answer_the_release_is_not_waited_for_long() {
    let machine = FakeRemote::default();
    answers(&machine, "held unit", 1);
    silence(&machine, 100);
    let bench = bench(machine);
    tokio::time::sleep(MINUTE).await;
    let begin = tokio::time::Instant::now();
    assert_eq!(bench.timer.release().await, Released::Unknown);
    assert!(begin.elapsed() <= Duration::from_secs(20));
}
