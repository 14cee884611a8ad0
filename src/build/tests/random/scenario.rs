//! What one random build is: a template, an account, and all that goes wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;

use super::chance::Chance;
use crate::build::tests::fixture::{
    POLICY, fast, registered, settings, spot, swapped, volumes, with_own_keys,
};
use crate::cloud::Region;
use crate::cloud::lifecycle::{Cooldown, NetworkSupport};
use crate::cloud::model::{Age, Death};
use crate::plan::amazon::fast_launch_settings::FastLaunch;
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::{EbsSettings, Replace};
use crate::plan::communicator::{Communicator, Login};

/// A device that no template names.
pub(super) const SCRIPTS_DEVICE: &str = "/dev/sdz";
/// A device of the source image whose volume outlives the machine.
pub(super) const LEFT_DEVICE: &str = "/dev/sdy";
/// A key pair that is the owner's or that the template asks for.
pub(super) const KEY_NAME: &str = "mine";

/// One random build.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) settings: EbsSettings,
    pub(super) region: &'static str,
    /// Regions in which the owner has an image of the template's name.
    pub(super) old_images: Vec<Region>,
    pub(super) owner_has_the_key: bool,
    pub(super) source_leaves_a_volume: bool,
    pub(super) provisioner: Script,
    /// `-on-error=abort`.
    pub(super) keeps_on_error: bool,
    pub(super) stop: Option<When>,
    pub(super) first: Fate,
    /// What comes after it.
    pub(super) net: Net,
    /// Post steps that something happens to as well. A calm one follows in any case.
    pub(super) posts: Vec<Fate>,
}

/// What comes after the first process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Net {
    /// The journal is settled.
    Post,
    /// The journal is lost: there are tags alone.
    Sweep,
}

/// What the provisioner does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    pub(super) takes: Duration,
    pub(super) attaches: Option<Age>,
    pub(super) ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Well,
    Fails,
    Panics,
    PowersOff,
    TakenBack,
}

/// An instant of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Call(usize),
    After(Duration),
}

/// What happens to one process.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate {
    /// Of the weather.
    pub(super) seed: u64,
    /// Faults in a thousand calls.
    pub(super) faults: u32,
    /// Calls that the caller may not make.
    pub(super) denied: Vec<&'static str>,
    pub(super) death: Option<Demise>,
    /// The disk is full from that write on, for so many.
    pub(super) full_disk: Option<(usize, usize)>,
}

/// How a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demise {
    AtCall(usize, Death),
    After(Duration),
    /// At that line of the journal, with so many thousandths of it written.
    AtWrite(usize, usize),
}

impl Scenario {
    pub(super) fn draw(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let region = match chance.below(20) {
            0 => "cn-north-1",
            1 => "us-gov-west-1",
            _ => "eu-west-1",
        };
        let settings = template(&mut chance.fork(), region);
        let mut account = chance.fork();
        let images = !matches!(settings.recipe, Recipe::Volumes(_));
        let replaced = images && settings.image.replace != Replace::Refuse;
        let mut old_images = targets(&settings, region);
        old_images.retain(|_| replaced && account.percent(60));
        let mut fates = chance.fork();
        let provisioner = script(&mut chance.fork(), &settings);
        // Elsewhere EC2 takes no tags in most creating calls, and what a script made has none of ours.
        let is_tagged = region == "eu-west-1" && provisioner.attaches != Some(Age::New);
        let net = if is_tagged && chance.percent(30) {
            Net::Sweep
        } else {
            Net::Post
        };
        Self {
            net,
            old_images,
            owner_has_the_key: account.percent(10),
            source_leaves_a_volume: account.percent(20),
            provisioner,
            keeps_on_error: fates.percent(15),
            stop: fates.percent(15).then(|| when(&mut fates)),
            first: fate(&mut fates, 50),
            posts: (0..fates.pick(&[0, 0, 0, 1, 2]))
                .map(|_| fate(&mut fates, 70))
                .collect(),
            settings,
            region,
        }
    }
}

/// Where images will be.
pub(super) fn targets(settings: &EbsSettings, region: &str) -> Vec<Region> {
    let own = (!settings.image.skip_save_build_region).then(|| Region::new(region));
    own.into_iter()
        .chain(settings.image.regions.iter().cloned())
        .collect()
}

