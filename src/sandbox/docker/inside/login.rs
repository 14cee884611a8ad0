//! Becomes a user, as a login does.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};

use crate::sandbox::users::{self, User};

/// Names and values.
pub(super) type Variables = BTreeMap<String, String>;

/// A user that is there, with its groups.
pub(super) struct Login {
    pub(super) user: User,
    groups: Vec<u32>,
}

/// Finds a user of this system.
pub(super) fn find(is_it: impl Fn(&User) -> bool) -> Option<Login> {
    let user = users::find(&text("/etc/passwd"), is_it)?;
    let groups = users::groups(&text("/etc/group"), &user);
    Some(Login { user, groups })
}

/// The id of a group of this system.
pub(super) fn group_id(name: &str) -> Option<u32> {
    users::group_id(&text("/etc/group"), name)
}

impl Login {
    /// Makes a group the first one.
    pub(super) fn lead_by(&mut self, group: u32) {
        self.user.group = group;
    }

    /// Makes this process the user's.
    pub(super) fn become_it(&self) -> io::Result<()> {
        let groups: Vec<Gid> = self.groups.iter().copied().map(Gid::from_raw).collect();
        setgroups(&groups)?;
        setgid(Gid::from_raw(self.user.group))?;
        setuid(Uid::from_raw(self.user.id))?;
        Ok(())
    }
}

/// What `pam_env` reads at a login.
pub(super) fn variables_of_the_system() -> Variables {
    let texts = ["/etc/environment", "/etc/default/locale"].map(text);
    texts.iter().flat_map(|text| assignments(text)).collect()
}

/// Whether the system is of Debian's kind.
pub(super) fn is_debian() -> bool {
    fs::exists("/etc/debian_version").unwrap_or(false)
}

/// A file's text; nothing where there is none, and never more than such a file has.
fn text(path: &str) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn assignments(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter_map(|line| {
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=')?;
        let is_name = |name: &str| !name.is_empty() && !name.starts_with('#');
        let quotes: &[char] = &['"', '\''];
        is_name(name).then(|| (name.to_owned(), value.trim_matches(quotes).to_owned()))
    });
    lines.collect()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_environment_file_is_read_without_its_quotes_and_comments() {
        let read = assignments("# A=1\nPATH=\"/a:/b\"\nexport LANG='C.UTF-8'\nnothing\n");
        let expected = [("PATH", "/a:/b"), ("LANG", "C.UTF-8")];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.into(), value.into()))
        );
    }
}
