//! What leads to a build whose journal says nothing: its id, and where it was.

use std::path::Path;

use serde_json::Value;

use super::identity::{BUILD_ID_TAG, BuildIdentity};

/// As far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    build_id: Option<String>,
    regions: Vec<String>,
}

impl Trace {
    /// A journal has its build's id for a name.
    pub(super) fn of_name(path: &Path) -> Self {
        let name = path.file_stem().and_then(|name| name.to_str());
        Self {
            build_id: name.filter(|name| is_an_id(name)).map(str::to_owned),
            regions: Vec::new(),
        }
    }

    /// What a first line says that is not ours altogether.
    pub(super) fn of_header(path: &Path, header: &Value) -> Self {
        let build = header.get("build");
        let texts = |value: &Value| value.as_str().map(str::to_owned);
        let build_id = build.and_then(|build| texts(build.get("build_id")?));
        let regions = build.and_then(|build| build.get("regions")?.as_array());
        let regions = regions.into_iter().flatten().filter_map(texts);
        Self {
            build_id: build_id
                .filter(|id| is_an_id(id))
                .or_else(|| Self::of_name(path).build_id),
            regions: regions.filter(|region| is_an_id(region)).collect(),
        }
    }

    /// The whole of it.
    pub(crate) fn of_identity(identity: &BuildIdentity) -> Self {
        Self {
            build_id: Some(identity.build_id.clone()),
            regions: identity.regions.iter().map(ToString::to_string).collect(),
        }
    }

    /// How to find what the build made, one command a region.
    pub(crate) fn search(&self) -> String {
        let filter = match &self.build_id {
            Some(id) => format!("Key={BUILD_ID_TAG},Values={id}"),
            None => format!("Key={BUILD_ID_TAG}"),
        };
        let command = |region: &str| {
            format!(
                "aws resourcegroupstaggingapi get-resources --region {region} --tag-filters '{filter}'"
            )
        };
        if self.regions.is_empty() {
            return command("REGION");
        }
        let commands: Vec<String> = self.regions.iter().map(|region| command(region)).collect();
        commands.join("; ")
    }
}

/// What stands in a command to be pasted has no meaning to a shell.
fn is_an_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
}
