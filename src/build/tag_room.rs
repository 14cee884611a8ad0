//! A template's tags leave room for ours. EC2 would say so only when the thing is made, and for an image that is after the
//! provisioners.

use super::error::BuildError;
use super::late::Texts;
use crate::cloud::Tags;
use crate::ledger::ROOM_FOR_TAGS;

/// Checks every set of tags that goes to one thing.
pub(super) fn check(texts: &Texts) -> Result<(), BuildError> {
    let sets = [
        ("run_tags", &texts.run_tags),
        ("run_volume_tags", &texts.volume_tags),
        ("spot_tags", &texts.spot_tags),
        ("fleet_tags", &texts.fleet_tags),
        ("run_tags and tags", &texts.image_tags),
        ("run_tags, tags and snapshot_tags", &texts.snapshot_tags),
    ];
    let of_volumes = texts
        .volumes
        .iter()
        .flat_map(|volume| [&volume.tags, &volume.snapshot_tags])
        .map(|tags| ("ebs_volumes", tags));
    sets.into_iter()
        .chain(of_volumes)
        .try_for_each(|(keys, tags)| fits(keys, tags))
}

fn fits(keys: &'static str, tags: &Tags) -> Result<(), BuildError> {
    if tags.len() <= ROOM_FOR_TAGS {
        return Ok(());
    }
    Err(BuildError::TooManyTags {
        keys,
        count: tags.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(count: usize) -> Texts {
        let tags = (0..count).map(|number| (format!("tag-{number}"), String::new()));
        Texts {
            image_tags: tags.collect(),
            ..Texts::default()
        }
    }

    #[test]
    fn as_many_tags_as_leave_room_for_ours_are_fine_and_one_more_is_not() {
        assert!(check(&with(46)).is_ok());
        let error = check(&with(47)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`run_tags and tags` give 47 tags to one thing, and EC2 takes 50, of which ami-build needs 4"
        );
    }
}
