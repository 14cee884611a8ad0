//! What provisioners tell a machine to do with its files, on Unix and on Windows. The commands are Packer's to the letter:
//! <https://github.com/hashicorp/packer-plugin-sdk/blob/main/guestexec/guest_commands.go>.

use crate::plan::provision::{GuestOs, Sudo};

/// The commands of one system.
#[derive(Clone, Copy, Debug)]
pub(super) struct GuestCommands {
    /// Which system.
    pub(super) guest: GuestOs,
    /// Whether by `sudo`; never on Windows.
    pub(super) sudo: Sudo,
}

impl GuestCommands {
    /// Makes a directory and those above it.
    pub(super) fn create_directory(self, path: &str) -> String {
        let path = self.escape(path);
        self.by_sudo(match self.guest {
            GuestOs::Unix => format!("mkdir -p '{path}'"),
            GuestOs::Windows => format!(
                "powershell.exe -Command \"New-Item -ItemType directory -Force -ErrorAction SilentlyContinue -Path {path}\""
            ),
        })
    }

    /// Sets the mode, in octal; Windows has none.
    pub(super) fn chmod(self, path: &str, mode: &str) -> String {
        let path = self.escape(path);
        self.by_sudo(match self.guest {
            GuestOs::Unix => format!("chmod {mode} '{path}'"),
            GuestOs::Windows => format!("echo 'skipping chmod {mode} {path}'"),
        })
    }

    /// Removes a directory with all that is in it.
    pub(super) fn remove_directory(self, path: &str) -> String {
        let path = self.escape(path);
        self.by_sudo(match self.guest {
            GuestOs::Unix => format!("rm -rf '{path}'"),
            GuestOs::Windows => format!("powershell.exe -Command \"rm {path} -recurse -force\""),
        })
    }

    /// Ends with 0 where something is there.
    pub(super) fn stat(self, path: &str) -> String {
        let path = self.escape(path);
        self.by_sudo(match self.guest {
            GuestOs::Unix => format!("stat '{path}'"),
            GuestOs::Windows => format!(
                "powershell.exe -Command {{ if (test-path {path}) {{ exit 0 }} else {{ exit 1 }} }}"
            ),
        })
    }

    /// Moves a file or a directory.
    pub(super) fn rename(self, from: &str, to: &str) -> String {
        let (from, to) = (self.escape(from), self.escape(to));
        self.by_sudo(match self.guest {
            GuestOs::Unix => format!("mv '{from}' '{to}'"),
            GuestOs::Windows => format!("powershell.exe -Command \"mv {from} {to} -force\""),
        })
    }

    /// With `sudo` before it, where that is wanted and there is such a thing.
    pub(super) fn by_sudo(self, command: String) -> String {
        match (self.guest, self.sudo) {
            (GuestOs::Unix, Sudo::Use) => format!("sudo {command}"),
            (GuestOs::Unix, Sudo::Leave) | (GuestOs::Windows, _) => command,
        }
    }

    fn escape(self, path: &str) -> String {
        match self.guest {
            GuestOs::Unix => path.to_owned(),
            GuestOs::Windows => path.replace(' ', "` "),
        }
    }
}

/// Go's `filepath.Join` of two on Unix, where Packer joins the paths of every machine.
pub(super) fn join(folder: &str, name: &str) -> String {
    let joined = [folder, name].into_iter().filter(|part| !part.is_empty());
    let joined = joined.collect::<Vec<_>>().join("/");
    let (root, mut kept) = (joined.starts_with('/'), Vec::new());
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => _ = kept.pop(),
            ".." if root => {}
            part => kept.push(part),
        }
    }
    match (root, kept.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() && !joined.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_as_in_go() {
        for (folder, name, path) in [
            ("/tmp/stage/", "solo.rb", "/tmp/stage/solo.rb"),
            ("", "salt-call", "salt-call"),
            ("c:\\salt", "salt-call", "c:\\salt/salt-call"),
            ("/a/../..//b/.", "c", "/b/c"),
            ("../a", "..", ".."),
            ("a", "..", "."),
            ("", "", ""),
        ] {
            assert_eq!(join(folder, name), path);
        }
    }

    #[test]
    fn a_blank_in_a_path_is_escaped_on_windows() {
        let windows = GuestCommands {
            guest: GuestOs::Windows,
            sudo: Sudo::Use,
        };
        assert_eq!(
            windows.rename("a b", "c"),
            "powershell.exe -Command \"mv a` b c -force\""
        );
    }
}
