//! The build's own calls as dry runs. EC2 answers whether they would go through.
//!
//! A dry run carries the tags of the real call, since a policy may ask for them. Calls about things that the build has yet to make
//! (`CreateImage`, `CreateTags`, everything that removes) cannot be tried.

use super::check::{Check, Verdict, Wrong, of_question};
use super::makes_image;
use crate::build::access::{Access, Key};
use crate::build::cx::Cx;
use crate::build::late::Texts;
use crate::build::launch;
use crate::build::network::Network;
use crate::build::unique::time_ordered_uuid;
use crate::cloud::error::Refusal;
use crate::cloud::image::Image;
use crate::cloud::outlook_calls::{OutlookCalls, Trial};
use crate::cloud::{Cloud, CloudError, Region, Tags};
use crate::error::{chain, on_one_line};
use crate::ledger::BUILD_ID_TAG;
use crate::plan::communicator::Login;
use crate::report::classify;

const LAUNCH: &[&str] = &["instance_type", "spot_instance_types"];
const GROUP: &[&str] = &["security_group_ids"];
const KEY: &[&str] = &["temporary_key_pair_name", "ssh_username"];
const COPY: &[&str] = &["ami_regions"];
/// The value of the tag by which policies know our things.
const NO_BUILD: &str = "plan";

/// Every call that can be tried.
pub(super) async fn check<C: Cloud + OutlookCalls>(
    cx: &Cx<'_, C, ()>,
    source: &Image,
    (network, texts): (&Network, &Texts),
) -> Vec<Check> {
    let tags = tagged(&texts.run_tags);
    let name = format!("packer_{}", time_ordered_uuid());
    let group = Trial::Group {
        vpc: network.vpc.as_ref(),
        name: &name,
        tags: &tags,
    };
    let (launched, group, key, copies) = tokio::join!(
        launch(cx, source, network, texts),
        async {
            match network.groups.is_empty() {
                true => Some(tried(cx, cx.region, group, GROUP).await),
                false => None,
            }
        },
        key(cx, &name, &tags),
        copies(cx, source, texts),
    );
    let own = [Some(launched), group, key];
    own.into_iter().flatten().chain(copies).collect()
}

/// The tags of the real call: those of the template, and ours, by which policies know our things.
fn tagged(tags: &Tags) -> Tags {
    let mut tags = tags.clone();
    tags.insert(BUILD_ID_TAG.to_owned(), NO_BUILD.to_owned());
    tags
}

async fn launch<C: Cloud>(
    cx: &Cx<'_, C, ()>,
    source: &Image,
    network: &Network,
    texts: &Texts,
) -> Check {
    let key = cx.ssh().map_or(Key::None, |ssh| Key::of_login(&ssh.login));
    let access = Access {
        key,
        groups: network.groups.clone(),
        profile: None,
    };
    let mut request = launch::request(cx, source, network, &access, texts);
    request.instance_tags = tagged(&request.instance_tags);
    request.volume_tags = tagged(&request.volume_tags);
    let answer = cx.cloud.try_run_instance(cx.region, &request).await;
    let verdict = answer.map_or_else(|error| of_launch(&error, cx, network), |()| Verdict::Fine);
    Check::new(permission("RunInstances", cx.region), LAUNCH, verdict)
}

/// What EC2 says of a launch as it will be is to be believed, but for what may be otherwise by then.
fn of_launch<C>(error: &CloudError, cx: &Cx<'_, C, ()>, network: &Network) -> Verdict {
    // The real call is another one, or names a group that is not there yet: a policy may tie the launch to either.
    let is_another = cx.settings.launch.spot.is_some() || network.groups.is_empty();
    match error.refusal() {
        Some(Refusal::Denied) if is_another => stands_in(error),
        Some(Refusal::Denied) => denied(error),
        Some(Refusal::Capacity) => Verdict::Doubtful(on_one_line(error)),
        _ if cx.settings.launch.spot.is_some() => Verdict::Unchecked(on_one_line(error)),
        _ => of_question(error),
    }
}

/// A policy that ties a call to what the build makes, as the one of `iam-policy` does, refuses the trial and not the call.
fn stands_in(error: &CloudError) -> Verdict {
    Verdict::Doubtful(format!(
        "the trial is refused, which is right where the policy allows the call for the build's own things only: {}",
        on_one_line(error)
    ))
}

async fn key<C: Cloud + OutlookCalls>(
    cx: &Cx<'_, C, ()>,
    name: &str,
    tags: &Tags,
) -> Option<Check> {
    let ssh = cx.ssh()?;
    if !matches!(ssh.login, Login::TemporaryKey { .. }) {
        return None;
    }
    let imported = tried(cx, cx.region, Trial::ImportKey { name, tags }, KEY).await;
    if !matches!(imported.verdict, Verdict::Wrong(_)) {
        return Some(imported);
    }
    // Where the import is not allowed, EC2 makes the key.
    Some(tried(cx, cx.region, Trial::CreateKey { name, tags }, KEY).await)
}

async fn copies<C: Cloud + OutlookCalls>(
    cx: &Cx<'_, C, ()>,
    source: &Image,
    texts: &Texts,
) -> Vec<Check> {
    if !makes_image(cx) {
        return Vec::new();
    }
    let tags = tagged(&texts.image_tags);
    let targets = cx.settings.image.regions.iter();
    let targets = targets.filter(|region| *region != cx.region);
    let copies = targets.map(|region| {
        let trial = Trial::CopyImage {
            from: cx.region,
            image: &source.id,
            name: &cx.settings.image.name,
            tags: &tags,
        };
        tried(cx, region, trial, COPY)
    });
    futures_util::future::join_all(copies).await
}

/// Only whether it is allowed: what else EC2 says is about the stand-ins of the trial.
async fn tried<C: Cloud + OutlookCalls>(
    cx: &Cx<'_, C, ()>,
    region: &Region,
    trial: Trial<'_>,
    keys: &'static [&'static str],
) -> Check {
    let verdict = match cx.cloud.try_create(region, trial).await {
        Ok(()) => Verdict::Fine,
        Err(error) if error.is(Refusal::Denied) => match trial {
            // Its image is the source's, since there is none of the build yet.
            Trial::CopyImage { .. } => stands_in(&error),
            Trial::Group { .. } | Trial::ImportKey { .. } | Trial::CreateKey { .. } => {
                denied(&error)
            }
        },
        Err(error) => Verdict::Unchecked(on_one_line(&error)),
    };
    Check::new(permission(trial.call(), region), keys, verdict)
}

fn permission(call: &str, region: &Region) -> String {
    format!("the permission `ec2:{call}` in `{region}`")
}

fn denied(error: &CloudError) -> Verdict {
    Verdict::Wrong(Wrong {
        error: chain(error),
        hint: error.hint(),
        conclusion: classify::of_call(error),
    })
}
