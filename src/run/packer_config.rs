//! Packer's own configuration file. Nothing in it concerns JSON templates here (plugins, their ports, the version check), but a
//! malformed one ends every command with 1, and so tells of the typing error before a build does.

use std::path::{Path, PathBuf};

use crate::action::environment::Environment;
use crate::template::document::{Json, Node};
use crate::template::json;

/// What is wrong with the configuration file, in one line. One that is not there is fine.
pub(super) fn objection(environment: &Environment) -> Option<String> {
    let path = path(environment)?;
    let wrong = match std::fs::read(&path) {
        Ok(bytes) => fault(&String::from_utf8_lossy(&bytes))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => error.to_string(),
    };
    Some(format!(
        "Error loading configuration: {}: {wrong}",
        path.display()
    ))
}

/// `PACKER_CONFIG`, else `~/.packerconfig`: <https://developer.hashicorp.com/packer/docs/configure>.
fn path(environment: &Environment) -> Option<PathBuf> {
    match environment.get("PACKER_CONFIG") {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(Path::new(environment.get("HOME")?).join(".packerconfig")),
    }
}

/// Go's decoder: the first value of the text, its keys in any case, those that it does not know ignored.
fn fault(text: &str) -> Option<String> {
    let root = match json::parse_prefix(text) {
        Ok(root) => root,
        Err(error) if error.is_early_end => return Some("unexpected EOF".to_owned()),
        Err(error) => return Some(error.to_string()),
    };
    match root.value {
        Json::Null => None,
        Json::Object(members) => members
            .iter()
            .find(|member| !fits(&member.key, &member.value))
            .map(|member| format!("`{}` has the wrong type", member.key)),
        _ => Some("not an object".to_owned()),
    }
}

fn fits(key: &str, value: &Node) -> bool {
    match (key.to_lowercase().as_str(), &value.value) {
        (_, Json::Null) => true,
        ("disable_checkpoint" | "disable_checkpoint_signature", value) => {
            matches!(value, Json::Bool(_))
        }
        ("builders" | "provisioners" | "post-processors", Json::Object(members)) => members
            .iter()
            .all(|member| matches!(member.value.value, Json::String(_) | Json::Null)),
        ("builders" | "provisioners" | "post-processors", _) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_that_packer_reads_is_fine() {
        for text in [
            "{}",
            "null",
            r#"{"disable_checkpoint": true, "PluginMinPort": "x", "builders": {"x": "y"}, "other": []} more"#,
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn a_malformed_one_is_not() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"builders": []}"#,
            r#"{"Disable_Checkpoint": 1}"#,
        ] {
            assert!(fault(text).is_some(), "{text}");
        }
    }

    #[test]
    fn one_that_is_not_there_is_fine_and_a_directory_is_not() {
        let of = |path: &str| objection(&Environment::of([("PACKER_CONFIG", path)]));
        assert_eq!(of("/no/such/file"), None);
        assert!(of("/").is_some());
    }
}
