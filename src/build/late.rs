//! Texts of the template that need the source image's data. All are rendered at once, before anything is created, so that
//! a mistake in a tag costs no machine.

use std::collections::BTreeMap;

use super::cx::Cx;
use super::error::BuildError;
use super::tag_room;
use crate::cloud::image::Image;
use crate::cloud::{ImageId, Region, Tags};
use crate::plan::amazon::recipe::Recipe;
use crate::plan::amazon::settings::LateTags;
use crate::template::gotmpl::Value;
use crate::template::scope::Scope;

/// What `{{ .SourceAMI }}` and its siblings stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceData {
    /// Packer's name → value.
    pub(super) values: BTreeMap<&'static str, String>,
    /// The image.
    id: ImageId,
    /// `SourceAMITags`.
    tags: Tags,
}

/// The rendered texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    /// On the machine, its network interface, the key pair and the group.
    pub(super) run_tags: Tags,
    /// On the machine's volumes.
    pub(super) volume_tags: Tags,
    /// On the spot request and its launch template.
    pub(super) spot_tags: Tags,
    /// On the fleet of a spot instance.
    pub(super) fleet_tags: Tags,
    /// On every image.
    pub(super) image_tags: Tags,
    /// On the snapshots of the image that is made of the machine.
    pub(super) snapshot_tags: Tags,
    /// On the snapshots of copies, which inherit no `run_tags`.
    pub(super) copied_snapshot_tags: Tags,
    /// Of every image.
    pub(super) description: String,
    /// Of each of `ebs_volumes`, in the template's order.
    pub(super) volumes: Vec<VolumeTexts>,
}

/// The rendered texts of one volume.
#[derive(Clone, Debug, Default)]
pub(super) struct VolumeTexts {
    /// On the volume.
    pub(super) tags: Tags,
    /// On its snapshot.
    pub(super) snapshot_tags: Tags,
}

impl Texts {
    /// What tells of an image's life goes on images and their snapshots, over a template's tags of the same names.
    fn with_life(mut self, life: &Tags) -> Self {
        for tags in [
            &mut self.image_tags,
            &mut self.snapshot_tags,
            &mut self.copied_snapshot_tags,
        ] {
            tags.extend(life.clone());
        }
        self
    }
}

impl SourceData {
    pub(super) fn new(region: &Region, image: &Image) -> Self {
        let values = [
            ("BuildRegion", region.as_str().to_owned()),
            ("SourceAMI", image.id.as_str().to_owned()),
            ("SourceAMICreationDate", image.creation_date.clone()),
            ("SourceAMIName", image.name.clone()),
            ("SourceAMIOwner", image.owner_id.clone()),
            (
                "SourceAMIOwnerName",
                image.owner_alias.clone().unwrap_or_default(),
            ),
        ];
        Self {
            values: values.into(),
            id: image.id.clone(),
            tags: image.tags.clone(),
        }
    }

    fn value(&self) -> Value {
        let map =
            |entries: &mut dyn Iterator<Item = (String, Value)>| Value::Map(entries.collect());
        let text = |(name, value): (&str, &String)| (name.to_owned(), Value::String(value.clone()));
        let tags = map(&mut self.tags.iter().map(|(name, value)| text((name, value))));
        let values = self.values.iter().map(|(name, value)| text((name, value)));
        map(&mut values.chain([("SourceAMITags".to_owned(), tags)]))
    }
}

/// Renders everything that is late. The image's tags are the run tags (unless they are skipped) with `tags` over them;
/// `snapshot_tags` go over both on snapshots. In China and GovCloud the run tags do not reach the image, as in Packer.
pub(super) fn render<C, D>(cx: &Cx<'_, C, D>, source: &SourceData) -> Result<Texts, BuildError> {
    let (image, data) = (&cx.settings.image, source.value());
    let tags = |key, tags: &LateTags| render_tags(cx.scope, &data, key, tags);
    let run_tags = tags("run_tags", &cx.settings.launch.run_tags)?;
    let own_tags = tags("tags", &image.tags)?;
    let own_snapshot_tags = tags("snapshot_tags", &image.snapshot_tags)?;
    let inherited = if image.skip_run_tags || cx.region.is_china() || cx.region.is_government() {
        Tags::new()
    } else {
        run_tags.clone()
    };
    let spot = cx.settings.launch.spot.clone().unwrap_or_default();
    let texts = Texts {
        image_tags: merged([&inherited, &own_tags]),
        snapshot_tags: merged([&inherited, &own_tags, &own_snapshot_tags]),
        copied_snapshot_tags: merged([&own_tags, &own_snapshot_tags]),
        spot_tags: tags("spot_tags", &spot.tags)?,
        fleet_tags: tags("fleet_tags", &spot.fleet_tags)?,
        volume_tags: tags("run_volume_tags", &cx.settings.launch.run_volume_tags)?,
        run_tags,
        volumes: volumes(cx, &data)?,
        description: render_text(cx.scope, &data, "ami_description", &image.description)?,
    };
    tag_room::check(&texts, &image.life)?;
    Ok(texts.with_life(&image.life.tags(cx.region, &source.id)))
}

fn volumes<C, D>(cx: &Cx<'_, C, D>, data: &Value) -> Result<Vec<VolumeTexts>, BuildError> {
    let Recipe::Volumes(volumes) = &cx.settings.recipe else {
        return Ok(Vec::new());
    };
    let tags = |tags: &LateTags| render_tags(cx.scope, data, "ebs_volumes", tags);
    let texts = volumes.iter().map(|volume| {
        let snapshot_tags = volume.snapshot.as_ref().map(|snapshot| &snapshot.tags);
        Ok(VolumeTexts {
            tags: tags(&volume.tags)?,
            snapshot_tags: snapshot_tags.map_or_else(|| Ok(Tags::new()), tags)?,
        })
    });
    texts.collect()
}

/// Later ones win.
fn merged<const N: usize>(layers: [&Tags; N]) -> Tags {
    let all = layers.into_iter().flatten();
    all.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn render_tags(
    scope: &Scope,
    data: &Value,
    key: &'static str,
    tags: &LateTags,
) -> Result<Tags, BuildError> {
    let render = |text: &String| render_text(scope, data, key, text);
    tags.iter()
        .map(|(name, value)| Ok((render(name)?, render(value)?)))
        .collect()
}

fn render_text(
    scope: &Scope,
    data: &Value,
    key: &'static str,
    text: &str,
) -> Result<String, BuildError> {
    scope
        .render_until_stable(text, data)
        .map_err(|source| BuildError::LateText {
            key,
            source: Box::new(source),
        })
}