fn template(chance: &mut Chance, region: &str) -> EbsSettings {
    let mut settings = match chance.below(10) {
        0..4 => settings(),
        4..6 => spot(),
        6 => registered(),
        7 => swapped(),
        8 => fast(),
        _ => volumes(),
    };
    if chance.percent(20) {
        settings.launch.temporary_profile = Some(POLICY.to_owned());
    }
    if chance.percent(10)
        && let Communicator::Ssh(ssh) = &mut settings.communicator
        && let Login::TemporaryKey { name, .. } = &mut ssh.login
    {
        *name = Some(KEY_NAME.to_owned());
    }
    settings.image.skip_region_validation = region != "eu-west-1";
    if !matches!(settings.recipe, Recipe::Volumes(_)) {
        image(chance, &mut settings);
    }
    if settings.launch.spot.is_none() && chance.percent(10) {
        settings.launch.network_support = vec![NetworkSupport::Sriov];
    }
    settings
}

fn image(chance: &mut Chance, settings: &mut EbsSettings) {
    let image = &mut settings.image;
    image.regions = match chance.below(5) {
        0 | 1 => Vec::new(),
        2 | 3 => vec![Region::new("us-east-1")],
        _ => vec![Region::new("us-east-1"), Region::new("us-west-2")],
    };
    image.encryption.encrypt_boot = chance.pick(&[None, None, Some(true), Some(false)]);
    if image.encryption.encrypt_boot == Some(true) {
        image.encryption = with_own_keys(&image.regions);
    }
    image.skip_save_build_region = !image.regions.is_empty() && chance.percent(15);
    image.skip_create = chance.percent(5);
    if chance.percent(40) {
        image.users = vec!["210987654321".to_owned()];
        image.snapshot_users = vec!["210987654321".to_owned()];
    }
    if chance.percent(15) {
        image.lifecycle.fast_launch = Some(FastLaunch::default());
    }
    if chance.percent(15) {
        image.lifecycle.deprecate_at = Some(OffsetDateTime::now_utc() + time::Duration::days(365));
    }
    if chance.percent(20) {
        image.lifecycle.protection = Some(Cooldown::None);
    }
    image.tags = BTreeMap::from([("Release".to_owned(), "1".to_owned())]);
    image.replace = chance.pick(&[
        Replace::Refuse,
        Replace::Refuse,
        Replace::Deregister,
        Replace::DeregisterAndDeleteSnapshots,
    ]);
}

fn script(chance: &mut Chance, settings: &EbsSettings) -> Script {
    let ending = match chance.below(20) {
        0..13 => Ending::Well,
        13..16 => Ending::Fails,
        16 => Ending::Panics,
        17 => Ending::PowersOff,
        18 if settings.launch.spot.is_some() => Ending::TakenBack,
        _ => Ending::Well,
    };
    // A machine that goes by itself takes the way to its volumes along.
    let goes = matches!(ending, Ending::PowersOff | Ending::TakenBack);
    let ages: &[Option<Age>] = if goes {
        &[None]
    } else {
        &[None, None, None, None, Some(Age::New), Some(Age::Old)]
    };
    Script {
        takes: chance.while_of(Duration::from_secs(900)),
        attaches: chance.pick(ages),
        ending,
    }
}

fn when(chance: &mut Chance) -> When {
    if chance.percent(70) {
        When::Call(1 + chance.below(90) as usize)
    } else {
        When::After(chance.while_of(Duration::from_secs(1200)))
    }
}

/// Of calls that a narrow policy may leave out.
const DENIABLE: [&str; 10] = [
    "DescribeRegions",
    "DescribeKeyPairs",
    "ImportKeyPair",
    "DescribeSnapshots",
    "ModifySnapshotAttribute",
    "DeleteSnapshot",
    "DeleteVolume",
    "CreateTags",
    "DescribeSecurityGroups",
    "DeleteLaunchTemplate",
];

fn fate(chance: &mut Chance, deaths: u32) -> Fate {
    let death = chance.percent(deaths).then(|| match chance.below(10) {
        0..3 => Demise::AtCall(call(chance), Death::BeforeTheEffect),
        3..6 => Demise::AtCall(call(chance), Death::BeforeTheAnswer),
        6 => Demise::After(chance.while_of(Duration::from_secs(1200))),
        _ => Demise::AtWrite(
            1 + chance.below(40) as usize,
            chance.pick(&[0, 0, 100, 500, 900, 999, 1000]),
        ),
    });
    Fate {
        seed: chance.next(),
        faults: chance.pick(&[0, 0, 10, 30, 100, 300]),
        denied: if chance.percent(10) {
            vec![chance.pick(&DENIABLE)]
        } else {
            Vec::new()
        },
        death,
        // What a dead process knew alone is known to nobody.
        full_disk: (death.is_none() && chance.percent(15))
            .then(|| (1 + chance.below(30) as usize, chance.pick(&[1, 2, 5]))),
    }
}

fn call(chance: &mut Chance) -> usize {
    let most = chance.pick(&[20, 60, 150]);
    1 + chance.below(most) as usize
}
