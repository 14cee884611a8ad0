//! The keys of KMS that encrypt images and volumes.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::check::{Check, Verdict, of_question};
use super::makes_image;
use crate::build::cx::Cx;
use crate::cloud::outlook_calls::{KeyCalls, KeyManager, KmsKey};
use crate::cloud::{Cloud, Region};
use crate::report::conclusion::Conclusion;

const KEYS: &[&str] = &[
    "kms_key_id",
    "region_kms_key_ids",
    "launch_block_device_mappings",
];

/// Every key that the template names, where it is to be used.
pub(super) async fn check<C: Cloud, K: KeyCalls>(cx: &Cx<'_, C, ()>, keys: &K) -> Vec<Check> {
    let shared = is_shared(cx);
    let looks = named(cx).into_iter().map(async |((region, key), use_)| {
        let verdict = match keys.key(&region, &key).await {
            Ok(None) => Verdict::wrong(
                format!("there is no key `{key}` in `{region}`"),
                "keys and aliases belong to one region",
                Conclusion::Invalid,
            ),
            Ok(Some(found)) => judge(&found, (&key, &region), use_ == Use::Image && shared),
            Err(error) if error.code().is_some_and(is_about_the_id) => of_question(&error),
            // Whoever may use a key need not be allowed to look at it.
            Err(error) => Verdict::Unchecked(crate::error::on_one_line(&error)),
        };
        Check::new(format!("the key `{key}` in `{region}`"), KEYS, verdict)
    });
    join_all(looks).await
}

/// What a key encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Volumes of the machine.
    Machine,
    /// The image.
    Image,
}

fn named<C>(cx: &Cx<'_, C, ()>) -> BTreeMap<(Region, String), Use> {
    let settings = cx.settings;
    let volumes = settings.launch.block_devices.iter();
    let volumes = volumes.filter_map(|device| device.ebs.as_ref()?.kms_key_id.clone());
    let mut all: BTreeMap<(Region, String), Use> = volumes
        .map(|key| ((cx.region.clone(), key), Use::Machine))
        .collect();
    if !makes_image(cx) {
        return all;
    }
    let encryption = &settings.image.encryption;
    let own = encryption.kms_key_id.clone();
    all.extend(own.map(|key| ((cx.region.clone(), key), Use::Image)));
    let elsewhere = encryption.region_kms_key_ids.iter();
    let elsewhere = elsewhere.filter(|(region, _)| settings.image.regions.contains(region));
    all.extend(elsewhere.map(|(region, key)| ((region.clone(), key.clone()), Use::Image)));
    all.retain(|(_, key), _| !key.is_empty());
    all
}

fn is_shared<C>(cx: &Cx<'_, C, ()>) -> bool {
    let image = &cx.settings.image;
    let with = [
        &image.users,
        &image.organizations,
        &image.organizational_units,
        &image.snapshot_users,
    ];
    with.iter().any(|list| !list.is_empty())
}

fn judge(found: &KmsKey, (key, region): (&str, &Region), shared: bool) -> Verdict {
    // `arn:aws:kms:REGION:ACCOUNT:key/ID`
    let at_home = found.arn.split(':').nth(3);
    if at_home.is_some_and(|home| !home.is_empty() && home != region.as_str()) {
        let error = format!(
            "the key `{key}` is not one of `{region}` but `{}`",
            found.arn
        );
        let hint = "a key encrypts in its own region only";
        return Verdict::wrong(error, hint, Conclusion::Invalid);
    }
    if found.state != "Enabled" {
        let error = format!(
            "the key `{key}` in `{region}` cannot encrypt: its state is `{}`",
            found.state
        );
        let hint = "enable the key, or name another one";
        return Verdict::wrong(error, hint, Conclusion::Invalid);
    }
    if shared && found.manager == KeyManager::Aws {
        let error = format!(
            "the image is to be shared, and nobody else can use `{key}` in `{region}`, which AWS manages"
        );
        let hint = "an image that is shared needs a key of the account's own";
        return Verdict::wrong(error, hint, Conclusion::Invalid);
    }
    Verdict::Fine
}

/// KMS says so of what cannot be a key.
fn is_about_the_id(code: &str) -> bool {
    matches!(code, "InvalidArnException" | "ValidationException")
}
