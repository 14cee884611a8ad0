//! Settings of the builds on the bench.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cloud::image::{BlockDevice, EbsSettings as Ebs, Image, ImageState, ImageTraits};
use crate::cloud::launch_terms::LaunchTerms;
use crate::cloud::model::SOURCE_IMAGE;
use crate::cloud::{ImageId, Region, SnapshotId};
use crate::plan::amazon::recipe::{
    EbsVolume, Method, Recipe, Registration, RootDevice, Surrogate, VolumeSnapshot,
};
use crate::plan::amazon::settings::{
    Access, EbsSettings, Encryption, ImageSettings, Launch, Lifecycle, NetworkFilters, Polling,
    Replace, SourceImage, Spot,
};
use crate::plan::communicator::{
    Communicator, Interface, KeyType, Login, Pty, SshSettings, Tunnels,
};

/// One region, a temporary key, no encryption.
pub(in crate::build) fn settings() -> EbsSettings {
    EbsSettings {
        access: Access::default(),
        source: SourceImage {
            id: Some(ImageId::new(SOURCE_IMAGE)),
            ..SourceImage::default()
        },
        launch: launch(),
        communicator: Communicator::Ssh(Box::new(ssh())),
        image: image_settings(),
        recipe: Recipe::Machine,
        unsupported: Vec::new(),
    }
}

/// The same, encrypted and in another region too: the longest way.
pub(super) fn everywhere() -> EbsSettings {
    let mut settings = settings();
    settings.image.regions = vec![Region::new("us-east-1")];
    settings.image.encryption = with_own_keys(&settings.image.regions);
    settings.image.users = vec!["210987654321".to_owned()];
    settings
}

/// With keys that other accounts can use.
pub(in crate::build) fn with_own_keys(regions: &[Region]) -> Encryption {
    let key = || "alias/mine".to_owned();
    Encryption {
        encrypt_boot: Some(true),
        kms_key_id: Some(key()),
        region_kms_key_ids: regions
            .iter()
            .map(|region| (region.clone(), key()))
            .collect(),
    }
}

/// A machine whose root is faster than that of its image, in another region too.
pub(super) fn fast() -> EbsSettings {
    let mut settings = settings();
    settings.image.regions = vec![Region::new("us-east-1")];
    settings.launch.block_devices = vec![device("/dev/xvdf", true)];
    settings.recipe = Recipe::FastVolume;
    settings
}

/// A source image with a root of 8 GiB and an instance store volume.
pub(crate) fn source() -> Image {
    let root = Ebs {
        snapshot_id: Some(SnapshotId::new("snap-1")),
        volume_size: Some(8),
        volume_type: Some("gp2".to_owned()),
        delete_on_termination: Some(true),
        ..Ebs::default()
    };
    let named = |name: &str| BlockDevice {
        device_name: name.to_owned(),
        ..BlockDevice::default()
    };
    Image {
        id: ImageId::new("ami-1"),
        name: "source".to_owned(),
        creation_date: String::new(),
        owner_id: String::new(),
        owner_alias: None,
        state: ImageState::Available,
        state_reason: None,
        root_device_type: "ebs".to_owned(),
        root_device_name: Some("/dev/xvda".to_owned()),
        virtualization_type: "hvm".to_owned(),
        architecture: "x86_64".to_owned(),
        block_devices: vec![
            BlockDevice {
                ebs: Some(root),
                ..named("/dev/xvda")
            },
            BlockDevice {
                virtual_name: Some("ephemeral0".to_owned()),
                ..named("/dev/sdb")
            },
        ],
        is_protected: false,
        traits: ImageTraits {
            ena_support: true,
            boot_mode: Some("uefi-preferred".to_owned()),
            platform_details: Some("Linux/UNIX".to_owned()),
            usage_operation: Some("RunInstances".to_owned()),
            ..ImageTraits::default()
        },
        tags: crate::cloud::Tags::new(),
    }
}

/// An image of a second volume, registered, and in another region too.
pub(super) fn registered() -> EbsSettings {
    surrogate(Method::Register(Registration {
        architecture: "arm64".to_owned(),
        virtualization_type: "hvm".to_owned(),
        boot_mode: Some("uefi".to_owned()),
        ..Registration::default()
    }))
}

/// The same, of a machine whose root is swapped.
pub(super) fn swapped() -> EbsSettings {
    surrogate(Method::CreateImage)
}

fn surrogate(method: Method) -> EbsSettings {
    let mut settings = settings();
    settings.image.regions = vec![Region::new("us-east-1")];
    settings.image.users = vec!["210987654321".to_owned()];
    settings.launch.block_devices = vec![
        device("/dev/xvdf", true),
        device("/dev/xvdg", true),
        device("/dev/xvdh", true),
    ];
    settings.recipe = Recipe::Surrogate(Box::new(Surrogate {
        root: RootDevice {
            source: "/dev/xvdf".to_owned(),
            name: "/dev/xvda".to_owned(),
            ..RootDevice::default()
        },
        omitted: vec!["/dev/xvdh".to_owned()],
        method,
    }));
    settings
}

