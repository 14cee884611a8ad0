//! The scripts of a `shell` provisioner: what goes to the machine, and which line of it failed.

use std::fs;

use crate::plan::provision::{ScriptSource, ShellSettings};

use super::failing_line::{self, FailedScript};
use super::script_origin::ScriptOrigin;
use super::{ProvisionContext, ProvisionError, script_text};

/// Packer's line before each script.
pub(super) const ANNOUNCED: &str = "Provisioning with shell script";

/// One script.
pub(super) struct Script {
    /// As it is announced.
    pub(super) name: String,
    /// What goes to the machine.
    pub(super) bytes: Vec<u8>,
    origin: ScriptOrigin,
}

impl Script {
    /// The error of this script with the line that failed, where that is known. It lay at `path`, and `command` ran it.
    pub(super) fn with_line(
        &self,
        error: ProvisionError,
        (path, command): (&str, &str),
        output: &[String],
    ) -> ProvisionError {
        let ProvisionError::Status {
            status, allowed, ..
        } = error
        else {
            return error;
        };
        let begin = output.iter().rposition(|line| line.starts_with(ANNOUNCED));
        let line = failing_line::find(FailedScript {
            text: &String::from_utf8_lossy(&self.bytes),
            path,
            command,
            status,
            output: &output[begin.map_or(0, |begin| begin + 1)..],
        });
        let line = line.and_then(|line| self.origin.line(&self.name, line));
        ProvisionError::Status {
            status,
            allowed,
            line: line.map(Box::new),
        }
    }
}

/// What goes over the wire for a text of ours: `binary` says that line ends are nobody's business.
pub(super) fn as_sent(settings: &ShellSettings, bytes: Vec<u8>) -> Vec<u8> {
    if settings.binary {
        bytes
    } else {
        script_text::unix(&bytes)
    }
}

/// All scripts, in order.
pub(super) fn scripts(
    settings: &ShellSettings,
    cx: &ProvisionContext,
) -> Result<Vec<Script>, ProvisionError> {
    let finish = |bytes: Vec<u8>| as_sent(settings, bytes);
    match &settings.source {
        ScriptSource::Inline(lines) => {
            let lines: Result<Vec<_>, _> = lines.iter().map(|line| cx.render(line)).collect();
            let lines = lines.map_err(|cause| ProvisionError::Render {
                what: "inline",
                cause,
            })?;
            let text = script_text::inline(&lines, settings.inline_shebang.as_deref());
            Ok(vec![Script {
                name: "inline script".to_owned(),
                origin: ScriptOrigin::inline(&lines, &text),
                bytes: finish(text.into_bytes()),
            }])
        }
        ScriptSource::Files(paths) => {
            let read = paths.iter().map(|name| {
                let path = cx.local_path(name);
                let bytes =
                    fs::read(&path).map_err(|cause| ProvisionError::Local { path, cause })?;
                Ok(Script {
                    name: name.clone(),
                    bytes: finish(bytes),
                    origin: ScriptOrigin::File,
                })
            });
            read.collect()
        }
    }
}
