//! What tests look at of images, and let happen to their fast launch.

use super::ModelCloud;
use super::lifecycle_calls::{ImageFacts, ModelFastLaunch, facts};
use crate::cloud::lifecycle::{EnableFastLaunch, LaunchTemplate};
use crate::cloud::{ImageId, Region};

impl ModelCloud {
    /// Makes a launch template, known by its id and by its name.
    pub(crate) fn add_launch_template(&self, region: &Region, id: &str, latest_version: i64) {
        let template = LaunchTemplate {
            id: id.to_owned(),
            latest_version,
        };
        let mut world = self.world();
        let templates = &mut world.place(region).fast_launch_templates;
        templates.insert(id.to_owned(), template);
    }

    /// From now on fast launch never comes to its end, for this reason.
    pub(crate) fn fail_fast_launch(&self, reason: &str) {
        self.world().fast_launch_fails = Some(reason.to_owned());
    }

    /// The image has fast launch.
    pub(crate) fn switch_on_fast_launch(&self, region: &Region, image: &ImageId) {
        let request = EnableFastLaunch {
            image: image.clone(),
            template: None,
            max_parallel_launches: None,
            target_resource_count: None,
        };
        let made = ModelFastLaunch::new(request);
        let mut world = self.world();
        let launches = &mut world.place(region).fast_launches;
        launches.insert(image.to_string(), made);
    }

    /// What `EnableFastLaunch` was asked for the image.
    pub(crate) fn fast_launch_of(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Option<EnableFastLaunch> {
        let mut world = self.world();
        let made = world.place(region).fast_launches.get(image.as_str());
        made.map(|made| made.request.clone())
    }

    /// What else is known of an image.
    pub(crate) fn facts_of(&self, region: &Region, image: &ImageId) -> ImageFacts {
        let mut world = self.world();
        let found = facts(world.place(region), image);
        found.map(|facts| facts.clone()).unwrap_or_default()
    }

    /// Whether protection keeps the image.
    pub(crate) fn is_protected(&self, region: &Region, image: &ImageId) -> bool {
        let mut world = self.world();
        let made = world.place(region).images.get(image.as_str());
        made.is_some_and(|made| made.thing.image.is_protected)
    }
}
