//! Which ids of this machine the sandbox's users are.

use std::fs;
use std::io;
use std::process::Command;

use nix::unistd::{Gid, Uid, User};

use super::setup::Owners;

/// What a system needs: those of its services, of people, and `nobody`.
const WANTED: u32 = 65_536;

/// From here on no distribution and no tool gives ids to anybody.
const UNUSED: u32 = 0x6000_0000;

/// The ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    /// Root gives ids that nobody has: what runs inside is nobody to this machine.
    Unused { first: u32, count: u32 },
    /// An ordinary user gives his own as root, and for the others those that `/etc/subuid` gives him.
    Lent { users: Lent, groups: Lent },
    /// An ordinary user gives what he has.
    Own,
}

/// A line of `/etc/subuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lent {
    first: u32,
    count: u32,
}

impl Ids {
    /// The best that the caller can give.
    pub(super) fn choose() -> Self {
        let user = Uid::effective();
        if user.is_root() {
            let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
            let draw = getrandom::u32().unwrap_or_default();
            return unused(&map, draw);
        }
        let name = User::from_uid(user).ok().flatten().map(|user| user.name);
        let lent = |list: &str| {
            let text = fs::read_to_string(list).ok()?;
            lent(&text, name.as_deref()?, user.as_raw())
        };
        match (lent("/etc/subuid"), lent("/etc/subgid")) {
            (Some(users), Some(groups)) if has_helpers() => Self::Lent { users, groups },
            _ => Self::Own,
        }
    }

    /// What the inside is told.
    pub(super) fn owners(&self) -> Owners {
        match self {
            Self::Unused { count, .. } => Owners::Range(*count),
            Self::Lent { users, groups } => Owners::Range(1 + users.count.min(groups.count)),
            Self::Own => Owners::One,
        }
    }

    /// An id that may read no more than everybody, where the caller's may read all.
    pub(super) fn nobody(&self) -> Option<u32> {
        match self {
            Self::Unused { first, .. } => Some(*first),
            Self::Lent { .. } | Self::Own => None,
        }
    }

    /// Gives them to a process that waits in its own user namespace.
    pub(super) fn give(&self, process: u32) -> io::Result<()> {
        let file = |name: &str| format!("/proc/{process}/{name}");
        match self {
            Self::Unused { first, count } => {
                let line = format!("0 {first} {count}");
                fs::write(file("gid_map"), &line)?;
                fs::write(file("uid_map"), &line)
            }
            Self::Lent { users, groups } => {
                lend("newuidmap", process, Uid::effective().as_raw(), users)?;
                lend("newgidmap", process, Gid::effective().as_raw(), groups)
            }
            Self::Own => {
                fs::write(file("setgroups"), "deny")?;
                fs::write(file("gid_map"), format!("0 {} 1", Gid::effective()))?;
                fs::write(file("uid_map"), format!("0 {} 1", Uid::effective()))
            }
        }
    }
}

/// Ids of root's that nobody has, out of those that `map`, the text of `/proc/self/uid_map`, gives to root itself: in a
/// container there may be few.
fn unused(map: &str, draw: u32) -> Ids {
    let extents = map.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        let first = numbers.next()?.ok()?;
        let count = numbers.nth(1)?.ok()?;
        Some((first, count))
    });
    let (first, count) = extents.max_by_key(|extent| extent.1).unwrap_or((0, 0));
    if first == 0 && count >= u64::from(u32::MAX) {
        // Each sandbox its own ones, so that none can do anything to another.
        return Ids::Unused {
            first: UNUSED + (draw % 4096) * WANTED,
            count: WANTED,
        };
    }
    if count < 2 {
        // Root of a namespace with that id alone is an ordinary user elsewhere.
        return Ids::Own;
    }
    let wanted = count.saturating_sub(1).min(u64::from(WANTED));
    Ids::Unused {
        first: u32::try_from(first + 1).unwrap_or(1),
        count: u32::try_from(wanted).unwrap_or(WANTED).max(1),
    }
}

fn lent(text: &str, name: &str, id: u32) -> Option<Lent> {
    let id = id.to_string();
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let owner = fields.next()?;
        let first = fields.next()?.trim().parse().ok()?;
        let count = fields.next()?.trim().parse::<u32>().ok()?.min(WANTED - 1);
        (owner == name || owner == id).then_some(Lent { first, count })
    })
}

fn has_helpers() -> bool {
    ["newuidmap", "newgidmap"].iter().all(|name| {
        ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"]
            .iter()
            .any(|directory| std::path::Path::new(directory).join(name).exists())
    })
}

fn lend(helper: &str, process: u32, own: u32, lent: &Lent) -> io::Result<()> {
    let numbers = [process, 0, own, 1, 1, lent.first, lent.count];
    let output = Command::new(helper)
        .args(numbers.map(|number| number.to_string()))
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(io::Error::other(format!("{helper}: {words}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_gives_ids_that_nobody_has() {
        let whole = "         0          0 4294967295\n";
        let expected = Ids::Unused {
            first: UNUSED + 2 * WANTED,
            count: WANTED,
        };
        assert_eq!(unused(whole, 2), expected);
        assert_eq!(unused(whole, 2 + 4096), expected);
    }

    #[test]
    fn root_of_a_container_gives_those_that_it_has_and_never_its_own() {
        let map = "0 1000 1\n1 100000 65536\n";
        let expected = Ids::Unused {
            first: 2,
            count: 65_535,
        };
        assert_eq!(unused(map, 9), expected);
    }

    #[test]
    fn root_that_has_no_other_id_gives_its_own() {
        assert_eq!(unused("0 1000 1\n", 9), Ids::Own);
    }

    #[test]
    fn a_user_is_lent_ids_by_name_or_by_number() {
        let text = "other:1:2\nada:100000:65536\n1001:300000:100\n";
        let ada = Lent {
            first: 100_000,
            count: 65_535,
        };
        assert_eq!(lent(text, "ada", 1000), Some(ada));
        assert_eq!(lent(text, "bob", 1001).map(|lent| lent.count), Some(100));
        assert_eq!(lent(text, "eve", 1002), None);
    }
}
