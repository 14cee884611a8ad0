//! `mfa_code`: a role that is assumed with the one-time code of an MFA device.
//!
//! STS wants the device's serial number beside the code, for which a template has no key. AWS's tools find it under
//! `mfa_serial` in the profile, where `role_arn` and `source_profile` stand too
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>), and so do we.
//! The SDK's own provider overlooks `mfa_serial`.

use super::connection::ConnectError;
use super::shared_files::SharedFiles;
use crate::plan::amazon::settings::{Access, AssumeRole};
use crate::secret::Secret;

/// The device and what it shows.
#[derive(Clone, Debug)]
pub(super) struct MfaToken {
    /// The device's serial number or ARN.
    pub(super) serial: String,
    /// Good for one call.
    pub(super) code: Secret,
}

/// Which role is assumed with which code, and whose credentials are exchanged for it.
#[derive(Debug)]
pub(super) struct MfaRole {
    /// The template's role, else the profile's.
    pub(super) role: AssumeRole,
    /// The device.
    pub(super) token: MfaToken,
    /// The template's access with the profile whose credentials are exchanged.
    pub(super) access: Access,
    /// The files, likewise.
    pub(super) files: SharedFiles,
}

/// What `mfa_code` is for; `None` where the template has none.
///
/// # Errors
/// No serial number, or no role: then the code has no use, and no call is made.
pub(super) fn role(access: &Access, files: &SharedFiles) -> Result<Option<MfaRole>, ConnectError> {
    let Some(code) = access.mfa_code.clone() else {
        return Ok(None);
    };
    let profile = files.profile_name();
    let serial = files.value(profile, "mfa_serial");
    let serial = serial.ok_or_else(|| ConnectError::MfaSerialMissing {
        profile: profile.to_owned(),
    })?;
    let of_profile = files.value(profile, "role_arn");
    let of_template = access
        .assume_role
        .clone()
        .filter(|role| !role.role_arn.is_empty());
    let has_own_role = of_profile.is_some();
    let role = of_template.or_else(|| Some(profile_role(files, of_profile?)));
    let role = role.ok_or_else(|| ConnectError::MfaWithoutRole {
        profile: profile.to_owned(),
    })?;
    let (mut access, mut files) = (access.clone(), files.clone());
    if has_own_role {
        // The profile itself would assume its role, without the code.
        let source = files.value(files.profile_name(), "source_profile");
        access.profile.clone_from(&source);
        files.profile = source;
    }
    Ok(Some(MfaRole {
        role,
        token: MfaToken { serial, code },
        access,
        files,
    }))
}

fn profile_role(files: &SharedFiles, role_arn: String) -> AssumeRole {
    let value = |key| files.value(files.profile_name(), key);
    let seconds = value("duration_seconds").and_then(|text| text.parse().ok());
    AssumeRole {
        role_arn,
        duration_seconds: seconds.unwrap_or(0),
        external_id: value("external_id"),
        session_name: value("role_session_name"),
        ..AssumeRole::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cloud::environment::Environment;

    fn find(config: &str, access: &Access) -> Result<Option<MfaRole>, ConnectError> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config");
        std::fs::write(&path, config).unwrap();
        let variables =
            BTreeMap::from([("AWS_CONFIG_FILE".to_owned(), path.display().to_string())]);
        let files = SharedFiles::find(None, access.profile.as_deref(), Environment(&variables))?;
        role(access, &files)
    }

    fn access() -> Access {
        Access {
            profile: Some("ci".to_owned()),
            mfa_code: Some(Secret::new("123456")),
            ..Access::default()
        }
    }

    const COMPLETE: &str = "[profile base]\naws_access_key_id = AKID\n[profile ci]\nrole_arn = arn:role # build\n\
        source_profile=base\nmfa_serial = arn:mfa\nduration_seconds = 7200\n";

    #[test]
    fn role_device_and_source_stand_in_the_profile() {
        let found = find(COMPLETE, &access()).unwrap().unwrap();
        assert_eq!(found.role.role_arn, "arn:role");
        assert_eq!(found.role.duration_seconds, 7200);
        assert_eq!(found.token.serial, "arn:mfa");
        assert_eq!(found.access.profile.as_deref(), Some("base"));
        assert_eq!(found.files.profile_name(), "base");
    }

    #[test]
    fn the_templates_role_wins_over_the_profiles() {
        let role = AssumeRole {
            role_arn: "arn:other".to_owned(),
            ..AssumeRole::default()
        };
        let access = Access {
            assume_role: Some(role),
            ..access()
        };
        let found = find(COMPLETE, &access).unwrap().unwrap();
        assert_eq!(found.role.role_arn, "arn:other");
        assert_eq!(found.access.profile.as_deref(), Some("base"));
    }

    #[test]
    fn without_a_serial_number_or_a_role_the_code_is_refused() {
        let error = find("[profile ci]\nrole_arn = a\n", &access()).unwrap_err();
        assert!(
            matches!(error, ConnectError::MfaSerialMissing { .. }),
            "{error}"
        );
        let error = find("[profile ci]\nmfa_serial = a\n", &access()).unwrap_err();
        assert!(
            matches!(error, ConnectError::MfaWithoutRole { .. }),
            "{error}"
        );
    }

    #[test]
    fn without_a_code_there_is_nothing_to_do() {
        let access = Access {
            mfa_code: None,
            ..access()
        };
        assert!(find(COMPLETE, &access).unwrap().is_none());
    }
}
