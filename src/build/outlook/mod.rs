//! What AWS can be asked of a build before anything is created. Nothing here changes anything: what creates is a dry run.
//!
//! A question that may not be asked, or that nobody answers, is said and is no failure. What turns out wrong is told whole: one
//! check does not wait for another.

mod capacity;
mod check;
mod keys;
mod machine;
mod names;
mod public;
#[cfg(test)]
mod tests;
mod trials;

use super::cx::Cx;
use super::late::{self, SourceData};
use crate::cloud::Cloud;
use crate::cloud::outlook_calls::{KeyCalls, OutlookCalls};
use crate::plan::amazon::recipe::Recipe;
pub(crate) use capacity::{Wanted, capacity, wanted};
pub(crate) use check::{Check, Verdict};
pub(crate) use public::{becomes_public, public};

/// Everything that concerns this build alone.
pub(crate) async fn look_ahead<C, K>(cx: &Cx<'_, C, ()>, keys: &K) -> Vec<Check>
where
    C: Cloud + OutlookCalls,
    K: KeyCalls + Sync,
{
    let (named, (source, found), (placed, network), encrypted) = tokio::join!(
        names::check(cx),
        machine::source(cx),
        machine::network(cx),
        keys::check(cx, keys),
    );
    let mut checks: Vec<Check> = named.into_iter().chain([source]).chain(placed).collect();
    checks.extend(encrypted);
    let Some(image) = found else {
        return checks;
    };
    match late::render(cx, &SourceData::new(cx.region, &image)) {
        Err(error) => {
            let texts: Result<(), _> = Err(error);
            checks.push(Check::of("the texts of the template", &["tags"], texts).0);
        }
        Ok(texts) => {
            checks.extend(trials::check(cx, &image, (&network, &texts)).await);
        }
    }
    checks
}

/// Whether an image comes of the build.
fn makes_image<C, D>(cx: &Cx<'_, C, D>) -> bool {
    !matches!(cx.settings.recipe, Recipe::Volumes(_)) && !cx.settings.image.skip_create
}
