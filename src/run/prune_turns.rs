//! What a pruning tells in the comments of the pull requests whose images it removed or kept.

use time::format_description::well_known::Rfc3339;

use super::comment_turns::{MOST_PULL_REQUESTS, Turns};
use crate::images::{End, Known};
use crate::prune::{Aim, Cause, Done, Fate, Reason, Verdict};
use crate::report::chronicle::stage::{Removal, Stage, Turn};

/// The turns of every image that is gone, and of the merged one that stays.
pub(super) fn turns(aim: &Aim, done: &Done) -> Turns {
    let mut turns = Turns::new();
    for (subject, verdict, fate) in &done.images {
        let Some(stage) = stage(&subject.known, verdict, fate) else {
            continue;
        };
        let turn = Turn {
            image: subject.image.id.clone(),
            stage,
        };
        for number in numbers(aim, &subject.known) {
            turns.entry(number).or_default().push(turn.clone());
        }
    }
    turns
}

/// Whose comment it belongs in: that of the pull request that was closed, else those of all that used the image.
fn numbers(aim: &Aim, known: &Known) -> Vec<u64> {
    match aim {
        Aim::PullRequest { number, .. } => vec![*number],
        Aim::Retention(_) => {
            let newest = known.pull_requests.iter().rev();
            newest.take(MOST_PULL_REQUESTS).copied().collect()
        }
    }
}

fn stage(known: &Known, verdict: &Verdict, fate: &Fate) -> Option<Stage> {
    match (verdict, fate) {
        (Verdict::Remove(cause), Fate::Removed) => Some(Stage::Removed(removal(cause))),
        (_, Fate::Kept(Reason::MergedHead)) => Some(Stage::Kept {
            until: match known.end {
                End::At(end) => end.format(&Rfc3339).ok(),
                _ => None,
            },
        }),
        _ => None,
    }
}

fn removal(cause: &Cause) -> Removal {
    match cause {
        Cause::Closed(_) => Removal::Closed,
        Cause::Expired => Removal::Expired,
        Cause::OlderThan(_) | Cause::NewerOnes(_) => Removal::Pruned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let tags = [
            ("ami-build:kind", "preview"),
            ("ami-build:expires", "2026-12-05T10:00:00Z"),
            ("ami-build:pr", "3 4 5 6 7 8"),
        ];
        let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Known::of(&tags.into()).unwrap()
    }

    #[test]
    fn what_went_and_what_stays_after_a_merge_is_told_and_nothing_else() {
        let told = |cause, fate| stage(&known(), &Verdict::Remove(cause), &fate);
        let closed = told(Cause::Closed(7), Fate::Removed);
        assert_eq!(closed, Some(Stage::Removed(Removal::Closed)));
        let expired = told(Cause::Expired, Fate::Removed);
        assert_eq!(expired, Some(Stage::Removed(Removal::Expired)));
        let until = Some("2026-12-05T10:00:00Z".to_owned());
        let kept = told(Cause::Closed(7), Fate::Kept(Reason::MergedHead));
        assert_eq!(kept, Some(Stage::Kept { until }));
        assert_eq!(told(Cause::Expired, Fate::Kept(Reason::Protected)), None);
        assert_eq!(told(Cause::Expired, Fate::LetGo), None);
    }

    #[test]
    fn a_closed_pull_request_is_told_in_its_own_comment_and_a_rule_in_those_of_the_newest() {
        let aim = Aim::PullRequest {
            number: 7,
            ending: crate::prune::Ending::Discarded,
        };
        assert_eq!(numbers(&aim, &known()), [7]);
        let rules = Aim::Retention(crate::prune::Retention::default());
        assert_eq!(numbers(&rules, &known()), [8, 7, 6, 5, 4]);
    }
}
