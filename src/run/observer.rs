//! Passes results on as soon as they are known: outputs once they are final, everything before that to the step's state.

use super::context::RunContext;
use super::debugging;
use crate::action::files::CommandFiles;
use crate::build::{BuildObserver, Built, BuiltVolumes, Pause};
use crate::cloud::instance::Instance;
use crate::cloud::{ImageId, InstanceId, Region};
use crate::plan::PlannedBuild;
use crate::remote::KeyPair;
use crate::report::outputs::OutputError;
use crate::report::result::{Images, Product, Volumes};
use crate::report::ui::Ui;

/// Watches one build.
pub(super) struct Observer<'a> {
    build: &'a PlannedBuild,
    cx: &'a RunContext,
    files: CommandFiles,
}

impl<'a> Observer<'a> {
    /// Watches `build`.
    pub(super) fn new(build: &'a PlannedBuild, cx: &'a RunContext) -> Self {
        Self {
            build,
            cx,
            files: CommandFiles::of(&cx.environment),
        }
    }

    fn state(&self, what: &str, value: &str) {
        if let Err(error) = self
            .files
            .state(&format!("{what}-{}", self.build.name), value)
        {
            log::warn!("{error}");
        }
    }
}

impl BuildObserver for Observer<'_> {
    fn after_step<'s>(&'s self, ui: &'s Ui, step: &'s str) -> Pause<'s> {
        Box::pin(debugging::after_step(self.cx, ui, step))
    }

    fn before_cleanup<'s>(&'s self, ui: &'s Ui, step: &'s str) -> Pause<'s> {
        Box::pin(debugging::before_cleanup(self.cx, ui, step))
    }

    fn key_made(&self, ui: &Ui, pair: &KeyPair) {
        debugging::save_key(self.cx, ui, self.build, pair);
    }

    fn instance_running(&self, ui: &Ui, instance: &Instance) {
        debugging::tell_addresses(self.cx, ui, instance);
    }

    fn instance_launched(&self, region: &Region, instance: &InstanceId) {
        self.state("instance", &format!("{region}:{instance}"));
    }

    fn image_started(&self, region: &Region, image: &ImageId) {
        self.state("image", &format!("{region}:{image}"));
    }

    fn image_ready(&self, built: &Built) {
        // A post-processor's chain may still destroy the image; then only its end makes the outputs final.
        if self.build.post_processors.is_empty() {
            let images = Product::Images(Box::new(Images::from(built)));
            write(self.cx, &self.build.name, &images);
        }
    }

    fn volumes_ready(&self, built: &BuiltVolumes) {
        if self.build.post_processors.is_empty() {
            let volumes = Product::Volumes(Box::new(Volumes::from(built)));
            write(self.cx, &self.build.name, &volumes);
        }
    }
}

/// Writes what a build made to the outputs.
pub(super) fn write(cx: &RunContext, build: &str, product: &Product) {
    let written: Result<(), OutputError> = match product {
        Product::Images(images) => cx.outputs.images_final(build, images),
        Product::Volumes(volumes) => cx.outputs.volumes_final(build, volumes),
        Product::Other(_) | Product::Nothing => Ok(()),
    };
    if let Err(error) = written {
        cx.console
            .error(&format!("Warning: {}", crate::error::chain(&error)));
    }
}
