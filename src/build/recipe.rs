//! From the stopped machine to its first image, by the builder's own way.

use super::cx::Cx;
use super::error::BuildError;
use super::freeze::{self, Frozen, Origin};
use super::late::Texts;
use super::launch::Machine;
use super::{devices, register, swap};
use crate::cloud::Cloud;
use crate::cloud::image::BlockDevice;
use crate::plan::amazon::recipe::{Method, Recipe, Surrogate};

/// Makes the first image and waits until it is available.
pub(super) async fn image<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    texts: &Texts,
) -> Result<Frozen, BuildError> {
    let Recipe::Surrogate(surrogate) = &cx.settings.recipe else {
        let origin = Origin::Machine {
            id: &machine.id,
            devices: cx.settings.image.block_devices.clone(),
        };
        return freeze::image(cx, machine, &origin, texts).await;
    };
    let origin = match &surrogate.method {
        Method::Register(registration) => {
            let recipe = (&**surrogate, registration);
            Origin::Snapshots(register::parts(cx, machine, recipe, texts).await?)
        }
        Method::CreateImage => {
            swap::root(cx, machine, surrogate).await?;
            Origin::Machine {
                id: &machine.id,
                devices: swapped(cx, surrogate),
            }
        }
    };
    freeze::image(cx, machine, &origin, texts).await
}

/// What `CreateImage` is told of the machine's devices once the root is swapped.
fn swapped<C, D>(cx: &Cx<'_, C, D>, surrogate: &Surrogate) -> Vec<BlockDevice> {
    let taken = devices::taken(&cx.settings.launch.block_devices, surrogate);
    let machine = taken
        .into_iter()
        .map(|taken| devices::of_machine(taken.mapping));
    devices::combined(&cx.settings.image.block_devices, machine.collect())
}
