//! An account in the model with images of one repository and of others.

use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::cloud::image::{BlockDevice, Image, ImageState, ImageTraits};
use crate::cloud::model::{Given, ModelCloud};
use crate::cloud::{ImageId, Region, Tags};
use crate::images::Known;
use crate::prune::judge::judge;
use crate::prune::search::Subject;
use crate::prune::{
    Aim, Done, Ending, Expired, Fate, Plan, PruneCx, Retention, Verdict, carry_out, plan,
};
use crate::stop::Stop;

pub(super) const NOW: OffsetDateTime = datetime!(2026-12-01 12:00 UTC);
pub(super) const REPOSITORY: &str = "github.com/7";
pub(super) const HOME: &str = "eu-west-1";
pub(super) const AWAY: &str = "us-east-1";
/// The account of the model's caller.
pub(super) const ACCOUNT: &str = "123456789012";

/// An image to be there.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) region: &'static str,
    pub(super) image: Image,
    pub(super) launchers: Vec<String>,
    pub(super) snapshot_users: Vec<String>,
}

pub(super) fn days_ago(days: i64) -> String {
    (NOW - Duration::days(days)).format(&Rfc3339).unwrap()
}

/// A preview of pull request 7, ten days old, that ends in a week.
pub(super) fn preview(number: usize) -> Sketch {
    let image = Image {
        id: ImageId::new(format!("ami-{number:08}")),
        name: format!("web-{number}"),
        creation_date: days_ago(10),
        owner_id: ACCOUNT.to_owned(),
        owner_alias: None,
        state: ImageState::Available,
        state_reason: None,
        root_device_type: "ebs".to_owned(),
        root_device_name: Some("/dev/sda0".to_owned()),
        virtualization_type: "hvm".to_owned(),
        architecture: "x86_64".to_owned(),
        block_devices: vec![BlockDevice::default()],
        is_protected: false,
        traits: ImageTraits {
            ena_support: true,
            ..ImageTraits::default()
        },
        tags: Tags::new(),
    };
    let sketch = Sketch {
        region: HOME,
        image,
        launchers: Vec::new(),
        snapshot_users: Vec::new(),
    };
    sketch
        .tag("kind", "preview")
        .tag("repository-id", REPOSITORY)
        .tag("build", "web.json:web")
        .tag("build-id", &format!("b-{number}"))
        .tag("pr", "7")
        .tag("head-sha", "abc")
        .tag("expires", &days_ago(-7))
        .tag("deadline", "kept")
}

/// A release, ten days old.
pub(super) fn release(number: usize) -> Sketch {
    preview(number)
        .tag("kind", "release")
        .tag("expires", "never")
}

impl Sketch {
    pub(super) fn tag(mut self, name: &str, value: &str) -> Self {
        let tags = &mut self.image.tags;
        tags.insert(format!("ami-build:{name}"), value.to_owned());
        self
    }

    pub(super) fn without_tag(mut self, name: &str) -> Self {
        self.image.tags.remove(&format!("ami-build:{name}"));
        self
    }

    pub(super) fn days_old(mut self, days: i64) -> Self {
        self.image.creation_date = days_ago(days);
        self
    }

    pub(super) fn over(self) -> Self {
        let end = days_ago(1);
        self.tag("expires", &end)
    }

    pub(super) fn away(mut self) -> Self {
        self.region = AWAY;
        self
    }

    pub(super) fn change(mut self, change: impl FnOnce(&mut Image)) -> Self {
        change(&mut self.image);
        self
    }

    pub(super) fn launched_by(mut self, who: &str) -> Self {
        self.launchers.push(who.to_owned());
        self
    }

    pub(super) fn snapshots_used_by(mut self, who: &str) -> Self {
        self.snapshot_users.push(who.to_owned());
        self
    }

    pub(super) fn region(&self) -> Region {
        Region::new(self.region)
    }

    pub(super) fn put(self, cloud: &ModelCloud) -> ImageId {
        let (region, id) = (self.region(), self.image.id.clone());
        let given = Given {
            image: self.image,
            launchers: self.launchers,
            snapshot_users: self.snapshot_users,
        };
        cloud.put_image(&region, given);
        id
    }

    fn subject(&self) -> Subject {
        Subject {
            region: self.region(),
            image: self.image.clone(),
            known: Known::of(&self.image.tags).unwrap(),
        }
    }
}

pub(super) fn closed(ending: Ending) -> Aim {
    Aim::PullRequest { number: 7, ending }
}

pub(super) fn merged(head: &str) -> Aim {
    closed(Ending::Merged(head.to_owned()))
}

/// Rules for previews and releases, without any of their own.
pub(super) fn rules(change: impl FnOnce(&mut Retention)) -> Aim {
    use crate::images::Kind;
    let mut rules = Retention {
        kinds: vec![Kind::Preview, Kind::Release],
        expired: Expired::Stays,
        ..Retention::default()
    };
    change(&mut rules);
    Aim::Retention(rules)
}

/// What tags and dates alone decide.
pub(super) fn decided(aim: &Aim, sketches: &[Sketch]) -> Vec<Verdict> {
    let subjects: Vec<Subject> = sketches.iter().map(Sketch::subject).collect();
    judge(&subjects, aim, NOW)
}

/// Which of them go, by their places.
pub(super) fn going(aim: &Aim, sketches: &[Sketch]) -> Vec<usize> {
    let decided = decided(aim, sketches).into_iter().enumerate();
    let goes = decided.filter(|(_, verdict)| matches!(verdict, Verdict::Remove(_)));
    goes.map(|(place, _)| place).collect()
}

/// A run in both regions.
pub(super) struct Run<'a> {
    pub(super) cloud: &'a ModelCloud,
    pub(super) aim: &'a Aim,
    pub(super) limit: usize,
    pub(super) stop: Stop,
}

impl<'a> Run<'a> {
    pub(super) fn new(cloud: &'a ModelCloud, aim: &'a Aim) -> Self {
        Self {
            cloud,
            aim,
            limit: 50,
            stop: Stop::never(),
        }
    }

    pub(super) async fn plan(&self) -> Plan {
        let regions = regions();
        plan(&self.cx(&regions), NOW).await
    }

    pub(super) async fn carry_out(&self, plan: Plan) -> Done {
        let regions = regions();
        carry_out(&self.cx(&regions), plan).await
    }

    pub(super) async fn whole(&self) -> Done {
        let plan = self.plan().await;
        self.carry_out(plan).await
    }

    fn cx<'b>(&'b self, regions: &'b [Region]) -> PruneCx<'b, ModelCloud, ModelCloud> {
        PruneCx {
            cloud: self.cloud,
            parameters: self.cloud,
            regions,
            repository_id: REPOSITORY,
            aim: self.aim,
            limit: self.limit,
            stop: &self.stop,
            narrate: &|_| {},
        }
    }
}

fn regions() -> [Region; 2] {
    [HOME, AWAY].map(Region::new)
}

/// What became of an image.
pub(super) fn fate<'a>(done: &'a Done, id: &ImageId) -> &'a Fate {
    let mut images = done.images.iter();
    let found = images.find(|(subject, ..)| subject.image.id == *id);
    &found.expect("it was found").2
}

/// The ids of the images that are there.
pub(super) fn images(cloud: &ModelCloud) -> Vec<String> {
    let own = cloud.own_images().into_iter();
    own.map(|(_, image)| image.id.to_string()).collect()
}

/// How many snapshots there are.
pub(super) fn snapshots(cloud: &ModelCloud) -> usize {
    let count = |region: &Region| cloud.snapshot_ids(region).len();
    regions().iter().map(count).sum()
}
