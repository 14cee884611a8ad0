//! The source image.

use super::cx::Cx;
use super::error::BuildError;
use super::fast_volume;
use crate::cloud::api::ImageCalls;
use crate::cloud::image::{Image, ImageQuery};
use crate::cloud::lifecycle::{NetworkSupport, Toggle};
use crate::cloud::{Cloud, Region};
use crate::plan::amazon::settings::EbsSettings;

/// Finds the image that the template names, and says so.
pub(super) async fn find<C: Cloud, D>(cx: &Cx<'_, C, D>) -> Result<Image, BuildError> {
    let image = look_up(cx.cloud, cx.region, cx.settings).await?;
    cx.ui.message(&format!("Found Image ID: {}", image.id));
    cx.observer.source_found(&image);
    Ok(image)
}

/// The image that the template names, if one can be built on it.
pub(crate) async fn look_up<C: ImageCalls>(
    cloud: &C,
    region: &Region,
    settings: &EbsSettings,
) -> Result<Image, BuildError> {
    let wanted = &settings.source;
    let query = ImageQuery {
        ids: wanted.id.iter().cloned().collect(),
        owners: wanted.owners.clone(),
        filters: wanted.filters.clone(),
        include_deprecated: wanted.include_deprecated,
    };
    let found = cloud
        .images(region, &query)
        .await
        .map_err(BuildError::call("find the source image"))?;
    let several = if wanted.most_recent {
        Several::Newest
    } else {
        Several::Refuse
    };
    let image = choose(found, several).map_err(|reason| {
        BuildError::Source(format!("{reason} in `{region}`: {}", describe(&query)))
    })?;
    if image.root_device_type != "ebs" {
        let reason = format!(
            "the source image `{}` has a root device of type `{}`; the amazon builders need `ebs`",
            image.id, image.root_device_type
        );
        return Err(BuildError::Source(reason));
    }
    check_enhanced_networking(settings, &image)?;
    fast_volume::check(settings, &image)?;
    Ok(image)
}

/// Enhanced networking is for `hvm` images only; what the template says of the kind counts for more than EC2's word, as in Packer.
fn check_enhanced_networking(settings: &EbsSettings, image: &Image) -> Result<(), BuildError> {
    let off = NetworkSupport::Ena(Toggle::Off);
    if settings
        .launch
        .network_support
        .iter()
        .all(|one| *one == off)
    {
        return Ok(());
    }
    let assumed = settings.image.virtualization_type.as_deref();
    if assumed.unwrap_or(&image.virtualization_type) == "hvm" {
        return Ok(());
    }
    let reason = match assumed {
        Some(kind) => format!("ami_virtualization_type '{kind}' is not HVM"),
        None => format!("source AMI '{}' is not HVM", image.id),
    };
    Err(BuildError::Source(format!(
        "Cannot enable enhanced networking, {reason}"
    )))
}

/// What to do where several images fit: `most_recent`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Several {
    Newest,
    Refuse,
}

fn choose(mut found: Vec<Image>, several: Several) -> Result<Image, &'static str> {
    if found.len() > 1 && several == Several::Refuse {
        return Err(
            "Your query returned more than one result. Please try a more specific search, or set most_recent to true",
        );
    }
    // EC2's dates all have one form, so they sort as text; of equal dates Packer takes the first.
    found.sort_by(|one, other| other.creation_date.cmp(&one.creation_date));
    found
        .into_iter()
        .next()
        .ok_or("No AMI was found matching filters")
}

fn describe(query: &ImageQuery) -> String {
    let ids = query.ids.iter().map(|id| format!("image-id={id}"));
    let owners = query.owners.iter().map(|owner| format!("owner={owner}"));
    let filters = query
        .filters
        .iter()
        .map(|(name, values)| format!("{name}={}", values.join(",")));
    ids.chain(owners)
        .chain(filters)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::cloud::ImageId;
    use crate::cloud::image::{ImageState, ImageTraits};

    fn image(id: &str, date: &str) -> Image {
        Image {
            id: ImageId::new(id),
            name: id.to_owned(),
            creation_date: date.to_owned(),
            owner_id: String::new(),
            owner_alias: None,
            state: ImageState::Available,
            state_reason: None,
            root_device_type: "ebs".to_owned(),
            root_device_name: None,
            virtualization_type: "hvm".to_owned(),
            architecture: "x86_64".to_owned(),
            block_devices: Vec::new(),
            is_protected: false,
            traits: ImageTraits::default(),
            tags: crate::cloud::Tags::new(),
        }
    }

    #[test]
    fn the_newest_of_several_is_taken_when_the_template_asks_for_it() {
        let found = vec![
            image("ami-old", "2024-01-01T00:00:00.000Z"),
            image("ami-new", "2025-01-01T00:00:00.000Z"),
        ];
        assert_eq!(
            choose(found, Several::Newest).unwrap().id.as_str(),
            "ami-new"
        );
    }

    #[test]
    fn several_images_are_refused_without_most_recent() {
        let found = vec![
            image("ami-a", "2024-01-01T00:00:00.000Z"),
            image("ami-b", "2025-01-01T00:00:00.000Z"),
        ];
        assert!(
            choose(found, Several::Refuse)
                .is_err_and(|reason| reason.contains("more than one result"))
        );
    }

    #[test]
    fn enhanced_networking_needs_an_hvm_image_or_the_templates_word_for_it() {
        let mut settings = crate::build::tests::fixture::settings();
        let mut old = image("ami-old", "2014-01-01T00:00:00.000Z");
        old.virtualization_type = "paravirtual".to_owned();
        settings.launch.network_support = vec![NetworkSupport::Ena(Toggle::Off)];
        assert!(check_enhanced_networking(&settings, &old).is_ok());
        settings.launch.network_support = vec![NetworkSupport::Sriov];
        let error = check_enhanced_networking(&settings, &old).unwrap_err();
        assert!(
            error.to_string().contains("'ami-old' is not HVM"),
            "{error}"
        );
        settings.image.virtualization_type = Some("hvm".to_owned());
        assert!(check_enhanced_networking(&settings, &old).is_ok());
    }

    #[test]
    fn no_image_at_all_is_told_in_packers_words() {
        assert_eq!(
            choose(Vec::new(), Several::Newest).unwrap_err(),
            "No AMI was found matching filters"
        );
    }
}
