//! What a build tells of the rights that it needs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::grant::{Condition, Grant, Kind};
use super::{calls, document, iam, keys, tags, undo};
use crate::cloud::Region;
use crate::cloud::model::{LoggedCall, partition};
use crate::plan::amazon::settings::{EbsSettings, Replace};

/// One build: what it was to do, and what it called for that.
pub(crate) struct Needs<'a> {
    /// Its settings.
    pub(crate) settings: &'a EbsSettings,
    /// The build region.
    pub(crate) region: &'a Region,
    /// Its calls.
    pub(crate) calls: &'a [LoggedCall],
}

/// The policy for all of these builds, and for the secrets that the template reads from Secrets Manager.
pub(crate) fn policy(builds: &[Needs<'_>], secrets: &BTreeSet<String>) -> Value {
    let mut grants = BTreeSet::new();
    for build in builds {
        let undoing = undo::calls(build.calls, build.settings);
        let done = build.calls.iter().chain(&undoing);
        grants.extend(done.flat_map(|call| calls::grants(call, build)));
        grants.extend(tags::grants(build));
        grants.extend(keys::grants(build));
        grants.extend(iam::passed(build));
        grants.extend(decoding(build));
        grants.extend(secrets.iter().map(|name| secret(name, build.region)));
    }
    document::of(grants)
}

impl Needs<'_> {
    /// Whether creating calls take tags there.
    pub(super) fn takes_tags(&self, region: &Region) -> bool {
        !region.is_china()
    }

    /// Whether an image there carries a build's tags from its first moment on.
    pub(super) fn takes_image_tags(&self, region: &Region) -> bool {
        !region.is_china() && !region.is_government()
    }

    /// Whether an image that somebody made with another tool may have to go.
    pub(super) fn replaces(&self) -> bool {
        self.settings.image.replace != Replace::Refuse
    }
}

fn decoding(build: &Needs<'_>) -> Option<Grant> {
    let decodes = build.settings.access.decode_authorization_messages;
    decodes.then(|| {
        let always = Condition::plain(Kind::Always);
        Grant::new("sts:DecodeAuthorizationMessage", "*", always)
    })
}

/// Behind a secret's name stand six characters of AWS's own.
fn secret(name: &str, region: &Region) -> Grant {
    let resource = match name.starts_with("arn:") {
        true => name.to_owned(),
        false => format!(
            "arn:{}:secretsmanager:*:*:secret:{name}-??????",
            partition(region)
        ),
    };
    let always = Condition::plain(Kind::Always);
    Grant::new("secretsmanager:GetSecretValue", resource, always)
}
