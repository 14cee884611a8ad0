//! Reads what the machine answered. It is a stranger's text: what is too long or of another form is left out.

use super::question::{DISK, DPKG, END, LISTED, RPM};
use super::{Inventory, Silence};
use crate::sandbox::PackageList;

/// More packages than any distribution has.
const MOST_PACKAGES: usize = 50_000;
/// Longer names or versions are none.
const LONGEST_LINE: usize = 500;

/// The answer to the command; what a login prints may stand before it.
pub(super) fn read(text: &str) -> Result<Inventory, Silence> {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .collect();
    let place = |word: &str| lines.iter().position(|line| *line == word);
    let (Some(disk), Some(end)) = (place(DISK), place(END)) else {
        return Err(Silence::Garbled);
    };
    let list = place(DPKG)
        .or(place(RPM))
        .ok_or(Silence::NoPackageManager)?;
    let listed = lines.get(list + 1..disk).ok_or(Silence::Garbled)?;
    let (status, listed) = listed.split_last().ok_or(Silence::Garbled)?;
    let status = status
        .strip_prefix(LISTED)
        .and_then(|code| code.parse().ok());
    match status.ok_or(Silence::Garbled)? {
        0 => {}
        other => return Err(Silence::Status(other)),
    }
    let installed = listed.iter().filter_map(|line| installed(line));
    let installed: Vec<&str> = installed.take(MOST_PACKAGES).collect();
    Ok(Inventory {
        packages: PackageList::of_rpm(&installed.join("\n")),
        used: lines.get(disk + 1..end).and_then(used),
    })
}

/// A line without dpkg's state; `None` for a package that is not installed.
fn installed(line: &str) -> Option<&str> {
    let is_sound = line.len() <= LONGEST_LINE
        && !line.contains(|letter: char| letter.is_control() && letter != '\t');
    let tabs: Vec<usize> = line.match_indices('\t').map(|(place, _)| place).collect();
    match (is_sound, tabs.as_slice()) {
        (true, [_, _]) => Some(line),
        (true, [_, _, third]) => {
            // `install ok installed`; while a trigger waits its package is there all the same.
            let state = line[third + 1..].split(' ').nth(2)?;
            let is_installed =
                ["installed", "triggers-pending", "triggers-awaited"].contains(&state);
            is_installed.then(|| &line[..*third])
        }
        _ => None,
    }
}

/// The third column of the second line, in KiB.
fn used(lines: &[&str]) -> Option<u64> {
    let kib: u64 = lines.get(1)?.split_whitespace().nth(2)?.parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{Package, PackageChange};

    const DF: &str = "ami-build: disk\nFilesystem 1024-blocks Used Available Capacity Mounted on\n/dev/root 8065444 1999712 6049348 25% /\nami-build: end\n";

    fn names(inventory: &Inventory) -> Vec<String> {
        let nothing = PackageList::default();
        let changes = nothing.changes_until(&inventory.packages);
        let names = changes.into_iter().map(|change| match change {
            PackageChange::Installed(Package { name, version }) => format!("{name} {version}"),
            other => panic!("{other:?}"),
        });
        names.collect()
    }

    #[test]
    fn what_dpkg_has_installed_is_told_apart_from_what_it_remembers() {
        let text = format!(
            "Welcome!\r\nami-build: dpkg\r\nbash\tamd64\t5.1\tinstall ok installed\nman-db\tamd64\t2.11\tinstall ok triggers-pending\nnginx\tamd64\t1.22\tdeinstall ok config-files\nami-build: status 0\n{DF}"
        );
        let inventory = read(&text).unwrap();
        assert_eq!(names(&inventory), ["bash 5.1", "man-db 2.11"]);
        assert_eq!(inventory.used, Some(1_999_712 * 1024));
    }

    #[test]
    fn rpms_lines_have_no_state() {
        let text = format!("ami-build: rpm\nbash\tx86_64\t5.1-2\nami-build: status 0\n{DF}");
        assert_eq!(names(&read(&text).unwrap()), ["bash 5.1-2"]);
    }

    #[test]
    fn a_machine_that_does_not_tell_says_why() {
        assert_eq!(read(DF), Err(Silence::NoPackageManager));
        assert_eq!(read("sh: not found"), Err(Silence::Garbled));
        let cut = "ami-build: dpkg\nbash\tamd64\t5.1\tinstall ok installed\n";
        assert_eq!(read(cut), Err(Silence::Garbled));
        let late = format!("ami-build: rpm\nami-build: status 124\n{DF}");
        assert_eq!(read(&late), Err(Silence::Status(124)));
    }

    #[test]
    fn what_is_no_package_is_left_out() {
        let long = "x".repeat(600);
        let text = format!(
            "ami-build: rpm\nerror: db\n{long}\ta\t1\nesc\u{1b}[2J\ta\t1\nbash\tx86_64\t5.1\nami-build: status 0\n{DF}"
        );
        assert_eq!(names(&read(&text).unwrap()), ["bash 5.1"]);
    }
}
