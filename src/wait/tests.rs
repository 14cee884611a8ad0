mod lateness;

use std::cell::Cell;

use super::*;
use crate::cloud::Region;
use crate::stop::{StopHandle, StopReason};

fn wait<'a>(patience: Patience, stop: &'a Stop) -> Wait<'a> {
    Wait {
        what: "the image",
        pace: Pace::BRISK,
        patience,
        grace: GRACE,
        stop,
        progress: &|_, _| {},
    }
}

fn refused(refusal: Refusal) -> CloudError {
    CloudError::Refused {
        call: "DescribeImages",
        region: Region::new("eu-west-1"),
        refusal,
        code: format!("{refusal:?}"),
        message: String::new(),
        request_id: String::new(),
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_the_first_yes() {
    let asked = Cell::new(0);
    let stop = Stop::never();
    let wait = wait(Patience::Total(MINUTE), &stop);
    let value = until(&wait, || {
        asked.set(asked.get() + 1);
        let answer = if asked.get() < 3 {
            Polled::PENDING
        } else {
            Polled::Ready("done")
        };
        async { Ok(answer) }
    });
    assert_eq!(value.await.unwrap(), "done");
    assert_eq!(asked.get(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_new_id_that_is_not_found_is_not_there_yet() {
    let stop = Stop::never();
    let begin = Instant::now();
    let wait = wait(Patience::Total(10 * MINUTE), &stop);
    let found = until(&wait, || async {
        if begin.elapsed() < Duration::from_secs(20) {
            Err(refused(Refusal::NotFound))
        } else {
            Ok(Polled::Ready(()))
        }
    });
    assert!(found.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn not_found_is_believed_once_the_grace_is_over() {
    let stop = Stop::never();
    let begin = Instant::now();
    let outcome: Result<(), _> = until(&wait(Patience::Total(10 * MINUTE), &stop), || async {
        Err(refused(Refusal::NotFound))
    })
    .await;
    assert!(matches!(outcome, Err(WaitError::Refused { .. })));
    assert!(begin.elapsed() >= GRACE);
}

#[tokio::test(start_paused = true)]
async fn throttling_makes_the_pauses_longer_and_is_no_answer() {
    let stop = Stop::never();
    let asked = Cell::new(0);
    let outcome: Result<(), _> = until(&wait(Patience::Total(5 * MINUTE), &stop), || {
        asked.set(asked.get() + 1);
        async { Err(refused(Refusal::Throttled)) }
    })
    .await;
    assert!(matches!(
        outcome,
        Err(WaitError::TimedOut { last: Some(_), .. })
    ));
    assert!(
        asked.get() < 30,
        "asked {} times in five minutes",
        asked.get()
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_will_not_pass_ends_the_wait_at_once() {
    let stop = Stop::never();
    let begin = Instant::now();
    let outcome: Result<(), _> = until(&wait(Patience::Total(MINUTE), &stop), || async {
        Err(refused(Refusal::Denied))
    })
    .await;
    assert!(
        matches!(outcome, Err(WaitError::Refused { source, .. }) if source.is(Refusal::Denied))
    );
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_moves_is_never_given_up() {
    let stop = Stop::never();
    let begin = Instant::now();
    let wait = wait(Patience::WithoutProgress(2 * MINUTE), &stop);
    let outcome = until(&wait, || async {
        let minutes = u8::try_from(begin.elapsed().as_secs() / 60).unwrap();
        Ok(if minutes >= 90 {
            Polled::Ready(minutes)
        } else {
            Polled::Pending {
                percent: Some(minutes),
            }
        })
    });
    assert_eq!(outcome.await.unwrap(), 90);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_stands_still_is_given_up() {
    let stop = Stop::never();
    let outcome: Result<(), _> = until(
        &wait(Patience::WithoutProgress(2 * MINUTE), &stop),
        || async { Ok(Polled::Pending { percent: Some(40) }) },
    )
    .await;
    assert!(
        matches!(outcome, Err(WaitError::TimedOut { waited, .. }) if waited >= 2 * MINUTE && waited < 3 * MINUTE)
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_wait_even_while_a_question_hangs() {
    let (handle, stop) = StopHandle::new();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        handle.request(StopReason::Interrupt);
    });
    let outcome: Result<(), _> = until(&wait(Patience::Total(MINUTE), &stop), || {
        std::future::pending()
    })
    .await;
    assert!(matches!(outcome, Err(WaitError::Stopped { .. })));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_snapshot_is_watched_closely() {
    let stop = Stop::never();
    let asked = Cell::new(0);
    let steady = Wait {
        pace: Pace::STEADY,
        ..wait(Patience::Total(MINUTE), &stop)
    };
    let outcome: Result<(), _> = until(&steady, || {
        asked.set(asked.get() + 1);
        async { Ok(Polled::Pending { percent: Some(95) }) }
    })
    .await;
    assert!(outcome.is_err());
    assert!(asked.get() >= 60, "asked {} times in a minute", asked.get());
}

#[tokio::test(start_paused = true)]
async fn the_longest_pause_never_passes_the_deadline() {
    let stop = Stop::never();
    let begin = Instant::now();
    let patience = Patience::Total(Duration::from_millis(5_250));
    let outcome: Result<(), _> =
        until(&wait(patience, &stop), || async { Ok(Polled::PENDING) }).await;
    assert!(matches!(outcome, Err(WaitError::TimedOut { .. })));
    assert!(begin.elapsed() < Duration::from_millis(5_300));
}
