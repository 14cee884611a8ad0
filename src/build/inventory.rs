//! What the machine holds, asked before its first provisioner and after its last one, where somebody will be shown it.

use super::cx::Cx;
use super::launch::Machine;
use crate::images::Listing;
use crate::inventory::{self, Inventories, Inventory, Silence};
use crate::plan::amazon::recipe::Recipe;
use crate::remote::Remote;

/// Asks, where it is wanted and can be. The image has to hold what the machine holds, which that of a surrogate's volume does not;
/// and Windows has no packages of this kind.
pub(super) async fn ask<C, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    remote: Option<&mut impl Remote>,
) -> Option<Result<Inventory, Silence>> {
    let image = &cx.settings.image;
    let is_of_machine = match cx.settings.recipe {
        Recipe::Machine | Recipe::FastVolume => !image.skip_create,
        Recipe::Surrogate(_) | Recipe::Volumes(_) => false,
    };
    let platform = machine.source.traits.platform_details.as_deref();
    let is_windows = platform.is_some_and(|platform| platform.starts_with("Windows"));
    if image.life.listing == Listing::None || !is_of_machine || is_windows || cx.ssh().is_none() {
        return None;
    }
    let told = inventory::ask(remote?).await;
    if let Err(silence) = &told {
        log::info!("the machine's packages are not known: {silence}");
    }
    Some(told)
}

/// Both answers.
pub(super) fn both(
    before: Option<Result<Inventory, Silence>>,
    after: Option<Result<Inventory, Silence>>,
) -> Option<Inventories> {
    Some(Inventories {
        before: before?,
        after: after?,
    })
}
