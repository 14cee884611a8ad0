//! What a person is told of the sandbox.

use crate::sandbox::{Network, SandboxError};

use super::engine_types::About;
use super::pull::{Chosen, Image};
use super::unavailable;

/// In words, such as `docker: a container of ubuntu:22.04 in Docker 28.1`.
pub(super) fn description(image: &Image, engine: Option<&About>, network: Network) -> String {
    let engine = engine.map_or("an engine", |about| &about.name);
    let chosen = match image.chosen {
        Chosen::Named => "",
        Chosen::ByName => ", chosen by the name of the source AMI",
        Chosen::Guessed => ", the likeliest for the source AMI",
    };
    let network = match network {
        Network::AsHost => "",
        Network::Nothing => ", without a network",
    };
    format!(
        "docker: a container of {} in {engine}{chosen}{network}",
        image.name
    )
}

/// What of the image keeps a report from being whole, in a sentence each.
pub(super) fn differences(image: &Image, engine: Option<&About>) -> Vec<String> {
    let mut told = Vec::new();
    if !image.volumes.is_empty() {
        let volumes: Vec<String> = image.volumes.iter().map(|it| format!("`{it}`")).collect();
        told.push(format!(
            "what provisioners changed in {}, which the image `{}` declares a volume",
            volumes.join(", "),
            image.name
        ));
    }
    if let Some((images, engines)) = other_processor(image, engine) {
        told.push(format!(
            "how fast it is: the image is for {images}, and this machine of {engines} only imitates that"
        ));
    }
    told
}

/// The image runs no command.
pub(super) fn runs_nothing(
    image: &Image,
    engine: Option<&About>,
    user: &str,
    words: &str,
) -> SandboxError {
    let name = &image.name;
    let processor = other_processor(image, engine).map(|(images, engines)| {
        format!(": it is for {images}, and the engine's machine is {engines}")
    });
    unavailable(format!(
        "no command of `{user}` runs in the image `{name}` ({words}){}; name another with `-sandbox=docker:IMAGE`",
        processor.unwrap_or_default()
    ))
}

/// For which processor the image is, and which one the engine has, where those differ.
fn other_processor<'a>(image: &'a Image, engine: Option<&'a About>) -> Option<(&'a str, &'a str)> {
    let images = image.architecture.as_deref()?;
    let engines = engine?.architecture.as_deref()?;
    (images != engines).then_some((images, engines))
}

#[cfg(test)]
mod unit {
    use super::*;

    fn image(architecture: &str, volumes: &[&str]) -> Image {
        Image {
            name: "base:1".into(),
            variables: Vec::new(),
            volumes: volumes.iter().map(|it| (*it).to_owned()).collect(),
            architecture: Some(architecture.to_owned()),
            chosen: Chosen::Guessed,
        }
    }

    fn engine() -> About {
        About {
            name: "Docker 28.1".into(),
            architecture: Some("amd64".into()),
        }
    }

    #[test]
    fn a_volume_is_named_since_its_files_are_in_no_list() {
        assert!(differences(&image("amd64", &[]), Some(&engine())).is_empty());
        let told = differences(&image("amd64", &["/data", "/home"]), Some(&engine()));
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("in `/data`, `/home`, which"), "{told:?}");
    }

    #[test]
    fn an_image_for_another_processor_is_why_nothing_runs() {
        let error = runs_nothing(
            &image("arm64", &[]),
            Some(&engine()),
            "ada",
            "Exec format error",
        );
        let words = error.to_string();
        assert!(
            words.contains(
                "`base:1` (Exec format error): it is for arm64, and the engine's machine is amd64;"
            ),
            "{words}"
        );
        let error = runs_nothing(&image("amd64", &[]), Some(&engine()), "ada", "no shell");
        assert!(error.to_string().contains("(no shell); name"), "{error}");
    }

    #[test]
    fn the_description_says_how_the_image_was_found_and_what_it_reaches() {
        let words = description(&image("amd64", &[]), Some(&engine()), Network::Nothing);
        assert_eq!(
            words,
            "docker: a container of base:1 in Docker 28.1, the likeliest for the source AMI, without a network"
        );
    }
}
