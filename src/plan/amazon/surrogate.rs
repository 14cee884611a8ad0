//! The `amazon-ebssurrogate` builder: an image whose root device was an additional volume of the build machine.

use super::access::{self, optional};
use super::ebs::{Force, LATE_KEYS};
use super::launch_keys::OwnKeys;
use super::network_support::Target;
use super::recipe::{Method, Recipe, Registration, RootDevice, Surrogate};
use super::settings::EbsSettings;
use super::{block_device, image_keys, machine_keys, tags};
use crate::cloud::image::BlockDevice;
use crate::facts::Facts;
use crate::plan::unsupported::Unsupported;
use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;
use crate::template::render::render_config;
use crate::template::scope::Scope;

/// Keys of `amazon-ebs` that Packer has not here.
const NOT_HERE: [&str; 3] = ["fast_launch", "no_ephemeral", "skip_create_ami"];

const ARCHITECTURES: [&str; 5] = ["arm64", "arm64_mac", "i386", "x86_64", "x86_64_mac"];
const BOOT_MODES: [&str; 3] = ["legacy-bios", "uefi", "uefi-preferred"];

/// Decodes and checks an `amazon-ebssurrogate` builder. `None` where anything is wrong; `problems` says all of it.
pub(crate) fn surrogate(
    node: &Node,
    scope: &Scope,
    facts: &Facts,
    force: Force,
    problems: &Problems,
) -> Option<EbsSettings> {
    let before = problems.count();
    let rendered = render_config(node, scope, &LATE_KEYS, problems);
    let mut fields = Fields::new(&rendered, problems, "").lacking(&NOT_HERE);
    let mut unsupported = Unsupported::default();
    let access = access::read(&mut fields, facts);
    let image = image_keys::read(&mut fields, access.region.as_ref(), force);
    let (block_devices, omitted) = launch_devices(&mut fields);
    let recipe = recipe(&mut fields, &block_devices, omitted);
    let own = OwnKeys {
        block_devices,
        run_volume_tags: tags::read(&mut fields, "run_volume_tags", "run_volume_tag", "name"),
        network_target: Target::Surrogate,
    };
    let machine = machine_keys::read(&mut fields, facts, own, &mut unsupported);
    if machine.launch.spot.is_some() && matches!(recipe.method, Method::CreateImage) {
        // Only a stopped machine lets go of its root, and a spot instance cannot be stopped.
        unsupported.note_conflict(&fields, "use_create_image", "spot_price");
    }
    fields.finish();
    (problems.count() == before).then(|| EbsSettings {
        access,
        source: machine.source,
        launch: machine.launch,
        communicator: machine.communicator,
        image,
        recipe: Recipe::Surrogate(Box::new(recipe)),
        unsupported: unsupported.into_keys(),
    })
}

/// The mappings, and the names of those that are no part of the image.
fn launch_devices(fields: &mut Fields<'_>) -> (Vec<BlockDevice>, Vec<String>) {
    let (mut devices, mut omitted) = (Vec::new(), Vec::new());
    for mut block in fields.blocks("launch_block_device_mappings") {
        let device = block_device::keys(&mut block);
        if block.bool("omit_from_artifact") {
            omitted.push(device.device_name.clone());
        }
        block.finish();
        devices.push(device);
    }
    (devices, omitted)
}

fn recipe(fields: &mut Fields<'_>, launched: &[BlockDevice], omitted: Vec<String>) -> Surrogate {
    let root = root_device(fields, launched);
    if omitted.contains(&root.source) {
        fields.problem(
            "launch_block_device_mappings",
            "You cannot set \"omit_from_artifact\": \"true\" for the root volume.",
        );
    }
    if !launched
        .iter()
        .any(|device| device.device_name == root.source)
    {
        fields.problem_with_hint(
            "ami_root_device",
            format!("no volume with name '{}' is found", root.source),
            "`source_device_name` is the `device_name` of one of `launch_block_device_mappings`",
        );
    }
    let registration = registration(fields);
    let method = if fields.bool("use_create_image") {
        warn_of_registration(fields);
        Method::CreateImage
    } else {
        Method::Register(registration)
    };
    Surrogate {
        root,
        omitted,
        method,
    }
}

