//! Shows how far a transfer is while it runs.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::remote::Meter;
use crate::report::transfer_bar::Transfer;
use crate::report::ui::Ui;

/// A transfer that is over by then needs no bar.
const MOMENT: Duration = Duration::from_secs(1);

/// Between two looks at the meter.
const EVERY: Duration = Duration::from_millis(250);

/// Awaits `transfer` and shows what `meter` counts of it under `name`.
pub(super) async fn shown<T>(
    ui: &Ui,
    name: &str,
    meter: Meter,
    transfer: impl Future<Output = T>,
) -> T {
    let began = Instant::now();
    let mut ticks = interval_at(began + MOMENT, EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut transfer = pin!(transfer);
    loop {
        tokio::select! {
            biased;
            done = &mut transfer => return done,
            _ = ticks.tick() => {
                let reading = meter.reading();
                ui.transfer(&Transfer {
                    name,
                    moved: reading.moved,
                    total: reading.total,
                    elapsed: began.elapsed(),
                });
            }
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::report::console::tests::console;
    use crate::report::console::{Form, Reader};
    use crate::report::ui::Grouping;

    #[tokio::test(start_paused = true)]
    async fn a_bar_comes_after_a_moment_and_not_before() {
        for (seconds, bars) in [(0.9, 0), (2.1, 5)] {
            let (console, captured) = console(Form::Human, Reader::Terminal);
            let ui = Ui::new(console, "web", 0, Grouping::BySteps);
            let transfer = tokio::time::sleep(Duration::from_secs_f64(seconds));
            shown(&ui, "disk.img", Meter::default(), transfer).await;
            assert_eq!(captured.text().matches("disk.img").count(), bars);
        }
    }
}
