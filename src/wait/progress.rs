//! When something that tells its progress will be done, as far as that can be known.

use std::time::Duration;

use tokio::time::Instant;

use super::pace::TIGHT;

/// From here on the end is near, whatever the course so far says.
const NEAR: u8 = 90;
/// So long before the expected end it is looked for all the time, and so long after it.
const MARGIN: Duration = Duration::from_secs(6);
/// A course is believed so far as it goes: the margin is at least this share of the time since its first percent.
const MARGIN_SHARE: u32 = 10;
/// Something that stands near its end for longer than this is not looked for all the time any more.
const NEAR_FOR: Duration = Duration::from_secs(60);

/// The percentages so far: the first one, and the last that was new.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course {
    first: Option<Mark>,
    last: Option<Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    percent: u8,
    at: Instant,
}

impl Course {
    pub(super) fn note(&mut self, percent: u8) {
        let at = Instant::now();
        let mark = Mark { percent, at };
        if self.last.is_none_or(|last| last.percent != percent) {
            self.last = Some(mark);
        }
        // What goes back begins anew.
        if self.first.is_none_or(|first| percent < first.percent) {
            self.first = Some(mark);
        }
    }

    /// `pause`, or less where the end is near, and never so long that it would miss that moment.
    pub(super) fn pause(&self, pause: Duration) -> Duration {
        let now = Instant::now();
        let (Some(first), Some(last)) = (self.first, self.last) else {
            return pause;
        };
        if last.percent >= NEAR && now < last.at + NEAR_FOR {
            return pause.min(TIGHT);
        }
        let Some(end) = end(first, last) else {
            return pause;
        };
        let margin = MARGIN.max(last.at.saturating_duration_since(first.at) / MARGIN_SHARE);
        let left = end.saturating_duration_since(now);
        if now >= end + margin {
            pause
        } else {
            pause.min(left.saturating_sub(margin).max(TIGHT))
        }
    }
}

/// Where the line through both marks reaches the end.
fn end(first: Mark, last: Mark) -> Option<Instant> {
    let percent = u32::from(last.percent.checked_sub(first.percent)?);
    let left = u32::from(100_u8.saturating_sub(last.percent));
    let took = last.at.saturating_duration_since(first.at);
    (percent > 0).then(|| last.at + took * left / percent)
}
