//! How late a change is noticed: the time between it and the end of the wait, for changes at many moments.

use super::*;

/// EC2's answer takes a while, too.
const ANSWER: Duration = Duration::from_millis(80);
const HALF: Duration = Duration::from_millis(500);
const TWO: Duration = Duration::from_secs(2);

/// How a thing tells its progress after a share of its time.
type Shown = fn(f64) -> Option<u8>;

/// Waits for a change after `takes`; the lateness and the number of questions.
async fn one(pace: Pace, takes: Duration, shown: Shown) -> (Duration, u32) {
    let (stop, begin, asked) = (Stop::never(), Instant::now(), Cell::new(0));
    let wait = Wait {
        pace,
        ..wait(Patience::WithoutProgress(60 * MINUTE), &stop)
    };
    let done = until(&wait, || {
        asked.set(asked.get() + 1);
        async {
            tokio::time::sleep(ANSWER / 2).await;
            let share = begin.elapsed().as_secs_f64() / takes.as_secs_f64();
            tokio::time::sleep(ANSWER / 2).await;
            Ok(if share >= 1.0 {
                Polled::Ready(())
            } else {
                Polled::Pending {
                    percent: shown(share),
                }
            })
        }
    });
    done.await.unwrap();
    (begin.elapsed() - takes, asked.get())
}

/// Median and worst lateness of changes spread over a range of seconds.
async fn spread(pace: Pace, (from, until): (f64, f64), shown: Shown) -> (Duration, Duration) {
    let mut late = Vec::new();
    for step in 0..97 {
        let takes = from + (until - from) * f64::from(step) / 96.0;
        late.push(one(pace, Duration::from_secs_f64(takes), shown).await.0);
    }
    late.sort();
    (late[late.len() / 2], late[late.len() - 1])
}

fn nothing(_share: f64) -> Option<u8> {
    None
}

/// In whole percents, as EC2 does for a large volume.
fn steadily(share: f64) -> Option<u8> {
    Some((share * 100.0).min(99.0) as u8)
}

/// Nothing for most of the time, then almost all at once: also EC2's way.
fn with_a_jump(share: f64) -> Option<u8> {
    Some(if share < 0.8 { 0 } else { 99 })
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_starts_as_most_do_is_noticed_within_half_a_second() {
    let (_, worst) = spread(Pace::START, (2.0, 45.0), nothing).await;
    assert!(worst <= HALF, "{worst:?}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_stops_as_most_do_is_noticed_within_half_a_second() {
    let (_, worst) = spread(Pace::STOP, (2.0, 75.0), nothing).await;
    assert!(worst <= HALF, "{worst:?}");
}

#[tokio::test(start_paused = true)]
async fn whatever_takes_longer_than_usual_is_noticed_within_two_seconds() {
    for pace in [Pace::START, Pace::STOP, Pace::STEADY] {
        let (_, worst) = spread(pace, (80.0, 590.0), nothing).await;
        assert!(worst <= TWO, "{pace:?}: {worst:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_snapshot_that_moves_steadily_is_noticed_within_half_a_second() {
    for range in [(10.0, 60.0), (60.0, 600.0), (600.0, 7200.0)] {
        let (median, worst) = spread(Pace::STEADY, range, steadily).await;
        assert!(
            median <= HALF && worst <= HALF,
            "{range:?}: {median:?}, {worst:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_snapshot_that_jumps_is_noticed_within_two_seconds() {
    for range in [(10.0, 300.0), (300.0, 3600.0)] {
        let (median, worst) = spread(Pace::STEADY, range, with_a_jump).await;
        assert!(worst <= TWO, "{range:?}: {median:?}, {worst:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_asks_no_oftener_than_every_other_second_but_for_its_end() {
    let hour = Duration::from_secs(3600);
    let (_, asked) = one(Pace::STEADY, hour, steadily).await;
    assert!((1_500..2_800).contains(&asked), "{asked} questions");
}
