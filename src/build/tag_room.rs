//! A template's tags leave room for ours. EC2 would say so only when the thing is made, and for an image that is after the
//! provisioners.

use super::error::BuildError;
use super::late::Texts;
use crate::cloud::Tags;
use crate::images::Life;
use crate::ledger::ROOM_FOR_TAGS;

/// Checks every set of tags that goes to one thing. An image with a kind has more of ours than other things.
pub(super) fn check(texts: &Texts, life: &Life) -> Result<(), BuildError> {
    let of_images = [
        ("run_tags and tags", &texts.image_tags),
        ("run_tags, tags and snapshot_tags", &texts.snapshot_tags),
    ];
    let of_others = [
        ("run_tags", &texts.run_tags),
        ("run_volume_tags", &texts.volume_tags),
        ("spot_tags", &texts.spot_tags),
        ("fleet_tags", &texts.fleet_tags),
    ];
    let of_volumes = texts
        .volumes
        .iter()
        .flat_map(|volume| [&volume.tags, &volume.snapshot_tags])
        .map(|tags| ("ebs_volumes", tags));
    of_others
        .into_iter()
        .chain(of_volumes)
        .try_for_each(|(keys, tags)| fits(keys, tags, ROOM_FOR_TAGS))?;
    of_images
        .into_iter()
        .try_for_each(|(keys, tags)| fits(keys, tags, life.room_for_tags()))
}

fn fits(keys: &'static str, tags: &Tags, room: usize) -> Result<(), BuildError> {
    if tags.len() <= room {
        return Ok(());
    }
    Err(BuildError::TooManyTags {
        keys,
        count: tags.len(),
        room,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::{Kind, Origin, ROOM_BESIDE_KIND};

    fn with(count: usize) -> Texts {
        let tags = (0..count).map(|number| (format!("tag-{number}"), String::new()));
        Texts {
            image_tags: tags.collect(),
            ..Texts::default()
        }
    }

    fn preview() -> Life {
        let origin = Origin {
            kind: Kind::Preview,
            repository: Some("octo-org/images".to_owned()),
            repository_id: Some("github.com/7".to_owned()),
            build: Origin::build("web.json", "web"),
            pull_request: Some(5),
            head: Some("abc".to_owned()),
            run: Some("9".to_owned()),
            expires: Some(time::OffsetDateTime::UNIX_EPOCH),
        };
        Life {
            origin: Some(origin),
            ..Life::default()
        }
    }

    #[test]
    fn as_many_tags_as_leave_room_for_ours_are_fine_and_one_more_is_not() {
        assert!(check(&with(46), &Life::default()).is_ok());
        let error = check(&with(47), &Life::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`run_tags and tags` give 47 tags to one thing, and EC2 takes 50, of which ami-build needs 4"
        );
    }

    #[test]
    fn an_image_with_a_kind_needs_more_of_ours() {
        assert!(check(&with(ROOM_BESIDE_KIND), &preview()).is_ok());
        let error = check(&with(ROOM_BESIDE_KIND + 1), &preview()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`run_tags and tags` give 35 tags to one thing, and EC2 takes 50, of which ami-build needs 16"
        );
    }
}
