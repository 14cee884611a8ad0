//! The shared configuration: which files, which profile, and whether the profile is there.
#![expect(
    deprecated,
    reason = "the names move to aws-runtime, which is the SDK's own part and no dependency of ours"
)]

use std::path::{Path, PathBuf};

use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};

use super::connection::ConnectError;
use super::environment::Environment;

/// The files that exist and the profile that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct SharedFiles {
    files: Vec<(ProfileFileKind, PathBuf)>,
    /// The profile that the template or `AWS_PROFILE` names; `None` is `default`.
    pub(crate) profile: Option<String>,
}

impl SharedFiles {
    /// Finds the files. A file that the template names has to be there; the others need not.
    pub(crate) fn find(
        own_file: Option<&Path>,
        profile: Option<&str>,
        environment: Environment<'_>,
    ) -> Result<Self, ConnectError> {
        let files = match own_file {
            Some(path) => own_files(path)?,
            None => default_files(environment),
        };
        let profile = profile
            .or_else(|| environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]))
            .map(str::to_owned);
        let shared = Self { files, profile };
        match &shared.profile {
            Some(name) if name != "default" && !shared.defines(name) => {
                Err(ConnectError::UnknownProfile {
                    profile: name.clone(),
                    files: shared
                        .files
                        .iter()
                        .map(|(_, path)| path.display().to_string())
                        .collect::<Vec<_>>()
                        .join("`, `"),
                })
            }
            _ => Ok(shared),
        }
    }

    /// The files as the SDK takes them.
    pub(crate) fn to_sdk(&self) -> ProfileFiles {
        // The SDK wants at least one source.
        let builder = ProfileFiles::builder().with_contents(ProfileFileKind::Config, "");
        self.files
            .iter()
            .fold(builder, |builder, (kind, path)| {
                builder.with_file(*kind, path)
            })
            .build()
    }

    /// The profile's name, or the default's.
    pub(crate) fn profile_name(&self) -> &str {
        self.profile.as_deref().unwrap_or("default")
    }

    /// What a profile has under `key`, the configuration file before the credentials file.
    pub(crate) fn value(&self, profile: &str, key: &str) -> Option<String> {
        self.files
            .iter()
            .filter_map(|(_, path)| std::fs::read_to_string(path).ok())
            .find_map(|text| value_in(&text, profile, key))
    }

    fn defines(&self, profile: &str) -> bool {
        self.files
            .iter()
            .filter_map(|(_, path)| std::fs::read_to_string(path).ok())
            .any(|text| text.lines().any(|line| heads_profile(line, profile)))
    }
}

/// The template's file counts as both kinds. Packer reads `shared_credentials_file` as a configuration file
/// (`[profile x]`), but its name and its documentation promise a credentials file (`[x]`).
fn own_files(path: &Path) -> Result<Vec<(ProfileFileKind, PathBuf)>, ConnectError> {
    if !path.is_file() {
        return Err(ConnectError::FileMissing {
            path: path.to_owned(),
        });
    }
    Ok(vec![
        (ProfileFileKind::Config, path.to_owned()),
        (ProfileFileKind::Credentials, path.to_owned()),
    ])
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html>
fn default_files(environment: Environment<'_>) -> Vec<(ProfileFileKind, PathBuf)> {
    let candidates = [
        (ProfileFileKind::Config, "AWS_CONFIG_FILE", "~/.aws/config"),
        (
            ProfileFileKind::Credentials,
            "AWS_SHARED_CREDENTIALS_FILE",
            "~/.aws/credentials",
        ),
    ];
    candidates
        .into_iter()
        .map(|(kind, variable, default)| {
            (
                kind,
                environment.expand_home(environment.get(variable).unwrap_or(default)),
            )
        })
        .filter(|(_, path)| path.is_file())
        .collect()
}

/// Whether the line is `[name]` or `[profile name]`.
fn heads_profile(line: &str, profile: &str) -> bool {
    let Some(inner) = line
        .trim()
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
    else {
        return false;
    };
    let inner = inner.trim();
    let name = inner
        .strip_prefix("profile")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .unwrap_or(inner);
    name.trim().trim_matches(['"', '\'']) == profile
}

/// The value of `key` in the profile's section. Lines that begin with a blank belong to a nested key.
fn value_in(text: &str, profile: &str, key: &str) -> Option<String> {
    let mut within = false;
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            within = heads_profile(line, profile);
        } else if within
            && !line.starts_with([' ', '\t', '#', ';'])
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == key
        {
            // A comment within a line begins after a blank.
            let end = [" #", " ;", "\t#", "\t;"]
                .iter()
                .filter_map(|mark| value.find(mark));
            let value = value[..end.min().unwrap_or(value.len())].trim();
            return (!value.is_empty()).then(|| value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_profile_is_found_under_both_kinds_of_heading() {
        assert!(heads_profile("[profile ci]", "ci"));
        assert!(heads_profile(" [ci] # build", "ci"));
        assert!(heads_profile("[profile \"two words\"]", "two words"));
        assert!(!heads_profile("[profile cit]", "ci"));
        assert!(!heads_profile("region = ci", "ci"));
    }

    #[test]
    fn a_profile_that_is_nowhere_is_an_error_and_no_other_credentials_are_tried() {
        let home = tempfile::tempdir().unwrap();
        let variables = BTreeMap::from([("HOME".to_owned(), home.path().display().to_string())]);
        let error = SharedFiles::find(None, Some("gone"), Environment(&variables)).unwrap_err();
        assert!(
            matches!(error, ConnectError::UnknownProfile { .. }),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_the_template_names_has_to_be_there() {
        let error = SharedFiles::find(
            Some(Path::new("/nowhere/x")),
            None,
            Environment(&BTreeMap::new()),
        )
        .unwrap_err();
        assert!(error.to_string().contains("/nowhere/x"), "{error}");
    }

    #[test]
    fn a_value_is_the_profiles_own() {
        let text = "[default]\nmfa_serial = a\n[profile ci]\n# mfa_serial = b\ns3 =\n  mfa_serial = c\nmfa_serial=d # e\n";
        assert_eq!(value_in(text, "ci", "mfa_serial").as_deref(), Some("d"));
        assert_eq!(
            value_in(text, "default", "mfa_serial").as_deref(),
            Some("a")
        );
        assert_eq!(value_in(text, "ci", "role_arn"), None);
    }

    #[test]
    fn an_empty_aws_profile_means_the_default_profile() {
        let variables = BTreeMap::from([("AWS_PROFILE".to_owned(), String::new())]);
        let files = SharedFiles::find(None, None, Environment(&variables)).unwrap();
        assert_eq!(files.profile_name(), "default");
    }
}
