//! From the stopped machine to its first image, by the builder's own way.

use super::cx::Cx;
use super::error::BuildError;
use super::freeze::{self, Frozen, Origin};
use super::late::Texts;
use super::launch::Machine;
use super::{devices, fast_image, fast_volume, register, swap};
use crate::cloud::Cloud;
use crate::cloud::image::BlockDevice;
use crate::plan::amazon::recipe::{Method, Recipe, Surrogate};

/// Makes the first image and waits until it is available.
pub(super) async fn image<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    texts: &Texts,
) -> Result<Frozen, BuildError> {
    let origin = match &cx.settings.recipe {
        Recipe::Surrogate(surrogate) => of_surrogate(cx, machine, surrogate, texts).await?,
        Recipe::FastVolume if fast_volume::speed(cx.settings, &machine.source).is_some() => {
            Origin::Snapshots(Box::new(fast_image::parts(cx, machine, texts).await?))
        }
        Recipe::Machine | Recipe::FastVolume | Recipe::Volumes(_) => Origin::Machine {
            id: &machine.id,
            devices: cx.settings.image.block_devices.clone(),
        },
    };
    freeze::image(cx, machine, &origin, texts).await
}

async fn of_surrogate<'m, C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &'m Machine,
    surrogate: &Surrogate,
    texts: &Texts,
) -> Result<Origin<'m>, BuildError> {
    Ok(match &surrogate.method {
        Method::Register(registration) => {
            let recipe = (surrogate, registration);
            Origin::Snapshots(Box::new(register::parts(cx, machine, recipe, texts).await?))
        }
        Method::CreateImage => {
            swap::root(cx, machine, surrogate).await?;
            Origin::Machine {
                id: &machine.id,
                devices: swapped(cx, surrogate),
            }
        }
    })
}

/// What `CreateImage` is told of the machine's devices once the root is swapped.
fn swapped<C, D>(cx: &Cx<'_, C, D>, surrogate: &Surrogate) -> Vec<BlockDevice> {
    let taken = devices::taken(&cx.settings.launch.block_devices, surrogate);
    let machine = taken
        .into_iter()
        .map(|taken| devices::of_machine(taken.mapping));
    devices::combined(&cx.settings.image.block_devices, machine.collect())
}
