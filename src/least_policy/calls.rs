//! What each call needs.

use super::grant::{Condition, Grant, Kind};
use super::needs::Needs;
use super::{arns, iam, launch};
use crate::cloud::model::LoggedCall;

/// The rights that the call needs, but for those of its tags.
pub(super) fn grants(call: &LoggedCall, build: &Needs<'_>) -> Vec<Grant> {
    let on = On { call, build };
    match call.name {
        // AWS allows it to everybody.
        "GetCallerIdentity" => Vec::new(),
        name if name.starts_with("Describe") => vec![on.read()],
        _ if call.action().starts_with("iam:") => iam::grants(call),
        "RunInstances" | "CreateFleet" => launch::grants(&on),
        "ImportKeyPair" | "CreateKeyPair" => on.made(&["key-pair"]),
        "CreateSecurityGroup" => [on.made(&["security-group"]), vec![on.vpc()]].concat(),
        "CreateLaunchTemplate" => on.made(&["launch-template"]),
        "CreateSnapshot" => [vec![on.made_snapshot()], on.own(&["volume"])].concat(),
        "CreateImage" => [on.made(&["image", "snapshot"]), on.own(&["instance"])].concat(),
        "RegisterImage" => [on.made(&["image"]), on.any(&["snapshot"])].concat(),
        "CopyImage" => on.copied(),
        "EnableFastLaunch" => [on.own(&["image"]), on.launch_templates()].concat(),
        // `tags` knows all of them.
        "CreateTags" => Vec::new(),
        "DeleteTags" => on.own(&["volume"]),
        name => on.own(kinds(name)),
    }
}

/// The kinds of things that a call changes or removes.
fn kinds(call: &str) -> &'static [&'static str] {
    match call {
        "AttachVolume" | "DetachVolume" => &["instance", "volume"],
        "AuthorizeSecurityGroupIngress" | "DeleteSecurityGroup" => &["security-group"],
        "DeleteKeyPair" => &["key-pair"],
        "DeleteLaunchTemplate" => &["launch-template"],
        "DeleteSnapshot" | "ModifySnapshotAttribute" => &["snapshot"],
        "DeleteVolume" => &["volume"],
        "GetConsoleOutput"
        | "GetInstanceUefiData"
        | "ModifyInstanceAttribute"
        | "StopInstances"
        | "TerminateInstances" => &["instance"],
        _ => &["image"],
    }
}

/// A call of a build.
pub(super) struct On<'a> {
    pub(super) call: &'a LoggedCall,
    pub(super) build: &'a Needs<'a>,
}

impl On<'_> {
    /// The right on one kind's things, or on the one of an id.
    pub(super) fn grant(&self, kind: &str, id: Option<&str>, condition: Kind) -> Grant {
        let resource = arns::of_ec2(&self.call.region, kind, id);
        Grant::new(self.call.action(), resource, Condition::plain(condition))
    }

    /// Things that the call makes.
    pub(super) fn made(&self, kinds: &[&str]) -> Vec<Grant> {
        let of_kind = |kind: &&str| {
            let condition = match self.takes_tags(kind) {
                true => Kind::MadeTagged,
                false => Kind::Always,
            };
            self.grant(kind, None, condition)
        };
        kinds.iter().map(of_kind).collect()
    }

    /// Things that a build made.
    pub(super) fn own(&self, kinds: &[&str]) -> Vec<Grant> {
        let removes_old = ["DeregisterImage", "DeleteSnapshot"].contains(&self.call.name)
            || self.call.name.ends_with("DeregistrationProtection");
        let of_kind = |kind: &&str| {
            let condition = match self.takes_tags(kind) {
                true if !(removes_old && self.build.replaces()) => Kind::Own,
                _ => Kind::Always,
            };
            self.grant(kind, None, condition)
        };
        kinds.iter().map(of_kind).collect()
    }

    /// Whatever there is.
    pub(super) fn any(&self, kinds: &[&str]) -> Vec<Grant> {
        let of_kind = |kind: &&str| self.grant(kind, None, Kind::Always);
        kinds.iter().map(of_kind).collect()
    }

    /// EC2 tells of all things or of none, and of each region by itself.
    fn read(&self) -> Grant {
        let region = self.call.region.to_string();
        let condition = Condition::with(Kind::InRegion, region);
        Grant::new(self.call.action(), "*", condition)
    }

    fn vpc(&self) -> Grant {
        let vpc = self.build.settings.launch.vpc.as_ref();
        self.grant("vpc", vpc.map(|vpc| vpc.as_str()), Kind::Always)
    }

    /// Its creating call takes tags in every region.
    fn made_snapshot(&self) -> Grant {
        self.grant("snapshot", None, Kind::MadeTagged)
    }

    /// The image that is copied has another region than the copy.
    fn copied(&self) -> Vec<Grant> {
        let always = || Condition::plain(Kind::Always);
        let regions = [&self.call.region, self.build.region];
        let both = regions.into_iter().flat_map(|region| {
            let of_kind = |kind| arns::of_ec2(region, kind, None);
            ["image", "snapshot"].map(of_kind)
        });
        both.map(|resource| Grant::new(self.call.action(), resource, always()))
            .collect()
    }

    fn launch_templates(&self) -> Vec<Grant> {
        let fast_launch = self.build.settings.image.lifecycle.fast_launch.as_ref();
        let named = fast_launch.is_some_and(|fast_launch| {
            fast_launch.own_template.is_some() || !fast_launch.regions.is_empty()
        });
        match named {
            true => self.any(&["launch-template"]),
            false => Vec::new(),
        }
    }

    fn takes_tags(&self, kind: &str) -> bool {
        let region = &self.call.region;
        match kind {
            "image" => self.build.takes_image_tags(region),
            // Those of an image are tagged as the image is.
            "snapshot" => self.build.takes_image_tags(region),
            _ => self.build.takes_tags(region),
        }
    }
}
