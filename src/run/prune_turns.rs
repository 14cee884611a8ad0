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