/// A volume that stays, with its snapshot, and one that goes with the machine.
pub(super) fn volumes() -> EbsSettings {
    let mut settings = settings();
    let own = |value: &str| BTreeMap::from([("Own".to_owned(), value.to_owned())]);
    let volumes = vec![
        EbsVolume {
            device: device("/dev/xvdf", false),
            tags: own("of {{ .SourceAMI }}"),
            snapshot: Some(VolumeSnapshot {
                description: Some("data".to_owned()),
                tags: own("snapshot"),
                users: vec!["210987654321".to_owned()],
                groups: Vec::new(),
            }),
        },
        EbsVolume {
            device: device("/dev/xvdg", true),
            tags: BTreeMap::new(),
            snapshot: None,
        },
    ];
    settings.launch.block_devices = volumes.iter().map(|volume| volume.device.clone()).collect();
    settings.launch.run_volume_tags = BTreeMap::from([("Temporary".to_owned(), "yes".to_owned())]);
    settings.image = ImageSettings::none();
    settings.recipe = Recipe::Volumes(volumes);
    settings
}

fn device(name: &str, delete_on_termination: bool) -> BlockDevice {
    BlockDevice {
        device_name: name.to_owned(),
        ebs: Some(Ebs {
            delete_on_termination: Some(delete_on_termination),
            volume_size: Some(1),
            ..Ebs::default()
        }),
        ..BlockDevice::default()
    }
}

/// A spot instance with a profile of its own: everything that a launch can need is made for it.
pub(super) fn spot() -> EbsSettings {
    let mut settings = settings();
    settings.launch.instance_type = String::new();
    settings.launch.spot = Some(Spot {
        max_price: Some("0.05".to_owned()),
        instance_types: vec!["t3.micro".to_owned(), "t3a.micro".to_owned()],
        allocation_strategy: Some("price-capacity-optimized".to_owned()),
        tags: BTreeMap::from([("Name".to_owned(), "for {{ .SourceAMI }}".to_owned())]),
        fleet_tags: BTreeMap::new(),
    });
    settings.launch.temporary_profile = Some(POLICY.to_owned());
    settings
}

/// A policy that nothing reads.
pub(super) const POLICY: &str = r#"{"Version":"2012-10-17","Statement":null}"#;

fn launch() -> Launch {
    Launch {
        instance_type: "t3.micro".to_owned(),
        spot: None,
        subnet: None,
        vpc: None,
        availability_zone: None,
        groups: Vec::new(),
        filters: NetworkFilters::default(),
        temporary_group_sources: None,
        associate_public_ip_address: None,
        iam_instance_profile: None,
        temporary_profile: None,
        user_data: None,
        block_devices: Vec::new(),
        ebs_optimized: false,
        metadata: None,
        shutdown_behavior: None,
        disable_stop: false,
        powers_off: false,
        credit_specification: None,
        terms: LaunchTerms::default(),
        network_support: Vec::new(),
        run_tags: BTreeMap::from([("Name".to_owned(), "of {{ .SourceAMIName }}".to_owned())]),
        run_volume_tags: BTreeMap::new(),
        polling: Polling::default(),
    }
}

fn ssh() -> SshSettings {
    SshSettings {
        host: None,
        port: 22,
        username: "ec2-user".to_owned(),
        login: Login::TemporaryKey {
            name: None,
            key_type: KeyType::Ed25519,
            password: None,
        },
        interface: Interface::Automatic,
        timeout: Some(Duration::from_secs(300)),
        handshake_attempts: Some(10),
        pty: Pty::None,
        agent_forwarding: false,
        bastion: None,
        proxy: None,
        tunnels: Tunnels::default(),
        file_transfer: None,
        ciphers: Vec::new(),
        key_exchanges: Vec::new(),
        keep_alive: None,
        read_write_timeout: None,
        pause_before_connecting: Duration::ZERO,
        clear_authorized_keys: true,
    }
}

fn image_settings() -> ImageSettings {
    ImageSettings {
        name: "web-1".to_owned(),
        description: "made from {{ .SourceAMI }}".to_owned(),
        regions: Vec::new(),
        skip_region_validation: false,
        users: Vec::new(),
        organizations: Vec::new(),
        organizational_units: Vec::new(),
        groups: Vec::new(),
        snapshot_users: Vec::new(),
        snapshot_groups: Vec::new(),
        tags: BTreeMap::from([("Release".to_owned(), "1".to_owned())]),
        snapshot_tags: BTreeMap::new(),
        skip_run_tags: false,
        block_devices: Vec::new(),
        virtualization_type: None,
        copy_minutes: None,
        lifecycle: Lifecycle::default(),
        encryption: Encryption::default(),
        replace: Replace::Refuse,
        skip_create: false,
        skip_save_build_region: false,
        life: crate::images::Life::default(),
    }
}
