//! The source image that a template expects: what its filters ask for, and for the rest what such images have in common.

use super::account::Furnishing;
use super::expected::{Answers, expected};
use super::filter_names::IMAGES;
use super::images::ModelImage;
use super::instance_types;
use super::pace::Pace;
use super::place::{Made, Moving};
use super::world::ACCOUNT;
use crate::cloud::image::{BlockDevice, EbsSettings, Image, ImageState, ImageTraits};
use crate::cloud::{ImageId, SnapshotId, Tags};
use crate::plan::amazon::settings::EbsSettings as Settings;

/// Amazon's account that publishes Amazon Linux.
const AMAZON: &str = "137112412989";
/// Where nothing tells whose it is.
const SOMEBODY: &str = "000000000000";
/// GiB of a root where nothing tells.
const USUAL_ROOT: i32 = 8;
/// The same of Windows.
const WINDOWS_ROOT: i32 = 30;

/// What publishers of Linux call their images.
const LINUX: &[&str] = &[
    "al2023", "alma", "amzn", "centos", "debian", "fedora", "linux", "rhel", "rocky", "suse",
    "sles", "ubuntu",
];

/// Puts the image there, unless an earlier build of the same account has it already.
pub(super) fn furnish(furnishing: &mut Furnishing<'_>) {
    let source = &furnishing.settings.source;
    let (tags, answers) = expected(&source.filters, &IMAGES);
    let sketch = Sketch {
        settings: furnishing.settings,
        answers: &answers,
    };
    let image = sketch.image(ImageId::new(""), tags);
    furnishing.unchecked(format!(
        "whether {} exists; it is taken to be {} with a root `{}` of {} GiB",
        sketch.wanted(),
        image.architecture,
        image.root_device_name.as_deref().unwrap_or_default(),
        sketch.root_size(),
    ));
    let mut images = furnishing.place().images.values();
    if source.id.is_none() && images.any(|made| made.thing.answers_to(source)) {
        return;
    }
    let id = match (&source.id, answers.get("image-id")) {
        (Some(id), _) => id.clone(),
        (None, Some(id)) => ImageId::new(id),
        (None, None) => ImageId::new(furnishing.world.id("ami")),
    };
    let mut image = ModelImage::new(Image {
        id: id.clone(),
        ..image
    });
    image.answers = answers;
    image.advance();
    let made = Made::new(image, Pace::default());
    furnishing.place().images.insert(id.to_string(), made);
}

/// The architecture that the image of a build is taken to have.
pub(crate) fn likely_architecture(settings: &Settings) -> String {
    let (_, answers) = expected(&settings.source.filters, &IMAGES);
    let sketch = Sketch {
        settings,
        answers: &answers,
    };
    sketch.architecture()
}

/// What is known of the image.
struct Sketch<'a> {
    settings: &'a Settings,
    answers: &'a Answers,
}

