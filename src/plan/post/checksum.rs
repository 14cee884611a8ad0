//! `checksum`: checksums of the artifact's files.

use crate::template::document::Node;
use crate::template::fields::Fields;
use crate::template::problem::Problems;

/// A way to compute a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChecksumType {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// The settings.
#[derive(Clone, Debug)]
pub(crate) struct ChecksumSettings {
    /// In the template's order.
    pub(crate) types: Vec<ChecksumType>,
    /// The file for each, rendered with `.BuildName`, `.BuilderType` and `.ChecksumType`.
    pub(crate) output: String,
}

impl ChecksumType {
    /// Packer's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::Md5,
            Self::Sha1,
            Self::Sha224,
            Self::Sha256,
            Self::Sha384,
            Self::Sha512,
        ];
        all.into_iter().find(|known| known.name() == name)
    }
}

/// Decodes the rendered settings.
pub(super) fn decode(node: &Node, problems: &Problems) -> ChecksumSettings {
    let mut fields = Fields::new(node, problems, "");
    let mut types = Vec::new();
    for name in fields.strings("checksum_types") {
        match ChecksumType::from_name(&name) {
            Some(known) => types.push(known),
            None => fields.problem(
                "checksum_types",
                format!("Unrecognized checksum type: {name}"),
            ),
        }
    }
    // An empty list asks for none.
    if !fields.has("checksum_types") {
        types.push(ChecksumType::Md5);
    }
    let output = fields.string("output").filter(|path| !path.is_empty());
    fields.finish();
    ChecksumSettings {
        types,
        output: output.unwrap_or_else(|| {
            "packer_{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}.checksum".to_owned()
        }),
    }
}
