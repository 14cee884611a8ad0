//! What a build left in the model.

use super::world::World;
use crate::cloud::ImageId;

impl World {
    /// `region/id` of all that is there, but for `finished` images and their snapshots. A machine that goes counts as gone.
    pub(super) fn left_behind(&self, finished: &[ImageId]) -> Vec<String> {
        let mut left: Vec<String> = self.iam.names().map(|name| format!("iam/{name}")).collect();
        for (region, place) in &self.places {
            let is_finished = |id: &str| finished.iter().any(|image| image.as_str() == id);
            let kept = place
                .images
                .iter()
                .filter(|(id, _)| is_finished(id))
                .flat_map(|(_, made)| made.thing.snapshots());
            let kept = kept.collect::<Vec<_>>();
            let own_images = place
                .images
                .iter()
                .filter(|(id, made)| made.thing.is_own() && !is_finished(id))
                .map(|(id, _)| id);
            let machines = place
                .instances
                .iter()
                .filter(|(_, made)| !made.thing.is_going())
                .map(|(id, _)| id);
            let volumes = place
                .volumes
                .iter()
                .filter(|(_, made)| !place.goes_with_its_machine(&made.thing))
                .map(|(id, _)| id);
            let snapshots = place
                .snapshots
                .keys()
                .filter(|id| !kept.contains(&id.as_str()));
            let ids = own_images
                .chain(machines)
                .chain(volumes)
                .chain(snapshots)
                .chain(place.groups.keys())
                .chain(place.key_pairs.keys())
                .chain(place.templates.keys());
            left.extend(ids.map(|id| format!("{region}/{id}")));
            let launches = place.fast_launches.keys().filter(|id| !is_finished(id));
            left.extend(launches.map(|id| format!("{region}/fast launch of {id}")));
        }
        left
    }
}
