//! The temporary instance profile: made beside the key pair and the security group, awaited before the launch.

use std::future::Future;
use std::time::Duration;

use super::access::Access;
use super::cx::Cx;
use super::error::BuildError;
use super::late::Texts;
use super::unique::time_ordered_uuid;
use crate::cloud::instance::RunInstance;
use crate::cloud::{Cloud, CloudError, ProfileName};
use crate::ledger::{Kind, Order};
use crate::wait::{self, Pace, Patience, Polled, WaitError};

/// How long IAM may take to know what it has just made.
const VISIBLE: Duration = Duration::from_secs(60);
/// How long EC2 may take to know it: some ten seconds are usual, Packer waits for 42 s.
const PROPAGATED: Duration = Duration::from_secs(60);
/// With this code EC2 refuses a profile that it does not know, among others.
const UNKNOWN: &str = "InvalidParameterValue";

/// Makes role, policy and profile where the template has a policy for them; the profile's name.
pub(super) async fn prepare<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    texts: &Texts,
) -> Result<Option<ProfileName>, BuildError> {
    let Some(policy) = &cx.settings.launch.temporary_profile else {
        return Ok(None);
    };
    let name = ProfileName::new(format!("packer-{}", time_ordered_uuid()));
    cx.ui.say(&format!(
        "Creating temporary instance profile for this instance: {name}"
    ));
    cx.ui.say(&format!(
        "Creating temporary role for this instance: {name}"
    ));
    tokio::try_join!(
        create(cx, Kind::InstanceProfile, &name, texts),
        create(cx, Kind::Role, &name, texts)
    )?;
    cx.ui
        .say(&format!("Attaching policy to the temporary role: {name}"));
    let attached = patiently(cx, &name, || {
        cx.cloud.put_role_policy(cx.region, &name, policy)
    });
    let added = patiently(cx, &name, || cx.cloud.add_role(cx.region, &name));
    tokio::try_join!(attached, added)?;
    Ok(Some(name))
}

/// Waits until EC2 knows the profile, by trying the very launch that follows. What else the trial says, the launch will
/// say too; and where the wait is in vain, the launch tells why.
pub(super) async fn propagated<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    access: &Access,
    request: &RunInstance,
) -> Result<(), BuildError> {
    if access.profile.is_none() {
        return Ok(());
    }
    cx.ui
        .say("Waiting for the change to propagate because of eventual consistency...");
    let what = "the instance profile to be known to EC2";
    let progress = cx.progress(what);
    let wait = cx.wait(what, Pace::BRISK, Patience::Total(PROPAGATED), &progress);
    let known = wait::until(&wait, || async {
        match cx.cloud.try_run_instance(cx.region, request).await {
            Err(error) if is_unknown(cx, access, &error) => Ok(Polled::PENDING),
            _ => Ok::<_, CloudError>(Polled::Ready(())),
        }
    });
    match known.await {
        Err(WaitError::Stopped { request, .. }) => Err(BuildError::Stopped(request)),
        Err(error) => {
            log::debug!("{error}");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether the refusal may be about a profile that was just made.
pub(super) fn is_unknown<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    access: &Access,
    error: &CloudError,
) -> bool {
    access.profile.is_some() && error.code() == Some(UNKNOWN) && !cx.cloud.knows_profiles_at_once()
}

async fn create<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    kind: Kind,
    name: &ProfileName,
    texts: &Texts,
) -> Result<(), BuildError> {
    let order = Order::new(kind, cx.region, name.as_str()).tagged(&texts.run_tags);
    let (cloud, region, name) = (cx.cloud.clone(), cx.region.clone(), name.clone());
    let created = cx.ledger.create(order, move |claim| async move {
        match kind {
            Kind::Role => cloud.create_role(&region, &claim, &name).await,
            _ => cloud.create_instance_profile(&region, &claim, &name).await,
        }
    });
    let doing = format!("create the temporary {}", kind.word());
    created.await.map_err(BuildError::call(doing))
}

/// Repeats a change of what is so new that IAM may not know it.
async fn patiently<C: Cloud, D, F, Fut>(
    cx: &Cx<'_, C, D>,
    name: &ProfileName,
    mut call: F,
) -> Result<(), BuildError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), CloudError>>,
{
    let what = format!("the temporary role {name}");
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::BRISK, Patience::Total(VISIBLE), &progress);
    let done = wait::until(&wait, || {
        let call = call();
        async { call.await.map(Polled::Ready) }
    });
    done.await.map_err(BuildError::wait(
        "cannot set up the temporary instance profile",
    ))
}
