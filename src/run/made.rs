//! What an amazon builder makes: images or volumes, as the build, the report and the post-processors see them.

use super::builder_end::BuilderResult;
use super::provisioning::Provisioning;
use crate::build::{self, BuildError, Built, BuiltVolumes, Cx, GeneratedData};
use crate::cloud::Cloud;
use crate::error::with_hint;
use crate::plan::amazon::recipe::Recipe;
use crate::post::{Artifact, ImageInRegion, VolumesInRegion};
use crate::provision::ProvisionError;
use crate::remote::Dial;
use crate::report::classify;
use crate::report::conclusion::Conclusion;
use crate::report::result::{Images, Product, Volumes};
use crate::report::ui::Ui;

/// What a builder made.
pub(super) enum Made {
    Images(Box<Built>),
    Volumes(Box<BuiltVolumes>),
    Nothing,
}

/// Builds by the builder's own recipe.
pub(super) async fn make<C: Cloud, D: Dial>(
    cx: &Cx<'_, C, D>,
    provisioning: &mut Provisioning<'_>,
) -> Result<Made, BuildError> {
    if let Recipe::Volumes(volumes) = &cx.settings.recipe {
        let built = build::build_volumes(cx, provisioning, volumes).await?;
        return Ok(Made::Volumes(Box::new(built)));
    }
    let built = build::build(cx, provisioning).await?;
    Ok(built.map_or(Made::Nothing, |built| Made::Images(Box::new(built))))
}

/// The end of a builder, in terms that all builders share.
pub(super) fn ended(
    made: Result<Made, BuildError>,
    recipe: &Recipe,
    run_uuid: &str,
) -> (BuilderResult, GeneratedData) {
    let with_run = |mut data: GeneratedData| {
        data.insert("PackerRunUUID".to_owned(), run_uuid.to_owned());
        data
    };
    match made {
        Ok(Made::Images(built)) => (
            BuilderResult::Made {
                artifact: artifact(&built, recipe),
                product: Product::Images(Box::new(Images::from(&*built))),
            },
            with_run(built.data),
        ),
        Ok(Made::Volumes(built)) => (
            BuilderResult::Made {
                artifact: Artifact::volumes(VolumesInRegion {
                    region: built.region.clone(),
                    volumes: built.volumes.clone(),
                    snapshots: built.snapshots.clone(),
                }),
                product: Product::Volumes(Box::new(Volumes::from(&*built))),
            },
            with_run(built.data),
        ),
        Ok(Made::Nothing) => (BuilderResult::Nothing, GeneratedData::new()),
        Err(BuildError::Stopped(_)) => (BuilderResult::Cancelled, GeneratedData::new()),
        Err(error) => (
            BuilderResult::Failed {
                error: shown(&error),
                conclusion: classify::of_build(&error),
            },
            GeneratedData::new(),
        ),
    }
}

/// The end of a builder that has a bug.
pub(super) fn panicked() -> (BuilderResult, GeneratedData) {
    let error = "the build panicked: this is a bug in ami-build, please report it".to_owned();
    let failed = BuilderResult::Failed {
        error,
        conclusion: Conclusion::Failure,
    };
    (failed, GeneratedData::new())
}

/// Packer shows a provisioner's error as it is; ours around it would only stand in the way.
pub(super) fn shown(error: &BuildError) -> String {
    match error {
        BuildError::Provision(source) => {
            let own = source.downcast_ref().map(ProvisionError::shown);
            own.unwrap_or_else(|| with_hint(source.as_ref(), None))
        }
        error => with_hint(error, error.hint().as_deref()),
    }
}

fn artifact(built: &Built, recipe: &Recipe) -> Artifact {
    let builder_id = match recipe {
        Recipe::Surrogate(_) => "mitchellh.amazon.ebssurrogate",
        Recipe::Machine | Recipe::FastVolume | Recipe::Volumes(_) => "mitchellh.amazonebs",
    };
    let snapshots = |region| built.snapshots.get(region).cloned().unwrap_or_default();
    let images = built.images.iter().map(|(region, image)| {
        (
            region.clone(),
            ImageInRegion {
                image: image.clone(),
                snapshots: snapshots(region),
            },
        )
    });
    Artifact::amazon(builder_id, images.collect())
}

/// Packer's last line of a build that made volumes.
pub(super) fn say_volumes(result: &BuilderResult, ui: &Ui) {
    if let BuilderResult::Made {
        artifact,
        product: Product::Volumes(_),
    } = result
    {
        ui.say(&format!("Created Volumes: {}", artifact.text));
    }
}
