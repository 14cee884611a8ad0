//! The model's handle: every call is written down and has its effect on the world.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::log::{Log, LoggedCall};
use super::place::{Outcome, Place, Refused};
use super::world::World;
use crate::cloud::api::CloudResult;
use crate::cloud::classify::refusal;
use crate::cloud::{CloudError, Region, Tags};

/// The model. Clones share one world and one log.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelCloud {
    world: Arc<Mutex<World>>,
    pub(super) log: Arc<Mutex<Log>>,
}

impl ModelCloud {
    /// The same account for somebody else, who has a log of its own.
    pub(super) fn for_somebody_else(&self) -> Self {
        Self {
            world: Arc::clone(&self.world),
            log: Arc::default(),
        }
    }

    /// The calls so far, in order.
    pub(crate) fn log(&self) -> Vec<LoggedCall> {
        self.own_log().calls.clone()
    }

    pub(super) fn own_log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: written down, then done.
    #[cfg(not(test))]
    pub(super) async fn call<T>(
        &self,
        call: &'static str,
        region: &Region,
        effect: impl FnOnce(&mut World) -> Outcome<T> + Send,
    ) -> CloudResult<T> {
        // Calls that are made side by side take turns, as they would on a network.
        tokio::task::yield_now().await;
        let number = self.own_log().count(call, region);
        let answer = self.answer((number, call), region, effect);
        let came = answer.as_ref().err().and_then(CloudError::code);
        log::debug!("{call} in {region}, a model: {}", came.unwrap_or("ok"));
        answer
    }

    /// What EC2 makes of the call.
    pub(super) fn answer<T>(
        &self,
        (number, call): (usize, &'static str),
        region: &Region,
        effect: impl FnOnce(&mut World) -> Outcome<T>,
    ) -> CloudResult<T> {
        let mut world = self.world();
        world.grow_old();
        let answer = effect(&mut world).map_err(|refused: Refused| CloudError::Refused {
            call,
            region: region.clone(),
            refusal: refusal(&refused.code, 400),
            code: refused.code,
            message: refused.message,
            request_id: format!("model-{number}"),
        });
        world.grow_old();
        answer
    }
}

/// The tags of a thing, wherever it stands.
pub(super) fn tags_in<'a>(place: &'a mut Place, id: &str) -> Option<&'a mut Tags> {
    if id.starts_with("eni-") {
        let mut machines = place.instances.values_mut().map(|made| &mut made.thing);
        let has = |known: &[String]| known.iter().any(|known| known == id);
        return machines
            .find(|machine| has(&machine.instance.network_interfaces))
            .map(|machine| &mut machine.interface_tags);
    }
    let images = place
        .images
        .get_mut(id)
        .map(|made| &mut made.thing.image.tags);
    images
        .or_else(|| {
            place
                .snapshots
                .get_mut(id)
                .map(|made| &mut made.thing.snapshot.tags)
        })
        .or_else(|| {
            place
                .instances
                .get_mut(id)
                .map(|made| &mut made.thing.instance.tags)
        })
        .or_else(|| place.volumes.get_mut(id).map(|made| &mut made.thing.tags))
        .or_else(|| {
            place
                .groups
                .get_mut(id)
                .map(|made| &mut made.thing.group.tags)
        })
        .or_else(|| place.key_pairs.get_mut(id).map(|made| &mut made.thing.tags))
        .or_else(|| {
            let mut templates = place.templates.iter_mut();
            templates
                .find(|(name, made)| name.as_str() == id || made.is_called(id))
                .map(|(_, made)| &mut made.tags)
        })
}

/// Ids as the model keeps them.
pub(super) fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
