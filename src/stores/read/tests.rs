use std::sync::Mutex;

use super::*;
use crate::http::stub::{Reply, Stub};
use crate::secret::Secret;
use crate::stop::{StopHandle, StopReason};

/// A context that writes down what it says.
fn context<'a>(
    environment: &'a Environment,
    stop: &'a Stop,
) -> (StoreContext<'a>, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let paper = Arc::clone(&said);
    let cx = StoreContext {
        environment,
        stop,
        tell: Arc::new(|_| {}),
        hide: Arc::new(|_| {}),
        say: Arc::new(move |text| paper.lock().unwrap().push(text.to_owned())),
    };
    (cx, said)
}

fn key(name: &str) -> Lookup {
    Lookup::ConsulKey(name.to_owned())
}

#[tokio::test]
async fn everything_that_was_missed_is_read_once() {
    let server = Stub::start(|_| Reply {
        status: 200,
        headers: Vec::new(),
        body: r#"[{"Value": "dg=="}]"#.to_owned(),
    })
    .await;
    let environment = Environment::of([("CONSUL_HTTP_ADDR", &server.url)]);
    let stop = Stop::never();
    let (cx, _) = context(&environment, &stop);
    let lookups = Lookups::default();
    for name in ["a", "b", "a"] {
        lookups.answer(&key(name));
    }
    assert_eq!(read_missed(&lookups, &cx).await, Reading::Something);
    assert_eq!(read_missed(&lookups, &cx).await, Reading::Nothing);
    assert_eq!(server.lines().len(), 2);
    assert_eq!(
        lookups.answer(&key("b")),
        Some(Answer::Found(Secret::new("v")))
    );
}

#[tokio::test]
async fn one_that_cannot_be_reached_is_an_answer() {
    let environment = Environment::of([("CONSUL_HTTP_ADDR", "x://y")]);
    let stop = Stop::never();
    let (cx, _) = context(&environment, &stop);
    let lookups = Lookups::default();
    lookups.answer(&key("a"));
    read_missed(&lookups, &cx).await;
    assert_eq!(
        lookups.answer(&key("a")),
        Some(Answer::Failed(
            "error getting consul client: Unknown protocol scheme: x".into()
        ))
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_told_of_and_given_up() {
    let environment = Environment::default();
    let stop = Stop::never();
    let (cx, said) = context(&environment, &stop);
    let answer = watched(&key("a"), &cx, std::future::pending()).await;
    assert_eq!(
        answer,
        Answer::Failed("no answer from Consul's key `a` within 300 s".into())
    );
    assert_eq!(*said.lock().unwrap(), ["Waiting for Consul's key `a`..."]);
}

#[tokio::test]
async fn a_stop_ends_the_waiting_at_once() {
    let environment = Environment::default();
    let (handle, stop) = StopHandle::new();
    handle.request(StopReason::Interrupt);
    let (cx, _) = context(&environment, &stop);
    let answer = watched(&key("a"), &cx, std::future::pending()).await;
    assert_eq!(
        answer,
        Answer::Failed("stopped while waiting for Consul's key `a`".into())
    );
}
