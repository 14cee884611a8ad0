//! The command that launches a machine of an image, to be copied.

use crate::cloud::{ImageId, Region};

use super::links;
use super::outputs::is_image_id;

/// One command. `None` where a word is not what EC2 would take: a shell is no place for foreign text.
pub(super) fn of(region: &Region, image: &ImageId, instance_type: &str) -> Option<String> {
    let is_sound = links::is_region(region.as_str())
        && is_image_id(image.as_str())
        && is_instance_type(instance_type);
    is_sound.then(|| {
        format!(
            "aws ec2 run-instances --region {region} --image-id {image} --instance-type {instance_type}"
        )
    })
}

/// Such as `t3.micro` and `u-6tb1.56xlarge`.
pub(super) fn is_instance_type(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.split_once('.').is_some_and(|(family, size)| {
        let parts = [family, size];
        parts
            .iter()
            .all(|part| !part.is_empty() && !part.starts_with('-') && part.bytes().all(is_plain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(region: &str, instance_type: &str) -> Option<String> {
        let image = ImageId::new("ami-0123456789abcdef0");
        of(&Region::new(region), &image, instance_type)
    }

    #[test]
    fn a_machine_is_launched_where_the_image_is() {
        assert_eq!(
            command("eu-west-1", "t3.micro").unwrap(),
            "aws ec2 run-instances --region eu-west-1 --image-id ami-0123456789abcdef0 --instance-type t3.micro"
        );
        assert!(command("eu-west-1", "u-6tb1.56xlarge").is_some());
    }

    #[test]
    fn what_a_shell_could_read_otherwise_is_no_command() {
        for wrong in [
            "",
            "t3",
            "t3.micro; rm -rf /",
            "$(id).micro",
            "t3.micro\nid",
            "-x.y",
        ] {
            assert_eq!(command("eu-west-1", wrong), None, "{wrong}");
        }
        assert_eq!(command("eu west", "t3.micro"), None);
    }
}
