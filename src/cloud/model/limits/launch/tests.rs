use super::super::super::outside::source_image;
use super::*;
use crate::cloud::instance::ShutdownBehavior;
use crate::cloud::{ImageId, Tags};
use crate::secret::Secret;

fn image(change: impl FnOnce(&mut Image)) -> Image {
    let mut image = source_image().image;
    change(&mut image);
    image
}

fn request(instance_type: &str) -> RunInstance {
    RunInstance {
        image: ImageId::new("ami-1"),
        instance_type: instance_type.to_owned(),
        key_name: None,
        subnet: None,
        groups: Vec::new(),
        associate_public_ip_address: None,
        iam_instance_profile: None,
        user_data: None,
        block_devices: Vec::new(),
        availability_zone: None,
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: ShutdownBehavior::Terminate,
        credit_specification: None,
        terms: Default::default(),
        instance_tags: Tags::new(),
        volume_tags: Tags::new(),
    }
}

fn code(image: &Image, request: &RunInstance) -> String {
    let checked = check(&Region::new("eu-west-1"), image, request);
    checked
        .err()
        .map_or_else(|| "fine".to_owned(), |refused| refused.code)
}

fn of_type(name: &str, image: &Image) -> String {
    code(image, &request(name))
}

#[test]
fn a_type_runs_images_of_its_architecture() {
    let (intel, arm) = (
        image(|_| {}),
        image(|image| image.architecture = "arm64".to_owned()),
    );
    assert_eq!(of_type("t3.micro", &intel), "fine");
    assert_eq!(of_type("t4g.micro", &arm), "fine");
    assert_eq!(of_type("t4g.micro", &intel), "InvalidParameterValue");
    assert_eq!(of_type("t3.micro", &arm), "InvalidParameterValue");
    assert_eq!(
        of_type("z99q.large", &arm),
        "fine",
        "nobody knows that one yet"
    );
}

#[test]
fn a_type_has_a_family_and_a_size() {
    let image = image(|_| {});
    for good in [
        "m7i-flex.large",
        "u-6tb1.112xlarge",
        "c5.metal",
        "m7i.metal-24xl",
        "c5.18xlarge",
    ] {
        assert_eq!(of_type(good, &image), "fine", "{good}");
    }
    for bad in ["t3", "t3.mirco", "t3.", ".micro", "t3.micro.large"] {
        assert_eq!(of_type(bad, &image), "InvalidParameterValue", "{bad}");
    }
}

#[test]
fn a_type_runs_images_of_its_virtualization_boot_mode_and_network() {
    let old = image(|image| {
        image.virtualization_type = "paravirtual".to_owned();
        image.traits.boot_mode = None;
    });
    assert_eq!(of_type("m1.small", &old), "fine");
    assert_eq!(of_type("t3.micro", &old), "InvalidParameterCombination");
    let uefi = image(|image| image.traits.boot_mode = Some("uefi".to_owned()));
    assert_eq!(of_type("t3.micro", &uefi), "fine");
    assert_eq!(of_type("t2.micro", &uefi), "InvalidParameterCombination");
    let measured = image(|image| image.traits.tpm_support = Some("v2.0".to_owned()));
    assert_eq!(
        of_type("t2.micro", &measured),
        "InvalidParameterCombination"
    );
    let slow = image(|image| image.traits.ena_support = false);
    assert_eq!(of_type("t2.micro", &slow), "fine");
    assert_eq!(of_type("m5.large", &slow), "InvalidParameterCombination");
}

#[test]
fn user_data_has_sixteen_kibibytes() {
    let with = |encoded: String| RunInstance {
        user_data: Some(Secret::new(encoded)),
        ..request("t3.micro")
    };
    let image = image(|_| {});
    // 16384 bytes are 21845 groups of three and one byte: two characters and two signs of equality.
    assert_eq!(
        code(&image, &with(format!("{}==", "A".repeat(21_846)))),
        "fine"
    );
    assert_eq!(
        code(&image, &with(format!("{}=", "A".repeat(21_847)))),
        "InvalidParameterValue"
    );
    assert_eq!(
        code(&image, &with("not base64!".to_owned())),
        "InvalidUserData.Malformed"
    );
}

#[test]
fn a_zone_is_of_the_region_and_a_tenancy_one_of_three() {
    let image = image(|_| {});
    let in_zone = |zone: &str| RunInstance {
        availability_zone: Some(zone.to_owned()),
        ..request("t3.micro")
    };
    assert_eq!(code(&image, &in_zone("eu-west-1b")), "fine");
    assert_eq!(
        code(&image, &in_zone("us-east-1b")),
        "InvalidParameterValue"
    );
    let mut shared = request("t3.micro");
    shared.terms.tenancy = Some("shared".to_owned());
    assert_eq!(code(&image, &shared), "InvalidParameterValue");
}

#[test]
fn a_price_is_a_decimal_of_some_tenth_of_a_cent() {
    for good in [None, Some("0.05"), Some("2"), Some(".5")] {
        assert!(check_price(good).is_ok(), "{good:?}");
    }
    for bad in ["0", "0.001", "-1", "1e3", "cheap", "$1", ""] {
        let refused = check_price(Some(bad)).unwrap_err();
        assert_eq!(refused.code, "InvalidParameterValue", "{bad}");
    }
}