fn root_device(fields: &mut Fields<'_>, launched: &[BlockDevice]) -> RootDevice {
    let Some(mut block) = fields.block("ami_root_device") else {
        for key in ["source_device_name", "device_name"] {
            fields.problem(
                "ami_root_device",
                format!("{key} for the root_device must be specified"),
            );
        }
        return RootDevice::default();
    };
    let mut given = |key| block_device::number(&mut block, key).filter(|number| *number != 0);
    let (iops, volume_size) = (given("iops"), given("volume_size"));
    let goes = block.bool("delete_on_termination");
    let root = RootDevice {
        source: block.text("source_device_name"),
        name: block.text("device_name"),
        delete_on_termination: block.has("delete_on_termination").then_some(goes),
        iops,
        volume_type: optional(&mut block, "volume_type"),
        volume_size,
    };
    check_root(&block, &root, launched);
    block.finish();
    root
}

fn check_root(block: &Fields<'_>, root: &RootDevice, launched: &[BlockDevice]) {
    for (key, name) in [
        ("source_device_name", &root.source),
        ("device_name", &root.name),
    ] {
        if name.is_empty() {
            block.problem(key, format!("{key} for the root_device must be specified"));
        }
    }
    if root.iops.is_some() && root.volume_type.as_deref() == Some("gp2") {
        block.problem("iops", "iops may not be specified for a gp2 volume");
    }
    for (key, number) in [("iops", root.iops), ("volume_size", root.volume_size)] {
        if number.is_some_and(|number| number < 0) {
            block.problem(key, format!("{key} must be greater than 0"));
        }
    }
    let source = launched
        .iter()
        .find(|device| device.device_name == root.source);
    let launched_with = source.and_then(|device| device.ebs.as_ref()?.volume_size);
    if let (Some(wished), Some(least)) = (root.volume_size, launched_with)
        && (1..least).contains(&wished)
    {
        block.warning(
            "volume_size",
            format!(
                "a root volume of {wished} GiB is too small for what was a volume of {least} GiB: `volume_size` has no effect"
            ),
        );
    }
}

fn registration(fields: &mut Fields<'_>) -> Registration {
    let registration = Registration {
        architecture: optional(fields, "ami_architecture").unwrap_or_else(|| "x86_64".to_owned()),
        // The keys of the image read it too, but only here it has to be there.
        virtualization_type: fields.text("ami_virtualization_type"),
        boot_mode: optional(fields, "boot_mode"),
        uefi_data: optional(fields, "uefi_data"),
        tpm_support: optional(fields, "tpm_support"),
        snapshot_description: optional(fields, "snapshot_description"),
    };
    check_registration(fields, &registration);
    registration
}

fn check_registration(fields: &Fields<'_>, registration: &Registration) {
    let architecture = registration.architecture.as_str();
    if registration.virtualization_type.is_empty() {
        fields.problem(
            "ami_virtualization_type",
            "ami_virtualization_type is required.",
        );
    }
    if !ARCHITECTURES.contains(&architecture) {
        fields.problem(
            "ami_architecture",
            "The only valid ami_architecture values are \"arm64\", \"arm64_mac\", \"i386\", \"x86_64\", or \"x86_64_mac\"",
        );
    }
    if registration
        .tpm_support
        .as_deref()
        .is_some_and(|support| support != "v2.0")
    {
        fields.problem(
            "tpm_support",
            "The only valid tpm_support value is \"v2.0\"",
        );
    }
    let boot_mode = registration.boot_mode.as_deref();
    if boot_mode.is_some_and(|mode| !BOOT_MODES.contains(&mode)) {
        fields.problem(
            "boot_mode",
            format!(
                "invalid boot mode: valid values are {}",
                BOOT_MODES.join(", ")
            ),
        );
    }
    if registration.uefi_data.is_none() {
        return;
    }
    match boot_mode {
        Some("legacy-bios") => fields.problem(
            "uefi_data",
            "You can't use uefi_data with boot_mode set to \"legacy-bios\".",
        ),
        None if architecture != "arm64" => fields.problem(
            "uefi_data",
            format!("You need boot_mode set to \"uefi\" to use uefi_data, \"{architecture}\" architecture defaults to \"legacy-bios\"."),
        ),
        _ => {}
    }
}

/// `CreateImage` takes all of this from the machine.
fn warn_of_registration(fields: &Fields<'_>) {
    const KEYS: [&str; 5] = [
        "ami_architecture",
        "boot_mode",
        "uefi_data",
        "tpm_support",
        "snapshot_description",
    ];
    for key in KEYS.into_iter().filter(|key| fields.has(key)) {
        fields.warning(
            key,
            format!("`{key}` has no effect with `use_create_image`, in Packer neither"),
        );
    }
}
