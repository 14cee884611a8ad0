//! The places where templates stand, since not every function is allowed everywhere.

use std::collections::BTreeMap;

use crate::template::gotmpl::{Record, Value};

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// A value of `variables`, `-var` or a variable file.
    Variables,
    /// A builder's `name`.
    BuilderName,
    /// A builder's settings.
    Builder(BuilderFunctions),
    /// A provisioner's settings.
    Provisioner {
        /// What the builder announces for `build` beside [`BUILD_KEYS`].
        build_keys: &'static [&'static str],
    },
    /// A post-processor's settings.
    PostProcessor {
        /// As for a provisioner.
        build_keys: &'static [&'static str],
    },
}

/// Functions that a builder brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BuilderFunctions {
    /// None.
    None,
    /// `clean_resource_name`.
    Amazon,
    /// The same, and data that stands for itself until the source image is known: `amazon-ebsvolume`.
    AmazonVolume,
}

/// What `build` knows about every build.
pub(crate) const BUILD_KEYS: [&str; 12] = [
    "ID",
    "Host",
    "Port",
    "User",
    "Password",
    "ConnType",
    "PackerRunUUID",
    "PackerHTTPPort",
    "PackerHTTPIP",
    "PackerHTTPAddr",
    "SSHPublicKey",
    "SSHPrivateKey",
];

/// The one that Packer keeps for late rendering under its dotted name.
const WINRM_PASSWORD: &str = "WinRMPassword";

/// Part of every placeholder, and how `build` tells one from real data. The sentence is Packer's: people grep for it.
pub(super) const PLACEHOLDER: &str =
    "To set this dynamically in the Packer template, you must use the `build` function";

impl Section {
    /// The data that texts are rendered with before there is a build: none in a builder, placeholders in what runs on its machine.
    pub(crate) fn data_at_prepare(self) -> Value {
        if self == Self::Builder(BuilderFunctions::AmazonVolume) {
            return passed_through();
        }
        let (Self::Provisioner { build_keys } | Self::PostProcessor { build_keys }) = self else {
            return Value::Missing;
        };
        let keys = BUILD_KEYS.iter().chain(build_keys);
        let mut data: BTreeMap<String, Value> = keys
            .map(|key| {
                (
                    (*key).to_owned(),
                    Value::from(format!("Build_{key}. {PLACEHOLDER}")),
                )
            })
            .collect();
        data.insert(WINRM_PASSWORD.to_owned(), Value::from("{{.WinRMPassword}}"));
        Value::Map(data)
    }
}

/// What `amazon-ebsvolume` renders its texts with: these two come out as they went in, and any other name is an error.
fn passed_through() -> Value {
    let own = |name: &'static str| (name, Value::from(format!("{{{{ .{name} }}}}")));
    Value::Record(Record {
        type_name: "*ebsvolume.EngineVarsTemplate",
        fields: ["BuildRegion", "SourceAMI"].map(own).into(),
    })
}
