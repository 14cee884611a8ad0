//! The scripts of a provisioner for Windows. Nothing in them is changed: line ends are Windows' own business.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::plan::provision::ScriptSource;

use super::{ProvisionContext, ProvisionError};

/// One script.
pub(super) struct Script {
    /// The local path, or what stands for inline lines.
    pub(super) name: String,
    /// Its text.
    pub(super) bytes: Vec<u8>,
    /// The file mode that travels with it.
    pub(super) mode: u32,
}

/// Reads the files, or makes one script of all inline lines.
pub(super) fn read(
    source: &ScriptSource,
    cx: &ProvisionContext,
) -> Result<Vec<Script>, ProvisionError> {
    match source {
        ScriptSource::Inline(lines) => {
            let mut text = String::new();
            for line in lines {
                text += &cx.render(line).map_err(|cause| ProvisionError::Render {
                    what: "inline",
                    cause,
                })?;
                text.push('\n');
            }
            Ok(vec![Script {
                name: "inline script".to_owned(),
                bytes: text.into_bytes(),
                mode: 0o644,
            }])
        }
        ScriptSource::Files(paths) => paths.iter().map(|path| file(path, cx)).collect(),
    }
}

fn file(name: &str, cx: &ProvisionContext) -> Result<Script, ProvisionError> {
    let path = cx.local_path(name);
    let read = || Ok((fs::read(&path)?, fs::metadata(&path)?.permissions().mode()));
    let (bytes, mode) = read().map_err(|cause| ProvisionError::Local {
        path: path.clone(),
        cause,
    })?;
    Ok(Script {
        name: name.to_owned(),
        bytes,
        mode: mode & 0o777,
    })
}