impl Sketch<'_> {
    fn image(&self, id: ImageId, tags: Tags) -> Image {
        let answer = |filter: &str, usual: &str| self.answer(filter).unwrap_or(usual).to_owned();
        let (owner_id, owner_alias) = self.owner();
        let root = self.root();
        Image {
            id,
            name: answer("name", "rehearsal"),
            creation_date: answer("creation-date", "2026-01-01T00:00:00.000Z"),
            owner_id,
            owner_alias,
            state: ImageState::Pending,
            state_reason: None,
            root_device_type: answer("root-device-type", "ebs"),
            root_device_name: Some(root.clone()),
            virtualization_type: answer("virtualization-type", "hvm"),
            architecture: self.architecture(),
            block_devices: vec![BlockDevice {
                device_name: root,
                ebs: Some(EbsSettings {
                    snapshot_id: Some(SnapshotId::new("snap-rehearsal00000000")),
                    volume_size: Some(self.root_size()),
                    volume_type: Some("gp2".to_owned()),
                    delete_on_termination: Some(true),
                    encrypted: Some(false),
                    ..EbsSettings::default()
                }),
                ..BlockDevice::default()
            }],
            is_protected: false,
            traits: self.traits(),
            tags,
        }
    }

    fn traits(&self) -> ImageTraits {
        let boot_mode = match self.architecture().as_str() {
            "x86_64" => "uefi-preferred",
            "arm64" => "uefi",
            _ => "legacy-bios",
        };
        let (platform, operation) = match self.is_windows() {
            true => ("Windows", "RunInstances:0002"),
            false => ("Linux/UNIX", "RunInstances"),
        };
        ImageTraits {
            ena_support: true,
            boot_mode: Some(self.answer("boot-mode").unwrap_or(boot_mode).to_owned()),
            platform_details: Some(platform.to_owned()),
            usage_operation: Some(operation.to_owned()),
            ..ImageTraits::default()
        }
    }

    /// What the filter says, else the name, else what the machine's type can run.
    fn architecture(&self) -> String {
        let asked = self.answer("architecture");
        let of_type = || instance_types::architecture(self.settings.launch.likely_type());
        asked
            .or_else(|| self.named())
            .or_else(of_type)
            .unwrap_or("x86_64")
            .to_owned()
    }

    /// The architecture that a publisher put into the name.
    fn named(&self) -> Option<&'static str> {
        let name = self.name().to_ascii_lowercase();
        let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.find_map(|word| match word {
            "arm64" | "aarch64" => Some("arm64"),
            "amd64" | "x86_64" => Some("x86_64"),
            _ => None,
        })
    }

    fn owner(&self) -> (String, Option<String>) {
        let (id, alias) = (self.answer("owner-id"), self.answer("owner-alias"));
        let owner = self.settings.source.owners.first().map(String::as_str);
        match owner.or(alias) {
            Some("self") => (ACCOUNT.to_owned(), None),
            Some(account) if account.bytes().all(|byte| byte.is_ascii_digit()) => {
                (account.to_owned(), alias.map(str::to_owned))
            }
            Some(alias) => (id.unwrap_or(AMAZON).to_owned(), Some(alias.to_owned())),
            None => (id.unwrap_or(SOMEBODY).to_owned(), None),
        }
    }

    /// The root that the template maps anew, else what images of that name have.
    fn root(&self) -> String {
        if let Some(asked) = self.answer("root-device-name") {
            return asked.to_owned();
        }
        let mapped = |name: &&str| self.mapping(name).is_some();
        let usual = match self.has_a_word_of(&["amzn", "al2", "al20", "debian"]) {
            true => ["/dev/xvda", "/dev/sda1"],
            false => ["/dev/sda1", "/dev/xvda"],
        };
        let root = usual.iter().copied().find(mapped).unwrap_or(usual[0]);
        root.to_owned()
    }

    /// No larger than what the template makes of it.
    fn root_size(&self) -> i32 {
        let usual = match self.is_windows() {
            true => WINDOWS_ROOT,
            false => USUAL_ROOT,
        };
        let mapped = self.mapping(&self.root());
        let size = mapped.and_then(|device| device.ebs.as_ref()?.volume_size);
        size.map_or(usual, |size| size.clamp(1, usual))
    }

    fn mapping(&self, name: &str) -> Option<&BlockDevice> {
        let mut devices = self.settings.launch.block_devices.iter();
        devices.find(|device| device.device_name == name)
    }

    /// What the template does with an image of which nothing is known tells something too.
    fn is_windows(&self) -> bool {
        let wants_it = || self.settings.image.lifecycle.fast_launch.is_some();
        self.answer("platform") == Some("windows")
            || self.has_a_word_of(&["windows"])
            || !self.has_a_word_of(LINUX) && wants_it()
    }

    fn has_a_word_of(&self, words: &[&str]) -> bool {
        let name = self.name().to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    }

    fn name(&self) -> &str {
        self.answer("name").unwrap_or_default()
    }

    fn answer(&self, filter: &str) -> Option<&str> {
        self.answers.get(filter).map(String::as_str)
    }

    /// As the template names it.
    fn wanted(&self) -> String {
        let source = &self.settings.source;
        if let Some(id) = &source.id {
            return format!("the source image `{id}`");
        }
        let filters = source.filters.iter();
        let filters = filters.map(|(name, values)| format!("{name}={}", values.join(",")));
        let owners = source.owners.iter().map(|owner| format!("owner={owner}"));
        let all: Vec<String> = filters.chain(owners).collect();
        format!("a source image of `{}`", all.join(" "))
    }
}
