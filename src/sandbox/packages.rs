//! What dpkg and rpm say is installed, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Package, PackageChange};

/// Where dpkg keeps its list.
pub(crate) const DPKG_STATUS: &str = "/var/lib/dpkg/status";

/// For `rpm --query --all --queryformat`: the lines that [`PackageList::of_rpm`] reads.
pub(crate) const RPM_FORMAT: &str =
    r"%{NAME}\t%{ARCH}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n";

/// What is installed at one moment. It travels as the lines that [`Self::of_rpm`] reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct PackageList {
    /// By name and architecture: most have one version there, kernels and keys of rpm several.
    versions: BTreeMap<Key, BTreeSet<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    name: String,
    architecture: String,
}

impl From<String> for PackageList {
    fn from(lines: String) -> Self {
        Self::of_rpm(&lines)
    }
}

impl From<PackageList> for String {
    fn from(list: PackageList) -> Self {
        list.lines()
    }
}

impl PackageList {
    /// Reads dpkg's `status` file.
    pub(crate) fn of_dpkg(status: &str) -> Self {
        let mut list = Self::default();
        for stanza in status.split("\n\n") {
            let field = |name: &str| {
                let mut lines = stanza.lines();
                lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            };
            // The third word; removed packages whose configuration stayed are `config-files`.
            let state = field("Status").and_then(|status| status.split(' ').nth(2));
            let installed = ["installed", "triggers-pending", "triggers-awaited"];
            if !state.is_some_and(|state| installed.contains(&state)) {
                continue;
            }
            if let (Some(name), Some(version)) = (field("Package"), field("Version")) {
                list.add(name, field("Architecture").unwrap_or_default(), version);
            }
        }
        list
    }

    /// Reads what rpm prints with [`RPM_FORMAT`].
    pub(crate) fn of_rpm(lines: &str) -> Self {
        let mut list = Self::default();
        for line in lines.lines() {
            let mut parts = line.splitn(3, '\t');
            if let (Some(name), Some(architecture), Some(version)) =
                (parts.next(), parts.next(), parts.next())
            {
                list.add(name, architecture, version);
            }
        }
        list
    }

    /// What [`Self::of_rpm`] reads, sorted.
    pub(crate) fn lines(&self) -> String {
        let versions = self.versions.iter();
        let lines = versions.flat_map(|(key, versions)| {
            versions.iter().map(|version| {
                let Key { name, architecture } = key;
                format!("{name}\t{architecture}\t{version}\n")
            })
        });
        lines.collect()
    }

    /// With what another package manager says.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.versions.extend(other.versions);
        self
    }

    /// What is different in `now`, sorted by name.
    pub(crate) fn changes_until(&self, now: &Self) -> Vec<PackageChange> {
        let keys: BTreeSet<&Key> = self.versions.keys().chain(now.versions.keys()).collect();
        let none = BTreeSet::new();
        let changes = keys.iter().flat_map(|key| {
            let before = self.versions.get(*key).unwrap_or(&none);
            let after = now.versions.get(*key).unwrap_or(&none);
            changes_of(&key.shown(&keys), before, after)
        });
        changes.collect()
    }

    fn add(&mut self, name: &str, architecture: &str, version: &str) {
        let key = Key {
            name: name.to_owned(),
            architecture: architecture.to_owned(),
        };
        let versions = self.versions.entry(key).or_default();
        versions.insert(version.to_owned());
    }
}

impl Key {
    /// The name; with the architecture where there are others of the name.
    fn shown(&self, among: &BTreeSet<&Self>) -> String {
        let of_the_name = among.iter().filter(|key| key.name == self.name).count();
        if of_the_name == 1 {
            return self.name.clone();
        }
        format!("{}:{}", self.name, self.architecture)
    }
}

fn changes_of(
    name: &str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Vec<PackageChange> {
    let package = |version: &String| Package {
        name: name.to_owned(),
        version: version.clone(),
    };
    let gone: Vec<&String> = before.difference(after).collect();
    let new: Vec<&String> = after.difference(before).collect();
    if let ([old], [version]) = (&*gone, &*new) {
        return vec![PackageChange::Replaced {
            now: package(version),
            before: (*old).clone(),
        }];
    }
    let removed = gone.into_iter().map(package).map(PackageChange::Removed);
    let installed = new.into_iter().map(package).map(PackageChange::Installed);
    removed.chain(installed).collect()
}

#[cfg(test)]
mod unit {
    use super::*;

    const STATUS: &str = "Package: libc6\nStatus: install ok installed\nMulti-Arch: same\nArchitecture: amd64\nVersion: 2.36-9\n\n\
        Package: nginx\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1.22\nDescription: a server\n Package: not\n\n\
        Package: man-db\nStatus: install ok triggers-pending\nArchitecture: amd64\nVersion: 2.11\n";

    fn package(name: &str, version: &str) -> Package {
        Package {
            name: name.into(),
            version: version.into(),
        }
    }

    #[test]
    fn dpkgs_list_has_what_is_installed_and_not_what_left_its_configuration() {
        let nothing = PackageList::default();
        let changes = nothing.changes_until(&PackageList::of_dpkg(STATUS));
        let expected = [package("libc6", "2.36-9"), package("man-db", "2.11")];
        assert_eq!(changes, expected.map(PackageChange::Installed));
    }

    #[test]
    fn a_package_that_came_went_or_has_another_version_is_told_apart() {
        let before = PackageList::of_rpm("bash\tx86_64\t5.1-2\ncurl\tx86_64\t7.6-1\n");
        let now = PackageList::of_rpm("bash\tx86_64\t5.1-3\nnginx\tx86_64\t1:1.20-1\n");
        let expected = vec![
            PackageChange::Replaced {
                now: package("bash", "5.1-3"),
                before: "5.1-2".into(),
            },
            PackageChange::Removed(package("curl", "7.6-1")),
            PackageChange::Installed(package("nginx", "1:1.20-1")),
        ];
        assert_eq!(before.changes_until(&now), expected);
        assert_eq!(now.changes_until(&now), []);
    }

    #[test]
    fn a_second_architecture_is_named_and_the_first_one_is_not_new() {
        let before = PackageList::of_dpkg(STATUS);
        let second = STATUS.replace("amd64", "i386");
        let now = PackageList::of_dpkg(&format!("{STATUS}\n{second}"));
        let names: Vec<PackageChange> = before.changes_until(&now);
        assert_eq!(
            names[0],
            PackageChange::Installed(package("libc6:i386", "2.36-9"))
        );
    }

    #[test]
    fn a_second_kernel_beside_the_first_is_installed_and_replaces_nothing() {
        let before = PackageList::of_rpm("kernel\tx86_64\t5.14-1\n");
        let now = PackageList::of_rpm("kernel\tx86_64\t5.14-1\nkernel\tx86_64\t5.14-2\n");
        let expected = [PackageChange::Installed(package("kernel", "5.14-2"))];
        assert_eq!(before.changes_until(&now), expected);
    }
}
