//! An account for a rehearsal: nothing in it but what a template takes as given.

use super::account_image;
use super::account_network;
use super::account_things;
use super::calls::ModelCloud;
use super::place::Place;
use super::regions;
use super::world::World;
use crate::cloud::Region;
use crate::plan::amazon::settings::EbsSettings;

/// What a builder takes as given, put into the account's build region.
pub(super) struct Furnishing<'a> {
    pub(super) settings: &'a EbsSettings,
    pub(super) region: &'a Region,
    pub(super) world: &'a mut World,
    /// What nobody can know without asking EC2.
    pub(super) unchecked: Vec<String>,
}

impl ModelCloud {
    /// An account with nothing in it.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// The same account for one build, which has a log of its own. Whatever its settings take as given is there.
    pub(crate) fn for_build(&self, settings: &EbsSettings, region: &Region) -> Self {
        let cloud = self.for_somebody_else();
        let unchecked = {
            let mut world = cloud.world();
            let mut furnishing = Furnishing {
                settings,
                region,
                world: &mut world,
                unchecked: Vec::new(),
            };
            account_image::furnish(&mut furnishing);
            account_network::furnish(&mut furnishing);
            account_things::furnish(&mut furnishing);
            furnishing.regions();
            furnishing.others();
            furnishing.unchecked
        };
        cloud.own_log().unchecked = unchecked;
        cloud
    }

    /// One more thing that nobody can know without asking AWS.
    pub(crate) fn note_unchecked(&self, what: &str) {
        self.own_log().unchecked.push(what.to_owned());
    }

    /// What the settings name and nobody can know without asking EC2, each to be read after "not checked: ".
    pub(crate) fn unchecked(&self) -> Vec<String> {
        self.own_log().unchecked.clone()
    }
}

impl Furnishing<'_> {
    /// The build region.
    pub(super) fn place(&mut self) -> &mut Place {
        self.world.place(self.region)
    }

    /// One more thing that is not checked, once.
    pub(super) fn unchecked(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.unchecked.contains(&what) {
            self.unchecked.push(what);
        }
    }

    /// Names that may be those of new regions.
    fn regions(&mut self) {
        let named = std::iter::once(self.region).chain(&self.settings.image.regions);
        for region in named {
            if regions::may_be_new(region) {
                self.world.more_regions.insert(region.clone());
                self.unchecked(format!("whether there is a region `{region}`"));
            }
        }
    }

    /// What has no effect in the model.
    fn others(&mut self) {
        let settings = self.settings;
        let devices = settings.launch.block_devices.iter();
        let devices = devices.chain(&settings.image.block_devices);
        let of_devices = devices.filter_map(|device| device.ebs.as_ref()?.kms_key_id.as_ref());
        let encryption = &settings.image.encryption;
        let of_regions = encryption.region_kms_key_ids.values();
        let keys = of_devices.chain(&encryption.kms_key_id).chain(of_regions);
        for key in keys.filter(|key| !key.is_empty()) {
            self.unchecked(format!(
                "whether the KMS key `{key}` exists and may be used"
            ));
        }
        let terms = &settings.launch.terms;
        let placed = [&terms.host_id, &terms.host_resource_group_arn];
        for what in placed
            .into_iter()
            .flatten()
            .chain(&terms.license_configurations)
        {
            self.unchecked(format!("whether `{what}` exists"));
        }
        let image = &settings.image;
        let sharers = image.users.iter().chain(&image.organizations);
        let sharers = sharers.chain(&image.organizational_units);
        for sharer in sharers.chain(&image.snapshot_users) {
            self.unchecked(format!(
                "whether `{sharer}`, with whom the image is shared, exists"
            ));
        }
        self.unchecked("the account's quotas, and whether EC2 has the capacity");
        self.unchecked("whether the credentials allow the calls");
    }
}
