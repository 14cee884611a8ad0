//! Images: name, description, the day on which they are deprecated.

use time::{Duration, OffsetDateTime};

use super::super::place::{Outcome, Refused};
use crate::cloud::image::Image;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html>
const NAME_LENGTHS: std::ops::RangeInclusive<usize> = 3..=128;
/// The same page.
const LONGEST_DESCRIPTION: usize = 255;
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html>
const LATEST_DEPRECATION: Duration = Duration::days(10 * 366);

/// The name's form.
pub(in super::super) fn check_name(name: &str) -> Outcome<()> {
    let is_legal =
        |character: char| character.is_ascii_alphanumeric() || "()[] ./-'@_".contains(character);
    if NAME_LENGTHS.contains(&name.chars().count()) && name.chars().all(is_legal) {
        return Ok(());
    }
    Err(Refused::new(
        "InvalidAMIName.Malformed",
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/', '_', \
         '[', ']', ' ', '@' and \"'\"",
    ))
}

/// The description's length.
pub(in super::super) fn check_description(text: &str) -> Outcome<()> {
    let length = text.chars().count();
    if length <= LONGEST_DESCRIPTION {
        return Ok(());
    }
    Err(Refused::new(
        "InvalidParameterValue",
        format!("The description has {length} characters; EC2 takes {LONGEST_DESCRIPTION}"),
    ))
}

/// The day from which on it is deprecated.
pub(in super::super) fn check_deprecation(at: OffsetDateTime, now: OffsetDateTime) -> Outcome<()> {
    if (now..=now + LATEST_DEPRECATION).contains(&at) {
        return Ok(());
    }
    Err(Refused::new(
        "InvalidParameterValue",
        format!("The deprecation date {at} is in the past or more than ten years ahead"),
    ))
}

/// What is prepared for a fast launch is the first boot of Windows:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/win-ami-config-fast-launch.html>.
pub(in super::super) fn check_fast_launch(image: &Image) -> Outcome<()> {
    let platform = image.traits.platform_details.as_deref();
    match platform.filter(|platform| !platform.starts_with("Windows")) {
        None => Ok(()),
        Some(platform) => Err(Refused::new(
            "InvalidParameterValue",
            format!(
                "Fast Launch is for Windows alone, and the platform of `{}` is {platform}",
                image.id
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::outside::source_image;
    use super::*;

    #[test]
    fn a_name_has_a_form() {
        for good in ["web", "web 1.0/(a)[b]-'c'@d_e", &"n".repeat(128)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["ab", "web:1", "wéb", &"n".repeat(129)] {
            let refused = check_name(bad).unwrap_err();
            assert_eq!(refused.code, "InvalidAMIName.Malformed", "{bad}");
        }
    }

    #[test]
    fn a_description_has_a_length() {
        assert!(check_description(&"d".repeat(255)).is_ok());
        assert!(check_description(&"d".repeat(256)).is_err());
    }

    #[test]
    fn windows_alone_is_launched_fast() {
        let mut image = source_image().image;
        for (platform, is_taken) in [
            (Some("Linux/UNIX"), false),
            (Some("Red Hat Enterprise Linux"), false),
            (Some("Windows"), true),
            (Some("Windows with SQL Server Standard"), true),
            (None, true),
        ] {
            image.traits.platform_details = platform.map(str::to_owned);
            assert_eq!(check_fast_launch(&image).is_ok(), is_taken, "{platform:?}");
        }
    }

    #[test]
    fn an_image_is_deprecated_within_ten_years() {
        let now = OffsetDateTime::UNIX_EPOCH;
        assert!(check_deprecation(now + Duration::days(365), now).is_ok());
        assert!(check_deprecation(now - Duration::days(1), now).is_err());
        assert!(check_deprecation(now + Duration::days(4000), now).is_err());
    }
}
