//! The manifest's JSON, byte for byte as Packer writes it (`post-processor/manifest/artifact.go`).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The whole file. What Packer does not know in an existing one is not kept, as with Packer.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    #[serde(deserialize_with = "null_is_default")]
    pub(super) builds: Vec<Entry>,
    #[serde(deserialize_with = "null_is_default")]
    pub(super) last_run_uuid: String,
}

/// One build.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    #[serde(deserialize_with = "null_is_default")]
    pub(super) name: String,
    #[serde(deserialize_with = "null_is_default")]
    pub(super) builder_type: String,
    /// Seconds since 1970; 0 is left out.
    #[serde(deserialize_with = "null_is_default", skip_serializing_if = "is_zero")]
    pub(super) build_time: i64,
    /// `null` where there are none.
    pub(super) files: Option<Vec<ManifestFile>>,
    #[serde(deserialize_with = "null_is_default")]
    pub(super) artifact_id: String,
    #[serde(deserialize_with = "null_is_default")]
    pub(super) packer_run_uuid: String,
    /// Sorted by key; `null` where the template has none.
    pub(super) custom_data: Option<BTreeMap<String, String>>,
}

/// A file of the artifact.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ManifestFile {
    #[serde(deserialize_with = "null_is_default")]
    pub(super) name: String,
    /// Bytes; 0 where the file is gone.
    #[serde(deserialize_with = "null_is_default")]
    pub(super) size: i64,
}

impl Manifest {
    /// Reads a manifest; an empty file is an empty manifest.
    pub(super) fn parse(contents: &[u8]) -> Result<Self, serde_json::Error> {
        if contents.is_empty() {
            return Ok(Self::default());
        }
        // Serde would take a list for a structure, and refuse a key that stands twice; Go does neither.
        let members: Option<Map<String, Value>> = serde_json::from_slice(contents)?;
        serde_json::from_value(Value::Object(members.unwrap_or_default()))
    }

    /// Two spaces of indentation, no newline at the end.
    pub(super) fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self)
            .expect("texts and numbers can always be written as JSON");
        escape_as_go(json)
    }
}

/// Go escapes these in every string, so that JSON can stand in HTML and JavaScript. Outside of strings they do not occur.
fn escape_as_go(mut json: String) -> String {
    let escapes = [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ];
    for (letter, escape) in escapes {
        if json.contains(letter) {
            json = json.replace(letter, escape);
        }
    }
    json
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Go leaves a field alone where JSON says `null`.
fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_without_files_and_custom_data_says_null() {
        let manifest = Manifest {
            builds: vec![Entry {
                name: "null".to_owned(),
                ..Entry::default()
            }],
            last_run_uuid: "u".to_owned(),
        };
        let expected = r#"{
  "builds": [
    {
      "name": "null",
      "builder_type": "",
      "files": null,
      "artifact_id": "",
      "packer_run_uuid": "",
      "custom_data": null
    }
  ],
  "last_run_uuid": "u"
}"#;
        assert_eq!(manifest.to_json(), expected);
    }

    #[test]
    fn letters_of_html_are_escaped_as_go_does_it() {
        let manifest = Manifest {
            last_run_uuid: "<a href=\"x\">&\u{2028}é".to_owned(),
            ..Manifest::default()
        };
        let expected = r#""\u003ca href=\"x\"\u003e\u0026\u2028é""#;
        assert!(
            manifest.to_json().contains(expected),
            "{}",
            manifest.to_json()
        );
    }

    #[test]
    fn what_is_read_is_written_again_unchanged() {
        let text = Manifest::parse(b"{\"builds\":[{\"name\":\"<\",\"build_time\":5,\"files\":[{\"name\":\"a\",\"size\":1}],\"custom_data\":{}}]}");
        let text = text.unwrap().to_json();
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap().to_json(), text);
        assert!(text.contains("\"custom_data\": {}"), "{text}");
    }

    #[test]
    fn nothing_and_null_are_an_empty_manifest() {
        for contents in ["", "null", "{}", "{\"builds\":[1],\"builds\":null}"] {
            let manifest = Manifest::parse(contents.as_bytes()).unwrap();
            assert!(manifest.builds.is_empty(), "{contents}");
        }
    }
}
