//! The machine's timer around a whole build.

use super::bench::Bench;
use crate::remote::fake::{Answer, Asked};
use crate::remote::{Exit, Output};
use crate::stop::Stop;
use crate::timer::Lifetime;

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.lifetime = Lifetime::read("TIMER", None).unwrap();
    bench
}

fn answer(bench: &Bench, words: &str) {
    let line = format!("ami-build-timer: {words}\n").into_bytes();
    let answer = Answer {
        output: vec![Output::Stdout(line)],
        exit: Ok(Exit::Status(0)),
    };
    bench.dial.remote.answer("sh -s", answer);
}

#[tokio::test(start_paused = true)]
async fn the_timer_is_off_the_machine_before_the_connection_ends() {
    let bench = bench();
    answer(&bench, "held unit");
    answer(&bench, "released");
    bench.run(&Stop::never()).await.outcome.unwrap();
    let asked = bench.dial.remote.asked();
    let order = |asked: &Asked| match asked {
        Asked::Pipe(_, input) if input.starts_with(b"order=hold\n") => "hold",
        Asked::Pipe(_, input) if input.starts_with(b"order=release\n") => "release",
        Asked::Run(command) if command == "provision" => "provision",
        Asked::Run(command) if command.contains("authorized_keys") => "clear the keys",
        _ => "other",
    };
    let orders: Vec<_> = asked
        .iter()
        .map(order)
        .filter(|order| *order != "hold")
        .collect();
    let expected = [
        "provision",
        "release",
        "clear the keys",
        "clear the keys",
        "other",
    ];
    assert_eq!(orders, expected);
    assert_eq!(asked.last(), Some(&Asked::HangUp));
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_stays_is_told_where_the_machine_goes_on_running() {
    for (disable_stop, told) in [(false, false), (true, true)] {
        let mut bench = bench();
        bench.settings.launch.disable_stop = disable_stop;
        answer(&bench, "held unit");
        let stop = Stop::never();
        let ledger = bench.ledger();
        let _ended = bench.build(&ledger, &stop).await;
        let said = bench.said.lock().unwrap().clone();
        assert_eq!(said.contains("could not be called off"), told, "{said}");
        let settled = super::bench::settle(ledger, &bench.cloud, &stop).await;
        assert!(!settled.has_leftovers());
    }
}
