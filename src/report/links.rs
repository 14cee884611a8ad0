//! Links into the EC2 console, which is another site in every partition.

use super::outputs::is_image_id;
use crate::action::environment::{self, Environment};
use crate::cloud::{ImageId, Region};

/// First part of a region's name → the console's domain there.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
const CONSOLES: [(&str, &str); 4] = [
    ("cn-", "console.amazonaws.cn"),
    ("us-gov-", "console.amazonaws-us-gov.com"),
    ("eusc-", "console.amazonaws-eusc.eu"),
    ("", "console.aws.amazon.com"),
];

/// The console's page of an image. `None` where id or region do not look like ones: a link is no place for foreign text.
pub(crate) fn image(region: &Region, image: &ImageId) -> Option<String> {
    if !is_region(region.as_str()) || !is_image_id(image.as_str()) {
        return None;
    }
    let (_, domain) = CONSOLES
        .into_iter()
        .find(|(prefix, _)| region.as_str().starts_with(prefix))?;
    Some(format!(
        "https://{region}.{domain}/ec2/home?region={region}#ImageDetails:imageId={image}"
    ))
}

/// The page of the workflow's run.
pub(crate) fn run(environment: &Environment) -> Option<String> {
    let server = environment.get(environment::GITHUB_SERVER_URL)?;
    let repository = environment.get(environment::GITHUB_REPOSITORY)?;
    let run = environment.get(environment::GITHUB_RUN_ID)?;
    let attempt = environment
        .get(environment::GITHUB_RUN_ATTEMPT)
        .unwrap_or("1");
    Some(format!(
        "{server}/{repository}/actions/runs/{run}/attempts/{attempt}"
    ))
}

/// Whether the text can be the name of a region.
pub(crate) fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(region: &str) -> Option<String> {
        image(&Region::new(region), &ImageId::new("ami-12345678"))
    }

    #[test]
    fn each_partition_has_its_own_console() {
        for (region, host) in [
            ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
            ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
            (
                "us-gov-west-1",
                "us-gov-west-1.console.amazonaws-us-gov.com",
            ),
        ] {
            let expected = format!(
                "https://{host}/ec2/home?region={region}#ImageDetails:imageId=ami-12345678"
            );
            assert_eq!(link(region), Some(expected));
        }
    }

    #[test]
    fn what_is_no_region_gets_no_link() {
        assert_eq!(link("evil.example/"), None);
    }

    #[test]
    fn the_run_is_linked_with_its_attempt() {
        let environment = Environment::of([
            ("GITHUB_SERVER_URL", "https://github.example"),
            ("GITHUB_REPOSITORY", "octo-org/images"),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_RUN_ATTEMPT", "2"),
        ]);
        assert_eq!(
            run(&environment).unwrap(),
            "https://github.example/octo-org/images/actions/runs/42/attempts/2"
        );
    }
}
