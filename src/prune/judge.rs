//! Decides by tags and dates alone, without I/O. Who uses an image is asked of those only that may go.

use std::collections::BTreeSet;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::aim::{Aim, Ending, Expired, Retention};
use super::newest;
use super::search::Subject;
use super::verdict::{Cause, Reason, Verdict};
use crate::cloud::image::ImageState;
use crate::images::{self, End, Kind};

/// Decides on all of them; the verdicts are in the order of the subjects.
pub(super) fn judge(subjects: &[Subject], aim: &Aim, now: OffsetDateTime) -> Vec<Verdict> {
    let newest = match aim {
        Aim::PullRequest { ending, .. } => last_of_pull_request(subjects, ending),
        Aim::Retention(retention) => newest::of_lines(subjects, retention),
    };
    let verdict = |(index, subject): (usize, &Subject)| {
        if let Some(reason) = whatever_is_asked(subject) {
            return Verdict::Keep(reason);
        }
        let is_newest = newest.contains(&index);
        match aim {
            Aim::PullRequest { number, ending } => closed(subject, (*number, ending), is_newest),
            Aim::Retention(retention) => by_rules(subject, (retention, now), is_newest),
        }
    };
    subjects.iter().enumerate().map(verdict).collect()
}

/// Why an image stays whatever is asked for.
pub(super) fn whatever_is_asked(subject: &Subject) -> Option<Reason> {
    let (image, known) = (&subject.image, &subject.known);
    if image.state != ImageState::Available {
        return Some(Reason::Unavailable);
    }
    if !known.is_finished {
        return Some(Reason::Unfinished);
    }
    if image.is_protected {
        return Some(Reason::Protected);
    }
    if known.end == End::Unclear || since(subject).is_none() {
        return Some(Reason::Unclear);
    }
    match known.kind {
        Kind::Preview if known.promoted.is_some() => Some(Reason::Promoted),
        Kind::Preview if known.end == End::Never => Some(Reason::Endless),
        Kind::Preview | Kind::Release => None,
    }
}

/// From when on the image has been what it is: a release that was a preview for weeks is as old as its promotion.
pub(super) fn since(subject: &Subject) -> Option<OffsetDateTime> {
    let instant = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let made = instant(&subject.image.creation_date)?;
    match &subject.known.promoted {
        None => Some(made),
        Some(promoted) => Some(made.max(instant(promoted)?)),
    }
}

/// Where nobody tells which image the pull request was merged with, it may be the newest.
fn last_of_pull_request(subjects: &[Subject], ending: &Ending) -> BTreeSet<usize> {
    let is_merged = |subject: &Subject| match ending {
        Ending::Merged(head) => subject.known.heads.contains(head),
        Ending::Discarded | Ending::Unknown => false,
    };
    match ending {
        Ending::Discarded => BTreeSet::new(),
        Ending::Unknown => newest::of_builds(subjects, |_| true),
        Ending::Merged(_) => {
            let found: BTreeSet<_> = subjects
                .iter()
                .filter(|subject| is_merged(subject))
                .map(|subject| &subject.known.build)
                .collect();
            newest::of_builds(subjects, |subject| !found.contains(&subject.known.build))
        }
    }
}

fn closed(subject: &Subject, (number, ending): (u64, &Ending), is_newest: bool) -> Verdict {
    let known = &subject.known;
    if known.kind == Kind::Release {
        return Verdict::Keep(Reason::Release);
    }
    if !known.pull_requests.contains(&number) {
        return Verdict::Keep(Reason::NotDue);
    }
    if let Ending::Merged(head) = ending
        && known.heads.contains(head)
    {
        return Verdict::Keep(Reason::MergedHead);
    }
    if is_newest {
        return Verdict::Keep(Reason::PerhapsMerged);
    }
    if images::may_have_more_pull_requests(known) {
        return Verdict::Keep(Reason::ManyPullRequests);
    }
    match known.pull_requests.iter().all(|other| *other == number) {
        true => Verdict::Remove(Cause::Closed(number)),
        false => Verdict::LetGo(number),
    }
}

fn by_rules(
    subject: &Subject,
    (rules, now): (&Retention, OffsetDateTime),
    is_newest: bool,
) -> Verdict {
    let known = &subject.known;
    if !rules.kinds.contains(&known.kind) {
        return Verdict::Keep(Reason::OtherKind(known.kind));
    }
    if let Some(number) = rules.keep_last.filter(|_| is_newest) {
        return Verdict::Keep(Reason::Newest(number));
    }
    if rules.expired == Expired::Goes && known.is_expired(now) {
        return Verdict::Remove(Cause::Expired);
    }
    if let Some(age) = rules.older_than
        && since(subject).is_some_and(|since| since + age <= now)
    {
        return Verdict::Remove(Cause::OlderThan(age));
    }
    match (rules.keep_last, rules.older_than, rules.expired) {
        // Beside another rule it says what stays, and alone what goes.
        (Some(number), None, Expired::Stays) => Verdict::Remove(Cause::NewerOnes(number)),
        _ => Verdict::Keep(Reason::NotDue),
    }
}
