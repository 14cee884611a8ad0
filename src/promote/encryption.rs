//! Whether what is encrypted can be shared as it was asked for: EC2 would say so only once the copies are there.

use super::error::PromoteError;
use super::wish::Wish;
use crate::cloud::Region;
use crate::cloud::image::Image;

/// Where the release is a copy.
pub(super) struct Copies<'a> {
    /// All of them, those that an earlier run has made too.
    pub(super) all: &'a [Region],
    /// Those that this run will make.
    pub(super) new: &'a [Region],
}

/// Refuses a release that could not be shared. A copy is encrypted where its source is, or where it has a key
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html>).
pub(super) fn check(tested: &Image, wish: &Wish, copies: &Copies<'_>) -> Result<(), PromoteError> {
    if let Some(region) = wish.keys.elsewhere(copies.all) {
        return Err(PromoteError::ElsewhereTarget {
            name: "kms-key".to_owned(),
            region: region.clone(),
        });
    }
    let is_encrypted = tested.block_devices.iter().any(|device| {
        let ebs = device.ebs.as_ref();
        ebs.is_some_and(|ebs| ebs.encrypted == Some(true))
    });
    let gets_key = copies
        .new
        .iter()
        .any(|region| wish.keys.of(region).is_some());
    if !wish.share_with.groups.is_empty() && (is_encrypted || gets_key) {
        return Err(PromoteError::EncryptedPublic {
            image: tested.id.clone(),
        });
    }
    if !is_encrypted || wish.share_with.is_empty() {
        return Ok(());
    }
    let without = copies.new.iter().filter(|one| wish.keys.of(one).is_none());
    let regions: Vec<Region> = without.cloned().collect();
    if regions.is_empty() {
        return Ok(());
    }
    Err(PromoteError::OwnKey {
        image: tested.id.clone(),
        regions,
    })
}

#[cfg(test)]
mod tests {
    use super::super::keys::Keys;
    use super::super::wish::{Recipients, tests::wish};
    use super::*;
    use crate::build::source_image;
    use crate::cloud::image::{BlockDevice, EbsSettings};

    fn image(encrypted: bool) -> Image {
        let ebs = EbsSettings {
            encrypted: Some(encrypted),
            ..EbsSettings::default()
        };
        let device = BlockDevice {
            ebs: Some(ebs),
            ..BlockDevice::default()
        };
        Image {
            block_devices: vec![device],
            ..source_image()
        }
    }

    fn asked(keys: &[&str], share_with: &[&str]) -> Wish {
        let words =
            |words: &[&str]| -> Vec<String> { words.iter().map(|&word| word.to_owned()).collect() };
        Wish {
            regions: vec![Region::new("eu-west-1"), Region::new("us-west-2")],
            keys: Keys::parse(&words(keys)).unwrap(),
            share_with: Recipients::parse(&words(share_with)).unwrap(),
            ..wish()
        }
    }

    fn checked(image: &Image, wish: &Wish) -> Result<(), PromoteError> {
        let copies = Copies {
            all: &wish.regions,
            new: &wish.regions,
        };
        check(image, wish, &copies)
    }

    #[test]
    fn copies_that_are_shared_need_a_key_that_can_be() {
        let shared = ["210987654321"];
        let error = checked(&image(true), &asked(&["eu-west-1:alias/a"], &shared)).unwrap_err();
        assert!(
            matches!(&error, PromoteError::OwnKey { regions, .. } if *regions == [Region::new("us-west-2")]),
            "{error}"
        );
        checked(&image(true), &asked(&["alias/a"], &shared)).unwrap();
        checked(&image(true), &asked(&[], &[])).unwrap();
        checked(&image(false), &asked(&[], &shared)).unwrap();
    }

    #[test]
    fn what_is_encrypted_is_never_public() {
        for (image, keys) in [(image(true), &[][..]), (image(false), &["alias/a"][..])] {
            let error = checked(&image, &asked(keys, &["all"])).unwrap_err();
            assert!(
                matches!(error, PromoteError::EncryptedPublic { .. }),
                "{error}"
            );
        }
        checked(&image(false), &asked(&[], &["all"])).unwrap();
    }

    #[test]
    fn a_key_for_a_region_without_a_copy_is_a_mistake() {
        let wish = asked(&["us-east-1:alias/a"], &[]);
        let error = checked(&image(false), &wish).unwrap_err();
        assert!(
            matches!(error, PromoteError::ElsewhereTarget { .. }),
            "{error}"
        );
        let again = asked(&["eu-west-1:alias/a"], &[]);
        let made = Copies {
            all: &again.regions,
            new: &[],
        };
        check(&image(false), &again, &made).unwrap();
    }
}
