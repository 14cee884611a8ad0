//! What a `shell` provisioner's files are called on the machine.

use crate::plan::provision::ShellSettings;

/// Where scripts go on the machine.
#[derive(Clone, Debug, Default)]
pub(super) struct RemoteNames {
    pub(super) script: String,
    /// What sets the variables, where the template wants a file for them.
    pub(super) environment: String,
    /// What keeps a script that outlives its connection.
    pub(super) keeper: String,
}

impl RemoteNames {
    /// The template's path, else a random name below 9999, as Packer's.
    pub(super) fn choose(settings: &ShellSettings) -> Self {
        let folder = &settings.remote_folder;
        let named = || {
            settings
                .remote_file
                .clone()
                .unwrap_or_else(|| format!("script_{}.sh", random()))
        };
        Self {
            script: settings
                .remote_path
                .clone()
                .unwrap_or_else(|| format!("{folder}/{}", named())),
            environment: format!("{folder}/varfile_{}.sh", random()),
            keeper: format!("{folder}/keeper_{}.sh", random()),
        }
    }
}

fn random() -> u32 {
    // Without randomness a fixed name is as good: nobody else works on the machine.
    getrandom::u32().map_or(0, |number| number % 9999)
}
